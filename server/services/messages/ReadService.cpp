// SPDX-License-Identifier: MIT
#include "server/services/messages/ReadService.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

const QByteArray kNewest = "SELECT id FROM messages WHERE conversation_id = ? AND id <= ? AND id >= ? "
                           "ORDER BY id DESC LIMIT 1";

// The account's number moves only where the member's row will; then the row takes it. Both conditions are the same, so
// that of many devices marking at once the highest position stands and none fails.
const QByteArray kAccountForRead =
    "UPDATE users SET account_revision = account_revision + 1 WHERE id = ? AND EXISTS (SELECT 1 FROM members m "
    "WHERE m.conversation_id = ? AND m.user_id = users.id AND m.has_left = 0 "
    "AND (m.read_up_to < ? OR m.marked_unread = 1))";
const QByteArray kRead =
    "UPDATE members SET read_up_to = CASE WHEN read_up_to < ? THEN ? ELSE read_up_to END, marked_unread = 0, "
    "account_revision = (SELECT u.account_revision FROM users u WHERE u.id = members.user_id) "
    "WHERE conversation_id = ? AND user_id = ? AND has_left = 0 AND (read_up_to < ? OR marked_unread = 1)";
const QByteArray kAccountForUnread =
    "UPDATE users SET account_revision = account_revision + 1 WHERE id = ? AND EXISTS (SELECT 1 FROM members m "
    "WHERE m.conversation_id = ? AND m.user_id = users.id AND m.has_left = 0 AND m.marked_unread = 0)";
const QByteArray kUnread =
    "UPDATE members SET marked_unread = 1, account_revision = (SELECT u.account_revision FROM users u WHERE u.id = "
    "members.user_id) WHERE conversation_id = ? AND user_id = ? AND has_left = 0 AND marked_unread = 0";

// What was read was delivered, too, and joining is neither: only an id of a message they may see moves it.
const QByteArray kDelivered =
    "UPDATE members SET delivered_up_to = ? WHERE conversation_id = ? AND user_id = ? AND has_left = 0 "
    "AND delivered_up_to < ? AND read_up_to < ? AND EXISTS (SELECT 1 FROM messages x WHERE x.conversation_id = "
    "members.conversation_id AND x.id = ? AND x.id >= members.visible_from) AND "
    "(SELECT c.member_count FROM conversations c WHERE c.id = members.conversation_id) <= ?";

} // namespace

ReadService::ReadService(const MessagesBackends &backends)
    : m_backends(backends), m_reader(backends.database, backends.limits), m_events(backends.bus),
      m_receipts(backends.bus)
{
}

Task<MessageId> ReadService::newestUpTo(ConversationId conversationId, Revision visibleFrom, MessageId messageId)
{
    const Statement statement{kNewest, {conversationId, messageId, visibleFrom}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return MessageId(0);
    co_return rows->first().at(0).toInt();
}

Task<ReadState> ReadService::markRead(Caller caller, MarkRead op)
{
    if (op.messageId < 0)
        co_return Error::invalid(u"messageId"_s, u"There is no such message."_s);
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    const Result<MessageId> position = co_await newestUpTo(op.conversationId, access->visibleFrom, op.messageId);
    if (!position)
        co_return position.error();
    if (*position <= access->readUpTo && !access->markedUnread)
        co_return co_await currentState(caller, op.conversationId, false);

    const Batch batch{{kAccountForRead, {caller.userId, op.conversationId, *position}, 1},
                      {kRead, {*position, *position, op.conversationId, caller.userId, *position}, 1}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    // A miss: another device was faster, or the membership ended.
    const bool moved = outcome->committed();
    const Result<ReadState> state = co_await currentState(caller, op.conversationId, moved);
    if (state && moved && *position > access->readUpTo && access->memberCount <= kSmallConversation)
        m_receipts.note({op.conversationId, caller.userId, 0, state->readUpTo});
    co_return state;
}

Task<ReadState> ReadService::markUnread(Caller caller, MarkUnread op)
{
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    const Batch batch{{kAccountForUnread, {caller.userId, op.conversationId}, 1},
                      {kUnread, {op.conversationId, caller.userId}, 1}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    co_return co_await currentState(caller, op.conversationId, outcome->committed());
}

Task<Empty> ReadService::markDelivered(Caller caller, MarkDelivered op)
{
    if (op.positions.size() > kMaxPositionsPerCall) {
        co_return Error::tooLarge(u"positions"_s, u"At most %1 conversations at once."_s.arg(kMaxPositionsPerCall));
    }
    QMap<ConversationId, MessageId> furthest; // in the order in which rows are locked
    for (const DeliveredUpTo &position : op.positions) {
        MessageId &messageId = furthest[position.conversationId];
        messageId = std::max(messageId, position.messageId);
    }
    Batch batch;
    for (auto each = furthest.cbegin(); each != furthest.cend(); ++each) {
        const MessageId id = each.value();
        batch += {kDelivered, {id, each.key(), caller.userId, id, id, id, kSmallConversation}, {}};
    }
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    qsizetype statement = 0;
    for (auto each = furthest.cbegin(); each != furthest.cend(); ++each) {
        if (outcome->results.at(statement++).affected > 0)
            m_receipts.note({each.key(), caller.userId, each.value(), 0});
    }
    co_return Empty{};
}

/// Where the caller stands now; with \a announce their devices learn it too.
Task<ReadState> ReadService::currentState(Caller caller, ConversationId conversationId, bool announce)
{
    const Result<ConversationEntry> entry = co_await m_reader.entry(caller.userId, conversationId);
    if (!entry)
        co_return entry.error();
    if (announce)
        m_events.account(caller.userId, *entry);
    const Membership &membership = entry->membership;
    co_return ReadState{conversationId,      membership.readUpTo,     membership.unread,
                        entry->headRevision, membership.markedUnread, membership.accountRevision};
}

} // namespace confab::server
