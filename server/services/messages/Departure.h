// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/EventPublisher.h"

namespace confab::server {

/// How a membership of a group ends: the statements that do it, as part of a batch, and what is told when that is
/// committed.
class Departure
{
public:
    Departure(Database &database, Bus &bus, const Limits &limits) : m_reader(database, limits), m_events(bus) { }

    /// Takes \a userId out of a conversation on behalf of \a actor: oneself, or an admin. An owner's place goes to the
    /// admin, or else the member, who joined first. Misses where that is not allowed or nothing is left to do.
    static Batch statements(const ConversationId &conversationId, const UserId &actor, const UserId &userId);

    /// How many of a batch's results belong to one departure.
    static constexpr qsizetype kStatements = 8;

    /// Tells all members, and the one who left, after the commit. \a results are those of statements().
    Task<Done> announce(ConversationId conversationId, UserId userId, QList<Rows> results);

private:
    ConversationReader m_reader;
    EventPublisher m_events;
};

} // namespace confab::server
