// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Types.h"

#include <QtCore/QByteArray>
#include <QtCore/QUuid>

#include <optional>

namespace confab::server {

/// A person and what somebody vouches for. Unknown: something else about them changed.
struct Vouched
{
    UserId userId;
    Presence::State state = Presence::State::Unknown;

    bool operator==(const Vouched &) const = default;
};

/// One word between those who vouch for people, on the bus.
struct PresenceWord
{
    enum class Kind : quint8 {
        Change, ///< `number` is this change's; `people` are as they are from now on.
        Beat,   ///< Still there; `number` is that of the last change.
        Ask,    ///< `asked`, or everybody where it is null, is to send a List.
        List,   ///< All `people` who are not offline after the change `number`, in `parts` words.
    };

    Kind kind = Kind::Beat;
    QUuid voucher; ///< Who speaks.
    quint64 number = 0;
    QUuid asked;
    quint16 part = 0;
    quint16 parts = 1;
    QList<Vouched> people;

    bool operator==(const PresenceWord &) const = default;
};

QByteArray encodePresenceWord(const PresenceWord &word);
/// None where it was not written by this version.
std::optional<PresenceWord> decodePresenceWord(const QByteArray &bytes);

} // namespace confab::server
