// SPDX-License-Identifier: MIT
#include "server/services/auth/TokenMint.h"

#include "server/services/auth/Sodium.h"

#include <sodium.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr auto kPrefix = "cft_"_L1;
constexpr qsizetype kSecretBytes = 32;
constexpr qsizetype kSecretLength = 43; // of 32 bytes in base64url without padding

bool isBase64Url(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-' || c == u'_';
}
} // namespace

Token mintToken()
{
    requireSodium();
    QByteArray secret(kSecretBytes, Qt::Uninitialized);
    randombytes_buf(secret.data(), static_cast<size_t>(secret.size()));
    const QByteArray text = QByteArray(kPrefix.data(), kPrefix.size()) +
                            secret.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    return {QString::fromLatin1(text), sha256(text)};
}

std::optional<QByteArray> tokenHash(const QString &text)
{
    if (text.size() != kPrefix.size() + kSecretLength || !text.startsWith(kPrefix))
        return std::nullopt;
    for (const QChar c : QStringView(text).mid(kPrefix.size())) {
        if (!isBase64Url(c))
            return std::nullopt;
    }
    return sha256(text.toLatin1());
}

bool sameSecret(const QString &given, const QString &expected)
{
    const QByteArray a = sha256(given.toUtf8());
    const QByteArray b = sha256(expected.toUtf8());
    return sodium_memcmp(a.constData(), b.constData(), static_cast<size_t>(a.size())) == 0;
}

} // namespace confab::server
