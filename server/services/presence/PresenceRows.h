// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "shared/protocol/Types.h"

#include <QtCore/QHash>

namespace confab::server {

/// What the store holds of a person's presence.
struct PresenceRow
{
    UserId userId;
    bool isActive = false;
    qint64 lastSeenAt = 0;
    OwnPresence own;

    /// As others see it while the person is in \a state, at the UTC time \a nowMs.
    Presence seenAs(Presence::State state, qint64 nowMs) const;
};

/// The rows of people's presence: who may see whom, what they say of themselves, and when they were last here.
class PresenceRows
{
public:
    /// Both outlive it and its tasks.
    explicit PresenceRows(Database &database) : m_database(database) { }

    /// Of those that exist, in no order.
    Task<QList<PresenceRow>> read(QList<UserId> people);

    /// Those of the people who share a conversation with \a userId, or are that one.
    Task<QList<UserId>> visibleTo(UserId userId, QList<UserId> people);

    /// Each was last here at that time (UTC milliseconds), unless they were later.
    Task<Done> writeLastSeen(QHash<UserId, qint64> times);

    Task<Done> writeStatus(UserId userId, QString text, qint64 expiresAt);
    Task<Done> writeHidden(UserId userId, bool hidden);

private:
    Task<Done> write(Statement statement);

    Database &m_database;
};

} // namespace confab::server
