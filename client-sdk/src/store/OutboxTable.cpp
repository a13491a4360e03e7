// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/OutboxTable.h"

namespace confab::client {

using namespace Qt::StringLiterals;
using Kind = OutboxItem::Kind;
using State = OutboxItem::State;

namespace {

const QString kColumns = u"seq, conversation_id, kind, client_id, message_id, text, reply_to, created_at, state,"
                         " attempted, error_code, error_message, error_field"_s;

OutboxItem itemOf(const QSqlQuery &row)
{
    OutboxItem item;
    item.seq = row.value(0).toLongLong();
    item.conversationId = idFrom<ConversationId>(row.value(1));
    item.kind = static_cast<Kind>(row.value(2).toInt());
    item.clientId = idFrom<ClientId>(row.value(3));
    item.messageId = row.value(4).toLongLong();
    item.text = row.value(5).toString();
    item.replyTo = row.value(6).toLongLong();
    item.createdAt = row.value(7).toLongLong();
    item.state = static_cast<State>(row.value(8).toInt());
    item.attempted = row.value(9).toBool();
    item.error.code = static_cast<ErrorCode>(row.value(10).toInt());
    item.error.message = row.value(11).toString();
    item.error.field = row.value(12).toString();
    return item;
}

} // namespace

// A unary plus keeps SQLite from an index that would make it read all that waits.
QList<OutboxItem> OutboxTable::select(const QString &where, const QVariantList &values)
{
    QList<OutboxItem> items;
    m_file.each(u"SELECT %1 FROM outbox WHERE "_s.arg(kColumns) + where, values,
                [&](const QSqlQuery &row) { items.append(itemOf(row)); });
    return items;
}

std::optional<OutboxItem> OutboxTable::selectOne(const QString &where, const QVariantList &values)
{
    const QList<OutboxItem> items = select(where + u" LIMIT 1"_s, values);
    return items.isEmpty() ? std::nullopt : std::optional(items.first());
}

QList<OutboxItem> OutboxTable::items(ConversationId conversationId)
{
    return select(u"conversation_id = ? ORDER BY seq"_s, {sqlId(conversationId)});
}

QList<OutboxItem> OutboxTable::itemsOf(ConversationId conversationId, ClientId clientId)
{
    return select(u"conversation_id = ? AND client_id = ? ORDER BY seq"_s, {sqlId(conversationId), sqlId(clientId)});
}

QList<OutboxItem> OutboxTable::changes(ConversationId conversationId)
{
    return select(u"conversation_id = ? AND kind <> 0 ORDER BY +seq"_s, {sqlId(conversationId)});
}

std::optional<OutboxItem> OutboxTable::send(ConversationId conversationId, ClientId clientId)
{
    return find(conversationId, clientId, Kind::Send);
}

std::optional<OutboxItem> OutboxTable::newestSend(ConversationId conversationId)
{
    return selectOne(u"conversation_id = ? AND kind = 0 AND NOT EXISTS (SELECT 1 FROM outbox d"
                     " WHERE d.conversation_id = outbox.conversation_id AND d.client_id = outbox.client_id"
                     " AND d.kind = 2 AND d.state <> 2) ORDER BY seq DESC"_s,
                     {sqlId(conversationId)});
}

std::optional<OutboxItem> OutboxTable::item(qint64 seq)
{
    return selectOne(u"seq = ?"_s, {seq});
}

QList<ConversationId> OutboxTable::conversations()
{
    QList<ConversationId> ids;
    m_file.each(u"SELECT DISTINCT conversation_id FROM outbox"_s, {},
                [&](const QSqlQuery &row) { ids.append(idFrom<ConversationId>(row.value(0))); });
    return ids;
}

int OutboxTable::count(ConversationId conversationId, bool failed)
{
    return m_file
        .value(u"SELECT count(*) FROM outbox WHERE conversation_id = ? AND state "_s + (failed ? u"= 2"_s : u"< 2"_s),
               {sqlId(conversationId)})
        .toInt();
}

void OutboxTable::addSend(ConversationId conversationId, ClientId clientId, const QString &text, MessageId replyTo,
                          qint64 createdAt)
{
    OutboxItem item;
    item.conversationId = conversationId;
    item.clientId = clientId;
    item.text = text;
    item.replyTo = replyTo;
    item.createdAt = createdAt;
    insert(item);
}

void OutboxTable::addEdit(ConversationId conversationId, ClientId clientId, MessageId messageId, const QString &text,
                          qint64 createdAt)
{
    if (findChange(conversationId, clientId, messageId, Kind::Delete)) {
        m_file.fail(Error::conflict(u"messageId"_s, u"The message is being deleted."_s));
        return;
    }
    const std::optional<OutboxItem> send = find(conversationId, clientId, Kind::Send);
    if (send && !send->attempted) {
        setText(*send, text);
        setState(*send, State::Queued, false, {});
        return;
    }
    const std::optional<OutboxItem> edit = findChange(conversationId, clientId, messageId, Kind::Edit);
    if (edit && edit->state != State::Sending) {
        setText(*edit, text);
        setState(*edit, State::Queued, edit->attempted, {});
        return;
    }
    OutboxItem item;
    item.conversationId = conversationId;
    item.kind = Kind::Edit;
    item.clientId = clientId;
    item.messageId = messageId;
    item.text = text;
    item.createdAt = createdAt;
    insert(item);
    if (send && send->state == State::Failed)
        setState(*send, State::Queued, send->attempted, {});
}

void OutboxTable::addDelete(ConversationId conversationId, ClientId clientId, MessageId messageId, const QString &key,
                            qint64 createdAt)
{
    const std::optional<OutboxItem> send = find(conversationId, clientId, Kind::Send);
    if (send && !send->attempted) {
        cancelSend(*send, key);
        return;
    }
    // Edits that wait are pointless now; one under way is followed.
    while (const std::optional<OutboxItem> edit = findChange(conversationId, clientId, messageId, Kind::Edit)) {
        if (edit->state == State::Sending)
            break;
        remove(*edit);
    }
    if (const auto present = findChange(conversationId, clientId, messageId, Kind::Delete)) {
        if (present->state == State::Failed)
            setState(*present, State::Queued, present->attempted, {});
        return;
    }
    OutboxItem item;
    item.conversationId = conversationId;
    item.kind = Kind::Delete;
    item.clientId = clientId;
    item.messageId = messageId;
    item.createdAt = createdAt;
    insert(item);
    if (send && send->state == State::Failed)
        setState(*send, State::Queued, send->attempted, {});
}

bool OutboxTable::retry(ConversationId conversationId, ClientId clientId)
{
    bool found = false;
    for (const OutboxItem &item : itemsOf(conversationId, clientId)) {
        if (item.state != State::Failed)
            continue;
        setState(item, State::Queued, item.attempted, {});
        found = true;
    }
    return found;
}

bool OutboxTable::discard(ConversationId conversationId, ClientId clientId, const QString &key)
{
    bool found = false;
    for (const OutboxItem &item : itemsOf(conversationId, clientId)) {
        if (item.state != State::Failed)
            continue;
        found = true;
        if (item.kind == Kind::Send) {
            cancelSend(item, key);
            break;
        }
        remove(item);
    }
    return found;
}

std::optional<OutboxItem> OutboxTable::next(ConversationId conversationId)
{
    // A change without a message's id is passed over: its message was refused, and waits for the person.
    const std::optional<OutboxItem> item =
        selectOne(u"conversation_id = ? AND +state < 2 AND (state = 1 OR kind = 0 OR message_id <> 0) ORDER BY seq"_s,
                  {sqlId(conversationId)});
    return item && item->state == State::Sending ? std::nullopt : item;
}

void OutboxTable::markSending(const OutboxItem &item)
{
    setState(item, State::Sending, true, {});
}

void OutboxTable::markQueued(const OutboxItem &item)
{
    setState(item, State::Queued, item.attempted, {});
}

void OutboxTable::markFailed(const OutboxItem &item, const Error &error, const QString &key)
{
    if (item.kind == Kind::Send) {
        if (find(item.conversationId, item.clientId, Kind::Delete)) {
            cancelSend(item, key);
            return;
        }
        if (const auto edit = find(item.conversationId, item.clientId, Kind::Edit)) {
            setText(item, edit->text);
            m_file.run(u"DELETE FROM outbox WHERE seq = ?"_s, {edit->seq});
            setState(item, State::Queued, false, {});
            return;
        }
    }
    setState(item, State::Failed, false, error);
}

void OutboxTable::remove(const OutboxItem &item)
{
    m_file.run(u"DELETE FROM outbox WHERE seq = ?"_s, {item.seq});
    changed(item);
}

bool OutboxTable::acknowledge(ConversationId conversationId, ClientId clientId, MessageId messageId)
{
    const std::optional<OutboxItem> send = find(conversationId, clientId, Kind::Send);
    if (!send)
        return false;
    m_file.run(u"DELETE FROM outbox WHERE seq = ?"_s, {send->seq});
    m_file.run(u"UPDATE outbox SET message_id = ? WHERE conversation_id = ? AND client_id = ?"_s,
               {messageId, sqlId(conversationId), sqlId(clientId)});
    m_changes.message(conversationId, messageId);
    return true;
}

void OutboxTable::forgetChanges(ConversationId conversationId, MessageId messageId)
{
    m_file.run(u"DELETE FROM outbox WHERE conversation_id = ? AND message_id = ? AND kind <> 0 AND state <> 1"_s,
               {sqlId(conversationId), messageId});
    if (m_file.changedRows() > 0)
        m_changes.message(conversationId, messageId);
}

void OutboxTable::requeueAll()
{
    m_file.run(u"UPDATE outbox SET state = 0 WHERE state = 1"_s);
}

void OutboxTable::requeue(ConversationId conversationId)
{
    m_file.run(u"UPDATE outbox SET state = 0 WHERE state = 1 AND conversation_id = ?"_s, {sqlId(conversationId)});
}

void OutboxTable::failAll(ConversationId conversationId, const Error &error)
{
    for (const OutboxItem &item : items(conversationId)) {
        if (item.state != State::Failed)
            setState(item, State::Failed, item.attempted, error);
    }
}

std::optional<OutboxItem> OutboxTable::find(ConversationId conversationId, ClientId clientId, Kind kind)
{
    if (clientId.isNull())
        return std::nullopt;
    return selectOne(u"conversation_id = ? AND client_id = ? AND kind = ? ORDER BY seq DESC"_s,
                     {sqlId(conversationId), sqlId(clientId), static_cast<int>(kind)});
}

std::optional<OutboxItem> OutboxTable::findChange(ConversationId conversationId, ClientId clientId, MessageId messageId,
                                                  Kind kind)
{
    if (messageId == 0)
        return find(conversationId, clientId, kind);
    return selectOne(u"conversation_id = ? AND message_id = ? AND kind <> 0 AND kind = ? ORDER BY seq DESC"_s,
                     {sqlId(conversationId), messageId, static_cast<int>(kind)});
}

void OutboxTable::insert(const OutboxItem &item)
{
    m_file.run(u"INSERT INTO outbox (conversation_id, kind, client_id, message_id, text, reply_to, created_at)"
               " VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
               {sqlId(item.conversationId), static_cast<int>(item.kind), sqlId(item.clientId), item.messageId,
                sqlText(item.text), item.replyTo, item.createdAt});
    changed(item);
}

void OutboxTable::setState(const OutboxItem &item, State state, bool attempted, const Error &error)
{
    m_file.run(u"UPDATE outbox SET state = ?, attempted = ?, error_code = ?, error_message = ?, error_field = ?"
               " WHERE seq = ?"_s,
               {static_cast<int>(state), attempted ? 1 : 0, static_cast<int>(error.code), sqlText(error.message),
                sqlText(error.field), item.seq});
    changed(item);
}

void OutboxTable::setText(const OutboxItem &item, const QString &text)
{
    m_file.run(u"UPDATE outbox SET text = ? WHERE seq = ?"_s, {sqlText(text), item.seq});
}

void OutboxTable::changed(const OutboxItem &item)
{
    if (item.messageId != 0)
        m_changes.message(item.conversationId, item.messageId);
    else
        m_changes.pendingMessage(item.conversationId, item.clientId);
}

void OutboxTable::cancelSend(const OutboxItem &send, const QString &key)
{
    m_file.run(u"DELETE FROM outbox WHERE conversation_id = ? AND client_id = ?"_s,
               {sqlId(send.conversationId), sqlId(send.clientId)});
    m_changes.removedKeys[send.conversationId].append(key);
    m_changes.pending[send.conversationId].remove(send.clientId);
    m_changes.conversations.insert(send.conversationId);
}

} // namespace confab::client
