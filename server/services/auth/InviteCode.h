// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>

namespace confab::server {

/// What opens the door once or a few times: shown to the administrator once, and the hash that is stored.
struct InviteCode
{
    QString text;
    QByteArray hash;
};

/// Makes a code of 128 random bits that can be read over the telephone: `7ZK4M-…`, without I, L, O and U.
InviteCode mintInviteCode();

/// The hash a code is looked up by, however it was typed (case, spaces, hyphens, O for 0, I and L for 1); nothing
/// where the text cannot be a code.
std::optional<QByteArray> inviteCodeHash(const QString &typed);

/// A password for somebody who lost theirs: 100 random bits in the letters of a code.
QString mintPassword();

} // namespace confab::server
