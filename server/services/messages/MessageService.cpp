// SPDX-License-Identifier: MIT
#include "server/services/messages/MessageService.h"

#include "server/services/Paging.h"
#include "server/services/messages/Rows.h"
#include "shared/text/TextGate.h"

#include <limits>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

// Locks the conversation and takes its next revision; what follows in the batch reads it.
const QByteArray kNextRevision = "UPDATE conversations SET revision = revision + 1 WHERE id = ?";

const QByteArray kEdit =
    QByteArray("UPDATE messages SET text = ?, edited_at = ?, changed = 1, "
               "revision = (SELECT c.revision FROM conversations c WHERE c.id = ?) "
               "WHERE conversation_id = ? AND id = ? AND sender_id = ? AND deleted = 0 AND text <> ? AND EXISTS "
               "(SELECT 1 FROM members m WHERE m.conversation_id = ? AND m.user_id = ? AND m.has_left = 0 "
               "AND m.visible_from <= messages.id AND (SELECT u.deactivated FROM users u WHERE u.id = m.user_id) = 0) "
               "RETURNING ") +
    kMessageColumns;

// Roles 2 and 3 are admin and owner.
const QByteArray kDelete =
    QByteArray("UPDATE messages SET text = '', reply_to = 0, edited_at = 0, deleted = 1, changed = 1, "
               "revision = (SELECT c.revision FROM conversations c WHERE c.id = ?) "
               "WHERE conversation_id = ? AND id = ? AND deleted = 0 AND EXISTS "
               "(SELECT 1 FROM members m WHERE m.conversation_id = ? AND m.user_id = ? AND m.has_left = 0 "
               "AND m.visible_from <= messages.id AND (messages.sender_id = m.user_id OR m.role >= 2) "
               "AND (SELECT u.deactivated FROM users u WHERE u.id = m.user_id) = 0) RETURNING ") +
    kMessageColumns;

const QByteArray kVisible =
    QByteArray("SELECT ") + kMessageColumns +
    " FROM messages WHERE conversation_id = ? AND id = ? AND EXISTS (SELECT 1 FROM members m "
    "WHERE m.conversation_id = ? AND m.user_id = ? AND m.has_left = 0 AND m.visible_from <= messages.id "
    "AND (SELECT u.deactivated FROM users u WHERE u.id = m.user_id) = 0)";

const QByteArray kHistory = QByteArray("SELECT ") + kMessageColumns +
                            " FROM messages WHERE conversation_id = ? AND id > ? AND id < ? AND id >= ? "
                            "ORDER BY id DESC LIMIT ?";

} // namespace

MessageService::MessageService(const MessagesBackends &backends)
    : m_backends(backends), m_reader(backends.database, backends.limits), m_changes(backends.database),
      m_events(backends.bus)
{
}

Task<Message> MessageService::send(Caller caller, SendMessage op)
{
    const Result<QString> text = checkMessageText(u"text"_s, op.text, m_backends.limits.messageLength);
    if (!text)
        co_return text.error();
    if (op.replyTo && *op.replyTo <= 0)
        co_return Error::invalid(u"replyTo"_s, u"There is no such message to reply to."_s);
    Append append;
    append.conversationId = op.conversationId;
    append.senderId = caller.userId;
    append.clientId = op.clientId;
    append.createdAt = m_backends.clock.utcMs();
    append.content = {*text, op.replyTo.value_or(0)};
    const Result<Appended> appended = co_await m_backends.messages.append(append);
    if (!appended)
        co_return appended.error();
    if (appended->isNew)
        m_events.message(appended->message);
    co_return appended->message;
}

Task<Message> MessageService::visibleMessage(UserId userId, ConversationId conversationId, MessageId messageId)
{
    const Statement statement{kVisible, {conversationId, messageId, conversationId, userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::notFound(u"There is no such message."_s);
    co_return messageOf(rows->first());
}

Task<Message> MessageService::edit(Caller caller, EditMessage op)
{
    const Result<QString> text = checkMessageText(u"text"_s, op.text, m_backends.limits.messageLength);
    if (!text)
        co_return text.error();
    const Batch batch{{kNextRevision, {op.conversationId}, {}},
                      {kEdit,
                       {*text, m_backends.clock.utcMs(), op.conversationId, op.conversationId, op.messageId,
                        caller.userId, *text, op.conversationId, caller.userId},
                       1}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->committed()) {
        const Message edited = messageOf(outcome->results.last().first());
        m_events.message(edited);
        co_return edited;
    }
    const Result<Message> current = co_await visibleMessage(caller.userId, op.conversationId, op.messageId);
    if (!current)
        co_return current.error();
    if (current->deleted)
        co_return Error::conflict({}, u"The message was deleted."_s);
    if (current->senderId != caller.userId)
        co_return Error::denied(u"Only who sent a message can change it."_s);
    co_return *current; // it has this text already
}

Task<Message> MessageService::remove(Caller caller, DeleteMessage op)
{
    const Batch batch{
        {kNextRevision, {op.conversationId}, {}},
        {kDelete, {op.conversationId, op.conversationId, op.messageId, op.conversationId, caller.userId}, 1}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->committed()) {
        const Message tombstone = messageOf(outcome->results.last().first());
        m_events.message(tombstone);
        co_return tombstone;
    }
    const Result<Message> current = co_await visibleMessage(caller.userId, op.conversationId, op.messageId);
    if (!current)
        co_return current.error();
    if (!current->deleted)
        co_return Error::denied(u"Only who sent a message, or an admin, can delete it."_s);
    co_return *current;
}

Task<MessagePage> MessageService::history(Caller caller, GetHistory op)
{
    const Result<qint64> limit = pageLimit(op.limit, m_backends.limits);
    if (!limit)
        co_return limit.error();
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    const Statement statement{kHistory,
                              {op.conversationId, op.after.value_or(0),
                               op.before.value_or(std::numeric_limits<qint64>::max()), access->visibleFrom, *limit + 1},
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    MessagePage page;
    qint64 bytes = 0;
    for (const Row &row : rows->rows) {
        const Message message = messageOf(row);
        bytes += wireBytes(message);
        if (page.messages.size() == *limit || (bytes > kPageBytes && !page.messages.isEmpty())) {
            page.more = true;
            break;
        }
        page.messages.append(message);
    }
    co_return page;
}

Task<ConversationChanges> MessageService::changes(Caller caller, GetConversationChanges op)
{
    const Result<qint64> limit = pageLimit(op.limit, m_backends.limits);
    if (!limit)
        co_return limit.error();
    if (op.after < 0)
        co_return Error::invalid(u"after"_s, u"A revision is not negative."_s);
    if (op.base.value_or(0) < 0)
        co_return Error::invalid(u"base"_s, u"A message's id is not negative."_s);
    const Result<qint64> newLimit = pageLimit(op.newLimit, m_backends.limits, u"newLimit"_s);
    if (!newLimit)
        co_return newLimit.error();
    // The head is read here, before the rows: what is committed in between comes again, and nothing is passed over.
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    ChangesRequest request;
    request.conversationId = op.conversationId;
    request.visibleFrom = access->visibleFrom;
    request.head = access->head;
    request.small = access->memberCount <= kSmallConversation;
    request.after = op.after;
    request.base = op.base.value_or(op.after);
    request.limit = *limit;
    if (op.newLimit)
        request.newLimit = *newLimit;
    const QList<ChangesRequest> requests{request};
    const Result<QList<ConversationChanges>> changes = co_await m_changes.read(requests);
    if (!changes)
        co_return changes.error();
    co_return changes->first();
}

} // namespace confab::server
