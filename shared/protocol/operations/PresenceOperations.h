// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// Who is there, and what people say of themselves for the time being.

namespace confab {

/// How people are present.
struct PresenceList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Presence> people MEMBER people)

public:
    QList<Presence> people;

    bool operator==(const PresenceList &) const = default;
};

/// Names the people whose presence this socket wants to hear of: those on the screen. It takes the place of what was
/// named before and ends with the socket; an empty list ends it at once. The reply says how they are now, changes
/// follow as events, gathered for a second.
///
/// Only who shares a conversation with the caller is told of; others are left out of reply and events.
struct WatchPresence
{
    Q_GADGET
    Q_PROPERTY(QList<confab::UserId> userIds MEMBER userIds)

public:
    using Reply = PresenceList;
    static constexpr OperationInfo kInfo{"presence.watch", HttpMethod::None, "", Access::User, true};

    QList<UserId> userIds; ///< At most {watchedPeople} items.
};

/// Says how people are now, for programs without a socket. Who shares no conversation with the caller is left out.
struct GetPresence
{
    Q_GADGET
    Q_PROPERTY(QList<confab::UserId> ids MEMBER ids)

public:
    using Reply = PresenceList;
    static constexpr OperationInfo kInfo{"presence.get", HttpMethod::Get, "/v1/presence?ids", Access::User, true};

    QList<UserId> ids; ///< At most {pageSize} items.
};

/// Says whether somebody is at the device of this socket. It holds until it is said again or the socket ends; a new
/// socket says it in `hello`. A person is online while one of their devices is.
struct SetAway
{
    Q_GADGET
    Q_PROPERTY(bool away MEMBER away)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"presence.setAway", HttpMethod::None, "", Access::User, true};

    bool away = false;
};

/// Gives what the caller says of themselves.
struct GetOwnPresence
{
    Q_GADGET
public:
    using Reply = OwnPresence;
    static constexpr OperationInfo kInfo{"presence.mine", HttpMethod::Get, "/v1/users/me/presence", Access::User, true};
};

/// Sets the text that stands beside the caller's name, or takes it away.
struct SetStatus
{
    Q_GADGET
    Q_PROPERTY(QString text MEMBER text)
    Q_PROPERTY(std::optional<qint64> expiresAt MEMBER expiresAt)

public:
    using Reply = OwnPresence;
    static constexpr OperationInfo kInfo{"presence.setStatus", HttpMethod::Put, "/v1/users/me/status", Access::User,
                                         true};

    QString text;                    ///< At most {statusLength} code points; empty: none.
    std::optional<qint64> expiresAt; ///< When it ends by itself; not in the past. Absent: when it is taken away.
};

/// Sets whether others learn when the caller was last online.
struct HideLastSeen
{
    Q_GADGET
    Q_PROPERTY(bool hidden MEMBER hidden)

public:
    using Reply = OwnPresence;
    static constexpr OperationInfo kInfo{"presence.hideLastSeen", HttpMethod::Put, "/v1/users/me/last-seen",
                                         Access::User, true};

    bool hidden = false;
};

} // namespace confab
