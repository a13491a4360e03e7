// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ChangesReader.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/EventPublisher.h"
#include "server/services/messages/MessagesBackends.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Sends, changes and reads messages for one shard. Events go out after the commit.
class MessageService
{
public:
    explicit MessageService(const MessagesBackends &backends);

    /// Idempotent by clientId: sent again, also at the same time, the first result comes back.
    Task<Message> send(Caller caller, SendMessage op);

    /// One's own message alone. The text it already has changes nothing.
    Task<Message> edit(Caller caller, EditMessage op);

    /// One's own message, or anybody's for admins and owners. Deleting a tombstone gives the tombstone.
    Task<Message> remove(Caller caller, DeleteMessage op);

    Task<MessagePage> history(Caller caller, GetHistory op);

    Task<ConversationChanges> changes(Caller caller, GetConversationChanges op);

private:
    Task<Message> visibleMessage(UserId userId, ConversationId conversationId, MessageId messageId);

    MessagesBackends m_backends;
    ConversationReader m_reader;
    ChangesReader m_changes;
    EventPublisher m_events;
};

} // namespace confab::server
