// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/EventPublisher.h"
#include "server/services/messages/MessagesBackends.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Moves read positions, which agree on all devices of a person and only go forward.
///
/// Sending moves none: one's own messages are not unread to oneself, and what others wrote before stays unread until
/// it is marked read.
class ReadService
{
public:
    explicit ReadService(const MessagesBackends &backends);

    /// The position becomes the newest visible message up to the one named, if that is newer than before.
    Task<ReadState> markRead(Caller caller, MarkRead op);
    Task<ReadState> markUnread(Caller caller, MarkUnread op);

private:
    Task<MessageId> newestUpTo(ConversationId conversationId, Revision visibleFrom, MessageId messageId);
    Task<ReadState> currentState(Caller caller, ConversationId conversationId, bool announce);

    MessagesBackends m_backends;
    ConversationReader m_reader;
    EventPublisher m_events;
};

} // namespace confab::server
