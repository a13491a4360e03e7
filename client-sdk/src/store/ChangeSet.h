// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QStringList>

namespace confab::client {

/// What one transaction changed, by id: told to the models once it is committed.
struct ChangeSet
{
    QSet<ConversationId> conversations; ///< Their row in the list.
    QSet<ConversationId> removedConversations;
    bool allConversations = false;

    QHash<ConversationId, QSet<MessageId>> messages;
    QHash<ConversationId, QSet<ClientId>> pending; ///< Messages of the outbox.
    QHash<ConversationId, QStringList> removedKeys;
    QSet<ConversationId> holes;
    QSet<ConversationId> timelines; ///< Void as a whole.
    QSet<ConversationId> receipts;
    bool deliveries = false; ///< There is something new to mark as delivered.

    QHash<ConversationId, QSet<UserId>> members;
    QSet<UserId> users;     ///< Stored anew.
    QSet<UserId> mentioned; ///< Named by a row; their profile may be missing.

    void message(ConversationId conversationId, MessageId id)
    {
        messages[conversationId].insert(id);
        conversations.insert(conversationId);
    }
    void pendingMessage(ConversationId conversationId, ClientId id)
    {
        pending[conversationId].insert(id);
        conversations.insert(conversationId);
    }
};

} // namespace confab::client
