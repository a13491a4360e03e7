// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/EventPublisher.h"
#include "server/services/messages/MessagesBackends.h"
#include "server/services/messages/ReceiptBoard.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Moves read positions, which agree on all devices of a person, and how far messages were delivered. Both only go
/// forward, and the other members of a small conversation are told.
///
/// Sending moves none: one's own messages are not unread to oneself, and what others wrote before stays unread until
/// it is marked read.
class ReadService
{
public:
    static constexpr qsizetype kMaxPositionsPerCall = 100;

    explicit ReadService(const MessagesBackends &backends);

    /// The position becomes the newest visible message up to the one named, if that is newer than before.
    Task<ReadState> markRead(Caller caller, MarkRead op);
    Task<ReadState> markUnread(Caller caller, MarkUnread op);
    Task<Empty> markDelivered(Caller caller, MarkDelivered op);

private:
    Task<MessageId> newestUpTo(ConversationId conversationId, Revision visibleFrom, MessageId messageId);
    Task<ReadState> currentState(Caller caller, ConversationId conversationId, bool announce);

    MessagesBackends m_backends;
    ConversationReader m_reader;
    EventPublisher m_events;
    ReceiptBoard m_receipts;
};

} // namespace confab::server
