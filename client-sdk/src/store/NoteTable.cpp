// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/NoteTable.h"

namespace confab::client {

using namespace Qt::StringLiterals;

QString NoteTable::draft(ConversationId conversationId)
{
    return m_file.value(u"SELECT text FROM drafts WHERE conversation_id = ?"_s, {sqlId(conversationId)}).toString();
}

void NoteTable::setDraft(ConversationId conversationId, const QString &text)
{
    if (draft(conversationId) == text)
        return;
    if (text.isEmpty())
        m_file.run(u"DELETE FROM drafts WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    else
        m_file.run(u"INSERT OR REPLACE INTO drafts (conversation_id, text) VALUES (?, ?)"_s,
                   {sqlId(conversationId), text});
    m_changes.conversations.insert(conversationId);
}

std::optional<ReadMark> NoteTable::readMark(ConversationId conversationId)
{
    std::optional<ReadMark> found;
    m_file.each(u"SELECT message_id, mark_unread FROM read_marks WHERE conversation_id = ?"_s, {sqlId(conversationId)},
                [&](const QSqlQuery &row) {
                    found = ReadMark{conversationId, row.value(0).toLongLong(), row.value(1).toBool()};
                });
    return found;
}

QList<ReadMark> NoteTable::readMarks()
{
    QList<ReadMark> marks;
    m_file.each(u"SELECT conversation_id, message_id, mark_unread FROM read_marks"_s, {}, [&](const QSqlQuery &row) {
        marks.append({idFrom<ConversationId>(row.value(0)), row.value(1).toLongLong(), row.value(2).toBool()});
    });
    return marks;
}

void NoteTable::markRead(ConversationId conversationId, MessageId messageId)
{
    m_file.run(u"INSERT INTO read_marks (conversation_id, message_id, mark_unread) VALUES (?, ?, 0)"
               " ON CONFLICT (conversation_id) DO UPDATE SET mark_unread = 0,"
               " message_id = max(read_marks.message_id, excluded.message_id)"_s,
               {sqlId(conversationId), messageId});
    m_changes.conversations.insert(conversationId);
}

void NoteTable::markUnread(ConversationId conversationId)
{
    m_file.run(u"INSERT INTO read_marks (conversation_id, message_id, mark_unread) VALUES (?, 0, 1)"
               " ON CONFLICT (conversation_id) DO UPDATE SET mark_unread = 1"_s,
               {sqlId(conversationId)});
    m_changes.conversations.insert(conversationId);
}

void NoteTable::settlePosition(ConversationId conversationId, MessageId sent)
{
    m_file.run(u"DELETE FROM read_marks WHERE conversation_id = ? AND message_id <= ? AND mark_unread = 0"_s,
               {sqlId(conversationId), sent});
    m_file.run(u"UPDATE read_marks SET message_id = 0 WHERE conversation_id = ? AND message_id <= ?"_s,
               {sqlId(conversationId), sent});
    m_changes.conversations.insert(conversationId);
}

void NoteTable::settleFlag(ConversationId conversationId)
{
    m_file.run(u"DELETE FROM read_marks WHERE conversation_id = ? AND message_id = 0 AND mark_unread = 1"_s,
               {sqlId(conversationId)});
    m_file.run(u"UPDATE read_marks SET mark_unread = 0 WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    m_changes.conversations.insert(conversationId);
}

QList<DeliveredUpTo> NoteTable::deliveryMarks(int limit)
{
    QList<DeliveredUpTo> marks;
    m_file.each(u"SELECT conversation_id, message_id FROM delivery_marks LIMIT ?"_s, {limit},
                [&](const QSqlQuery &row) {
                    marks.append({idFrom<ConversationId>(row.value(0)), row.value(1).toLongLong()});
                });
    return marks;
}

void NoteTable::markDelivered(ConversationId conversationId, MessageId messageId)
{
    m_file.run(u"INSERT INTO delivery_marks (conversation_id, message_id) VALUES (?, ?)"
               " ON CONFLICT (conversation_id) DO UPDATE SET"
               " message_id = max(delivery_marks.message_id, excluded.message_id)"_s,
               {sqlId(conversationId), messageId});
    m_changes.deliveries = true;
}

void NoteTable::settleDeliveries(const QList<DeliveredUpTo> &sent)
{
    for (const DeliveredUpTo &mark : sent) {
        m_file.run(u"DELETE FROM delivery_marks WHERE conversation_id = ? AND message_id <= ?"_s,
                   {sqlId(mark.conversationId), mark.messageId});
    }
}

void NoteTable::removeDeliveryMark(ConversationId conversationId)
{
    m_file.run(u"DELETE FROM delivery_marks WHERE conversation_id = ?"_s, {sqlId(conversationId)});
}

void NoteTable::removeReadMark(ConversationId conversationId)
{
    m_file.run(u"DELETE FROM read_marks WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    m_changes.conversations.insert(conversationId);
}

} // namespace confab::client
