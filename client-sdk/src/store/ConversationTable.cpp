// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/ConversationTable.h"

#include "shared/protocol/Codec.h"

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

const QString kColumns = u"conversation, membership, head, unread_at, cursor, catch_up_after, catch_up_base, "
                         "last_message, read_up_to, unread"_s;

template<typename T>
T decoded(const QVariant &value)
{
    return decodeCbor<T>(value.toByteArray(), Strictness::Reply).value_or(T{});
}

StoredConversation rowOf(const QSqlQuery &query)
{
    StoredConversation row;
    row.conversation = decoded<Conversation>(query.value(0));
    row.membership = decoded<Membership>(query.value(1));
    row.head = query.value(2).toLongLong();
    row.unreadAt = query.value(3).toLongLong();
    row.cursor = query.value(4).toLongLong();
    row.catchUpAfter = query.value(5).toLongLong();
    row.catchUpBase = query.value(6).toLongLong();
    if (const QByteArray last = query.value(7).toByteArray(); !last.isEmpty())
        row.lastMessage = decodeCbor<Message>(last, Strictness::Reply).value_or(Message{});
    row.membership.readUpTo = query.value(8).toLongLong();
    row.membership.unread = query.value(9).toLongLong();
    return row;
}

} // namespace

std::optional<StoredConversation> ConversationTable::find(ConversationId id)
{
    std::optional<StoredConversation> found;
    m_file.each(u"SELECT %1 FROM conversations WHERE id = ?"_s.arg(kColumns), {sqlId(id)},
                [&](const QSqlQuery &row) { found = rowOf(row); });
    return found;
}

bool ConversationTable::contains(ConversationId id)
{
    return m_file.value(u"SELECT 1 FROM conversations WHERE id = ?"_s, {sqlId(id)}).isValid();
}

QList<ConversationId> ConversationTable::ids()
{
    QList<ConversationId> ids;
    m_file.each(u"SELECT id FROM conversations"_s, {},
                [&](const QSqlQuery &row) { ids.append(idFrom<ConversationId>(row.value(0))); });
    return ids;
}

QList<Cursor> ConversationTable::cursors()
{
    QList<Cursor> cursors;
    m_file.each(u"SELECT id, cursor FROM conversations"_s, {}, [&](const QSqlQuery &row) {
        cursors.append({idFrom<ConversationId>(row.value(0)), row.value(1).toLongLong()});
    });
    return cursors;
}

QList<ConversationId> ConversationTable::directWith(UserId userId)
{
    QList<ConversationId> found;
    m_file.each(u"SELECT conversation FROM conversations"_s, {}, [&](const QSqlQuery &row) {
        const auto conversation = decoded<Conversation>(row.value(0));
        if (conversation.directUserIds.contains(userId))
            found.append(conversation.id);
    });
    return found;
}

QList<ConversationId> ConversationTable::withOldNumbers()
{
    QList<ConversationId> found;
    m_file.each(u"SELECT DISTINCT c.id FROM conversations c JOIN holes h ON h.conversation_id = c.id"
                " WHERE h.before - 1 > max(c.unread_at, c.read_up_to)"_s,
                {}, [&](const QSqlQuery &row) { found.append(idFrom<ConversationId>(row.value(0))); });
    return found;
}

bool ConversationTable::putEntry(const ConversationEntry &entry)
{
    const ConversationId id = entry.conversation.id;
    m_changes.conversations.insert(id);
    for (const UserId &userId : entry.conversation.directUserIds)
        m_changes.mentioned.insert(userId);
    std::optional<StoredConversation> row = find(id);
    if (!row) {
        StoredConversation made;
        made.conversation = entry.conversation;
        made.membership = entry.membership;
        made.head = made.unreadAt = entry.headRevision;
        made.lastMessage = entry.lastMessage;
        write(made);
        return false;
    }
    bool viewChanged = false;
    if (entry.conversation.revision >= row->conversation.revision)
        row->conversation = entry.conversation;
    if (entry.membership.accountRevision >= row->membership.accountRevision) {
        viewChanged = entry.membership.visibleFrom != row->membership.visibleFrom;
        const MessageId readBefore = row->membership.readUpTo;
        const qint64 unreadBefore = row->membership.unread;
        row->membership = entry.membership;
        row->membership.readUpTo = qMax(readBefore, entry.membership.readUpTo);
        if (entry.headRevision >= row->unreadAt || viewChanged)
            row->unreadAt = entry.headRevision;
        else
            row->membership.unread = unreadBefore;
        row->lastMessage = entry.lastMessage;
    }
    row->head = qMax(row->head, entry.headRevision);
    write(*row);
    return viewChanged;
}

void ConversationTable::putConversation(const Conversation &conversation)
{
    std::optional<StoredConversation> row = find(conversation.id);
    if (!row || conversation.revision < row->conversation.revision)
        return;
    for (const UserId &userId : conversation.directUserIds)
        m_changes.mentioned.insert(userId);
    row->conversation = conversation;
    write(*row);
    m_changes.conversations.insert(conversation.id);
}

void ConversationTable::putReadState(const ReadState &state)
{
    std::optional<StoredConversation> row = find(state.conversationId);
    if (!row || state.accountRevision < row->membership.accountRevision)
        return;
    // Its own account revision stays to be told by the account's event, which carries the whole row.
    row->membership.readUpTo = qMax(row->membership.readUpTo, state.readUpTo);
    row->membership.markedUnread = state.markedUnread;
    if (state.headRevision >= row->unreadAt) {
        row->membership.unread = state.unread;
        row->unreadAt = state.headRevision;
    }
    write(*row);
    m_changes.conversations.insert(state.conversationId);
}

void ConversationTable::setCursor(ConversationId id, Revision cursor)
{
    m_file.run(u"UPDATE conversations SET cursor = max(cursor, ?), head = max(head, ?) WHERE id = ?"_s,
               {cursor, cursor, sqlId(id)});
}

void ConversationTable::setCatchUp(ConversationId id, Revision after, MessageId base)
{
    m_file.run(u"UPDATE conversations SET catch_up_after = ?, catch_up_base = ? WHERE id = ?"_s,
               {after, base, sqlId(id)});
}

void ConversationTable::finishCatchUp(ConversationId id, Revision cursor)
{
    setCatchUp(id, 0, -1);
    setCursor(id, cursor);
}

void ConversationTable::restartFromNothing(ConversationId id)
{
    m_file.run(u"UPDATE conversations SET cursor = 0, catch_up_after = 0, catch_up_base = -1 WHERE id = ?"_s,
               {sqlId(id)});
}

void ConversationTable::remove(ConversationId id)
{
    m_file.run(u"DELETE FROM conversations WHERE id = ?"_s, {sqlId(id)});
    m_changes.removedConversations.insert(id);
    m_changes.conversations.remove(id);
}

void ConversationTable::write(const StoredConversation &row)
{
    m_file.run(u"INSERT INTO conversations (id, revision, conversation, membership, account_revision, visible_from,"
               " read_up_to, unread, unread_at, head, cursor, catch_up_after, catch_up_base, last_message)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, conversation = excluded.conversation,"
               " membership = excluded.membership, account_revision = excluded.account_revision,"
               " visible_from = excluded.visible_from, read_up_to = excluded.read_up_to, unread = excluded.unread,"
               " unread_at = excluded.unread_at, head = excluded.head, last_message = excluded.last_message"_s,
               {sqlId(row.conversation.id), row.conversation.revision, encodeCbor(row.conversation),
                encodeCbor(row.membership), row.membership.accountRevision, row.membership.visibleFrom,
                row.membership.readUpTo, row.membership.unread, row.unreadAt, row.head, row.cursor, row.catchUpAfter,
                row.catchUpBase, row.lastMessage ? encodeCbor(*row.lastMessage) : QByteArray("")});
}

} // namespace confab::client
