// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/MessageTable.h"

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

const QString kColumns = u"conversation_id, id, revision, sender_id, client_id, created_at, edited_at, deleted, text,"
                         " reply_to"_s;

Message messageOf(const QSqlQuery &row)
{
    Message message;
    message.conversationId = idFrom<ConversationId>(row.value(0));
    message.id = row.value(1).toLongLong();
    message.revision = row.value(2).toLongLong();
    message.senderId = idFrom<UserId>(row.value(3));
    message.clientId = idFrom<ClientId>(row.value(4));
    message.createdAt = row.value(5).toLongLong();
    message.editedAt = row.value(6).toLongLong();
    message.deleted = row.value(7).toBool();
    message.content.text = row.value(8).toString();
    message.content.replyTo = row.value(9).toLongLong();
    return message;
}

} // namespace

std::optional<Message> MessageTable::find(ConversationId conversationId, MessageId id)
{
    std::optional<Message> found;
    m_file.each(u"SELECT %1 FROM messages WHERE conversation_id = ? AND id = ?"_s.arg(kColumns),
                {sqlId(conversationId), id}, [&](const QSqlQuery &row) { found = messageOf(row); });
    return found;
}

std::optional<Message> MessageTable::find(ConversationId conversationId, UserId senderId, ClientId clientId)
{
    std::optional<Message> found;
    m_file.each(
        u"SELECT %1 FROM messages WHERE conversation_id = ? AND client_id = ? AND sender_id = ?"_s.arg(kColumns),
        {sqlId(conversationId), sqlId(clientId), sqlId(senderId)},
        [&](const QSqlQuery &row) { found = messageOf(row); });
    return found;
}

QList<Message> MessageTable::before(ConversationId conversationId, MessageId before, int limit)
{
    QList<Message> messages;
    m_file.each(
        u"SELECT %1 FROM messages WHERE conversation_id = ? AND id < ? ORDER BY id DESC LIMIT ?"_s.arg(kColumns),
        {sqlId(conversationId), before > 0 ? before : std::numeric_limits<qint64>::max(), limit},
        [&](const QSqlQuery &row) { messages.append(messageOf(row)); });
    return messages;
}

QList<Message> MessageTable::after(ConversationId conversationId, MessageId after, int limit)
{
    QList<Message> messages;
    m_file.each(u"SELECT %1 FROM messages WHERE conversation_id = ? AND id > ? ORDER BY id LIMIT ?"_s.arg(kColumns),
                {sqlId(conversationId), after, limit}, [&](const QSqlQuery &row) { messages.append(messageOf(row)); });
    return messages;
}

std::optional<Message> MessageTable::newestLive(ConversationId conversationId)
{
    std::optional<Message> found;
    m_file.each(
        u"SELECT %1 FROM messages WHERE conversation_id = ? AND deleted = 0 ORDER BY id DESC LIMIT 1"_s.arg(kColumns),
        {sqlId(conversationId)}, [&](const QSqlQuery &row) { found = messageOf(row); });
    return found;
}

int MessageTable::countOthers(ConversationId conversationId, UserId me, MessageId after, int cap)
{
    return countOthersBetween(conversationId, me, after, std::numeric_limits<qint64>::max(), cap);
}

int MessageTable::countOthersBetween(ConversationId conversationId, UserId me, MessageId after, MessageId upTo, int cap)
{
    return m_file
        .value(u"SELECT count(*) FROM (SELECT 1 FROM messages WHERE conversation_id = ? AND id > ? AND id <= ?"
               " AND deleted = 0 AND sender_id <> ? LIMIT ?)"_s,
               {sqlId(conversationId), after, upTo, sqlId(me), cap})
        .toInt();
}

int MessageTable::countDeletedSince(ConversationId conversationId, UserId me, MessageId after, Revision head)
{
    return m_file
        .value(u"SELECT count(*) FROM messages WHERE conversation_id = ? AND id > ? AND id <= ? AND deleted = 1"
               " AND revision > ? AND sender_id <> ?"_s,
               {sqlId(conversationId), after, head, head, sqlId(me)})
        .toInt();
}

PutOutcome MessageTable::put(const Message &message)
{
    if (isInHole(message.conversationId, message.id))
        return PutOutcome::InHole;
    const std::optional<Message> stored = find(message.conversationId, message.id);
    if (stored && stored->revision >= message.revision)
        return PutOutcome::Kept;
    m_file.run(u"INSERT OR REPLACE INTO messages (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s.arg(kColumns),
               {sqlId(message.conversationId), message.id, message.revision, sqlId(message.senderId),
                sqlId(message.clientId), message.createdAt, message.editedAt, message.deleted ? 1 : 0,
                sqlText(message.content.text), message.content.replyTo});
    m_changes.message(message.conversationId, message.id);
    m_changes.mentioned.insert(message.senderId);
    return stored ? PutOutcome::Updated : PutOutcome::Added;
}

QList<Hole> MessageTable::holes(ConversationId conversationId)
{
    QList<Hole> holes;
    m_file.each(u"SELECT after, before FROM holes WHERE conversation_id = ? ORDER BY after DESC"_s,
                {sqlId(conversationId)}, [&](const QSqlQuery &row) {
                    holes.append({row.value(0).toLongLong(), row.value(1).toLongLong()});
                });
    return holes;
}

bool MessageTable::holdsHole(ConversationId conversationId, const Hole &hole)
{
    return m_file
        .value(u"SELECT 1 FROM holes WHERE conversation_id = ? AND after = ? AND before = ?"_s,
               {sqlId(conversationId), hole.after, hole.before})
        .isValid();
}

bool MessageTable::isInHole(ConversationId conversationId, MessageId id)
{
    return m_file
        .value(u"SELECT 1 FROM holes WHERE conversation_id = ? AND after < ? AND before > ?"_s,
               {sqlId(conversationId), id, id})
        .isValid();
}

void MessageTable::addHole(ConversationId conversationId, const Hole &hole)
{
    if (hole.isNull() || hole.before - hole.after < 2)
        return;
    m_file.run(u"DELETE FROM messages WHERE conversation_id = ? AND id > ? AND id < ?"_s,
               {sqlId(conversationId), hole.after, hole.before});
    if (m_file.changedRows() > 0)
        m_changes.timelines.insert(conversationId);
    m_file.run(u"DELETE FROM holes WHERE conversation_id = ? AND after >= ? AND before <= ?"_s,
               {sqlId(conversationId), hole.after, hole.before});
    m_file.run(u"INSERT OR REPLACE INTO holes (conversation_id, after, before) VALUES (?, ?, ?)"_s,
               {sqlId(conversationId), hole.after, hole.before});
    m_changes.holes.insert(conversationId);
    m_changes.conversations.insert(conversationId);
}

void MessageTable::shrinkHole(ConversationId conversationId, const Hole &hole, MessageId before)
{
    if (before - hole.after < 2) {
        closeHole(conversationId, hole);
        return;
    }
    m_file.run(u"UPDATE holes SET before = ? WHERE conversation_id = ? AND after = ? AND before = ?"_s,
               {before, sqlId(conversationId), hole.after, hole.before});
    m_changes.holes.insert(conversationId);
    m_changes.conversations.insert(conversationId);
}

void MessageTable::closeHole(ConversationId conversationId, const Hole &hole)
{
    m_file.run(u"DELETE FROM holes WHERE conversation_id = ? AND after = ? AND before = ?"_s,
               {sqlId(conversationId), hole.after, hole.before});
    m_changes.holes.insert(conversationId);
    m_changes.conversations.insert(conversationId);
}

void MessageTable::clear(ConversationId conversationId)
{
    m_file.run(u"DELETE FROM messages WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    m_file.run(u"DELETE FROM holes WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    m_changes.timelines.insert(conversationId);
    m_changes.conversations.insert(conversationId);
}

} // namespace confab::client
