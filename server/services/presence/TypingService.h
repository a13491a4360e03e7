// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/EventPublisher.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Tells a conversation's members who is writing at this moment. Nothing of it is kept.
class TypingService
{
public:
    /// How long it is shown unless it is said again: twice the time after which a client says it again.
    static constexpr qint64 kShownMs = 6'000;

    /// All outlive the service and its tasks. \a bus is the shard's own endpoint.
    TypingService(Database &database, Bus &bus, const Limits &limits) : m_reader(database, limits), m_events(bus) { }

    /// Above 100 members it is answered and told to nobody.
    Task<Empty> setTyping(Caller caller, SetTyping op);

private:
    ConversationReader m_reader;
    EventPublisher m_events;
};

} // namespace confab::server
