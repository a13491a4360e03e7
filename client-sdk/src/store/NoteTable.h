// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/ChangeSet.h"
#include "client-sdk/src/store/SqliteFile.h"
#include "shared/protocol/operations/ConversationOperations.h"

namespace confab::client {

/// A read position on its way to the server.
struct ReadMark
{
    ConversationId conversationId;
    MessageId messageId = 0; ///< 0: none, only the flag.
    bool markUnread = false; ///< The flag is to be set after the position.

    bool operator==(const ReadMark &) const = default;
};

/// What is noted beside messages: drafts, and positions not yet sent (read, delivered), coalesced per conversation.
class NoteTable
{
public:
    NoteTable(SqliteFile &file, ChangeSet &changes) : m_file(file), m_changes(changes) { }

    QString draft(ConversationId conversationId);
    void setDraft(ConversationId conversationId, const QString &text); ///< Empty: none.

    std::optional<ReadMark> readMark(ConversationId conversationId);
    QList<ReadMark> readMarks();
    /// Moves the position forward (an older one changes nothing) and takes a waiting flag back.
    void markRead(ConversationId conversationId, MessageId messageId);
    void markUnread(ConversationId conversationId);
    /// The server has \a sent; what was noted meanwhile stays.
    void settlePosition(ConversationId conversationId, MessageId sent);
    void settleFlag(ConversationId conversationId);
    void removeReadMark(ConversationId conversationId);

    /// Others' messages up to here are held, which the server does not know yet. In no order.
    QList<DeliveredUpTo> deliveryMarks(int limit);
    void markDelivered(ConversationId conversationId, MessageId messageId);
    /// The server has these; what was noted meanwhile stays.
    void settleDeliveries(const QList<DeliveredUpTo> &sent);
    void removeDeliveryMark(ConversationId conversationId);

private:
    SqliteFile &m_file;
    ChangeSet &m_changes;
};

} // namespace confab::client
