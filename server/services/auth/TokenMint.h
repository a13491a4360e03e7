// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace confab::server {

/// A session's secret: shown to its owner once, and the hash that is stored. 256 random bits need no slow hash.
struct Token
{
    QString text;
    QByteArray hash;
};

/// Makes a token: `cft_` (so that secret scanners know it) and 256 random bits in base64url.
Token mintToken();

/// The hash a token is looked up by; nothing where the text cannot be a token.
std::optional<QByteArray> tokenHash(const QString &text);

/// Compares in a time that does not tell how much of it was right.
bool sameSecret(const QString &given, const QString &expected);

} // namespace confab::server
