// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayList>
#include <QtCore/QList>
#include <QtCore/QPair>
#include <QtCore/QString>

namespace confab::server {

using HttpField = QPair<QByteArray, QByteArray>;

/// A whole HTTP request as it came.
struct HttpRequest
{
    QByteArray method;
    QByteArray path;  ///< Still percent-encoded; begins with a slash.
    QByteArray query; ///< What follows the question mark, still encoded.
    QList<HttpField> fields;
    QByteArray body;
    bool keepAlive = true; ///< The client would send more on this connection.
    bool isHttp11 = true;

    /// The first field of that name, in any case; empty without one.
    QByteArray field(QByteArrayView name) const;
    QByteArrayList fieldsNamed(QByteArrayView name) const;

    /// Whether a comma-separated field holds a token, in any case.
    bool hasToken(QByteArrayView name, QByteArrayView token) const;
};

/// An answer, apart from what the session adds: length, connection, date.
struct HttpAnswer
{
    int status = 200;
    QByteArray contentType; ///< Of the body; empty without one.
    QByteArray body;
    QList<HttpField> fields;
    bool closes = false; ///< The connection ends after it.
};

/// The token of `Authorization: Bearer …`, or nothing.
QString bearerToken(const HttpRequest &request);

/// The standard phrase of a status.
QByteArray reasonPhrase(int status);

} // namespace confab::server
