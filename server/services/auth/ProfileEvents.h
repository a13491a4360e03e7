// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/backends/database/Database.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// Tells those whom it concerns that somebody's profile changed.
///
/// A hint like all events: who was not told learns it by the profile's version.
class ProfileEvents
{
public:
    /// Both outlive it and its tasks. \a bus is the shard's own endpoint.
    ProfileEvents(Database &database, Bus &bus) : m_database(database), m_bus(bus) { }

    /// The person's own devices, and the members of the 200 of their conversations that changed last.
    Task<Done> publish(User user, Revision accountRevision);

    /// The members of these conversations, whether the person still is one or not.
    void publishTo(const QList<ConversationId> &conversations, const User &user);

private:
    Database &m_database;
    Bus &m_bus;
};

} // namespace confab::server
