// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QList>
#include <QtCore/QString>

namespace confab::server {

/// Where a Redis is and how one signs in to it.
///
/// `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, `unix:///PATH[?db=DATABASE]`, or, to ask Sentinels for the
/// master, `redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/MASTER[/DATABASE]`. Source:
/// https://www.iana.org/assignments/uri-schemes/prov/redis
struct RedisUrl
{
    struct Place
    {
        QString host;
        quint16 port = 6379;

        bool operator==(const Place &) const = default;
    };

    QList<Place> places;         ///< Of the server, or of Sentinels; empty where there is a path.
    QString path;                ///< Of a socket in the file system.
    QString masterName;          ///< Empty: there are no Sentinels.
    QByteArray user;             ///< Empty: the default user.
    QByteArray password;         ///< Empty: none.
    QByteArray sentinelPassword; ///< Of the Sentinels themselves, which is no part of the address. Empty: none.
    int database = 0;            ///< Keys live in it; channels, which know no databases, are named after it.

    bool hasSentinels() const { return !masterName.isEmpty(); }

    /// What is shown of it: without the password.
    QString toString() const;

    /// The error says what a URL of Redis looks like, or what is not supported, and repeats nothing secret.
    static Result<RedisUrl> parse(const QString &text);

    bool operator==(const RedisUrl &) const = default;
};

} // namespace confab::server
