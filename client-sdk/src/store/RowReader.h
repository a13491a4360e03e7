// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Rows.h"
#include "client-sdk/src/store/LocalStore.h"

namespace confab::client {

/// Reads the store as people see it: rows with the outbox laid over them, counts, titles.
class RowReader
{
public:
    explicit RowReader(LocalStore &store) : m_store(store) { }

    TimelineSlice timelineBefore(ConversationId conversationId, qint64 before, int limit);
    TimelineSlice timelineAfter(ConversationId conversationId, qint64 after, int limit);
    /// The rows of these messages and pending messages that exist.
    QList<TimelineRow> rows(ConversationId conversationId, const QSet<MessageId> &messages,
                            const QSet<ClientId> &pending);

    std::optional<ConversationRow> conversation(ConversationId id);
    QList<ConversationRow> conversations();
    QList<MemberRow> members(ConversationId conversationId);
    std::optional<MemberRow> member(ConversationId conversationId, UserId userId);

    int unread(const StoredConversation &row, const QList<Hole> &holes);
    /// One's own read position, with what has not been sent yet.
    MessageId readUpTo(const StoredConversation &row);

private:
    TimelineRow rowOf(const Message &message, const QList<OutboxItem> &changes);
    TimelineRow rowOf(const OutboxItem &send, const QList<OutboxItem> &changes);
    QList<TimelineRow> pendingRows(ConversationId conversationId, const QList<OutboxItem> &changes);
    void fillFrame(TimelineSlice &slice, ConversationId conversationId);
    QString nameOf(UserId id);

    LocalStore &m_store;
};

} // namespace confab::client
