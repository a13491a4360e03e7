// SPDX-License-Identifier: MIT
#include "server/services/auth/InviteCode.h"

#include "server/services/auth/Sodium.h"

#include <QtCore/QStringView>

#include <sodium.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
// Crockford's base 32.
constexpr QStringView kLetters = u"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr qsizetype kCodeLetters = 26; // 128 bits, 5 a letter
constexpr qsizetype kPasswordLetters = 20;
constexpr qsizetype kGroup = 5;
constexpr qsizetype kLongestTyped = 100;

QString randomLetters(qsizetype count)
{
    requireSodium();
    QString text;
    for (qsizetype i = 0; i < count; ++i)
        text += kLetters.at(randombytes_uniform(static_cast<quint32>(kLetters.size())));
    return text;
}

QString grouped(const QString &letters)
{
    QString text;
    for (qsizetype i = 0; i < letters.size(); ++i) {
        if (i > 0 && i % kGroup == 0)
            text += u'-';
        text += letters.at(i);
    }
    return text;
}

/// The letter that is meant, or a null one.
QChar meant(QChar typed)
{
    const QChar upper = typed.toUpper();
    if (upper == u'O')
        return u'0';
    if (upper == u'I' || upper == u'L')
        return u'1';
    return kLetters.contains(upper) ? upper : QChar();
}
} // namespace

InviteCode mintInviteCode()
{
    const QString letters = randomLetters(kCodeLetters);
    return {grouped(letters), sha256(letters.toLatin1())};
}

std::optional<QByteArray> inviteCodeHash(const QString &typed)
{
    if (typed.size() > kLongestTyped)
        return std::nullopt;
    QString letters;
    for (const QChar c : typed) {
        if (c.isSpace() || c == u'-')
            continue;
        const QChar letter = meant(c);
        if (letter.isNull())
            return std::nullopt;
        letters += letter;
    }
    if (letters.size() != kCodeLetters)
        return std::nullopt;
    return sha256(letters.toLatin1());
}

QString mintPassword()
{
    return grouped(randomLetters(kPasswordLetters));
}

} // namespace confab::server
