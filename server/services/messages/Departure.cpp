// SPDX-License-Identifier: MIT
#include "server/services/messages/Departure.h"

#include "server/services/messages/Rows.h"

namespace confab::server {

namespace {

// The conversation's row is locked by the first statement, so that what the others read of its members stands until
// the commit.
const QByteArray kCountOut =
    "UPDATE conversations SET revision = revision + 1, member_count = member_count - 1 WHERE id = ? AND kind <> 1 "
    "AND EXISTS (SELECT 1 FROM members m JOIN members t ON t.conversation_id = m.conversation_id JOIN users u "
    "ON u.id = m.user_id WHERE m.conversation_id = conversations.id AND m.user_id = ? AND m.has_left = 0 "
    "AND u.deactivated = 0 AND t.user_id = ? AND t.has_left = 0 "
    "AND (t.user_id = m.user_id OR (m.role >= 2 AND t.role < 3)))";
const QByteArray kNextAccountRevision =
    "UPDATE users SET account_revision = account_revision + 1 WHERE id = ? RETURNING account_revision";
const QByteArray kLeave =
    QByteArray("UPDATE members SET has_left = 1, role = 1, marked_unread = 0, "
               "revision = (SELECT c.revision FROM conversations c WHERE c.id = members.conversation_id), "
               "account_revision = (SELECT u.account_revision FROM users u WHERE u.id = members.user_id) "
               "WHERE conversation_id = ? AND user_id = ? RETURNING ") +
    kMemberColumns;
// Where no owner is left, the first of the highest role becomes it. The three that follow act on that row alone: it is
// the only one ahead of the conversation's revision.
const QByteArray kPromote =
    "UPDATE members SET role = 3, revision = (SELECT c.revision + 1 FROM conversations c WHERE c.id = "
    "members.conversation_id) WHERE conversation_id = ? AND user_id = (SELECT h.user_id FROM members h WHERE "
    "h.conversation_id = ? AND h.has_left = 0 ORDER BY h.role DESC, h.joined_at, h.user_id LIMIT 1) "
    "AND NOT EXISTS (SELECT 1 FROM members o WHERE o.conversation_id = ? AND o.has_left = 0 AND o.role = 3)";
const QByteArray kAccountOfPromoted =
    "UPDATE users SET account_revision = account_revision + 1 WHERE id = (SELECT m.user_id FROM members m JOIN "
    "conversations c ON c.id = m.conversation_id WHERE m.conversation_id = ? AND m.revision > c.revision)";
const QByteArray kPromoted =
    QByteArray("UPDATE members SET account_revision = (SELECT u.account_revision FROM users u WHERE u.id = "
               "members.user_id) WHERE conversation_id = ? AND revision > (SELECT c.revision FROM conversations c "
               "WHERE c.id = members.conversation_id) RETURNING ") +
    kMemberColumns;
const QByteArray kCountPromotion =
    "UPDATE conversations SET revision = revision + 1 WHERE id = ? AND EXISTS (SELECT 1 FROM members m "
    "WHERE m.conversation_id = conversations.id AND m.revision > conversations.revision)";
// The conversation's own row changes (its memberCount) with the member's.
const QByteArray kOwnRow =
    QByteArray(
        "UPDATE conversations SET revision = revision + 1, row_revision = revision + 1 WHERE id = ? RETURNING ") +
    kGroupColumns;

// Where the statements stand in the batch.
enum Step { CountOut, AccountOut, Leave, Promote, AccountOfPromoted, Promoted, CountPromotion, OwnRow, StepCount };
static_assert(StepCount == Departure::kStatements);

} // namespace

Batch Departure::statements(const ConversationId &id, const UserId &actor, const UserId &userId)
{
    return {{kCountOut, {id, actor, userId}, 1}, {kNextAccountRevision, {userId}, 1},
            {kLeave, {id, userId}, 1},           {kPromote, {id, id, id}, {}},
            {kAccountOfPromoted, {id}, {}},      {kPromoted, {id}, {}},
            {kCountPromotion, {id}, {}},         {kOwnRow, {id}, 1}};
}

Task<Done> Departure::announce(ConversationId conversationId, UserId userId, QList<Rows> results)
{
    m_events.left(userId, conversationId, results.at(AccountOut).first().at(0).toInt());
    const Conversation conversation = conversationOf(results.at(OwnRow).first());
    const bool small = conversation.memberCount <= kSmallConversation;
    if (small)
        m_events.member(memberOf(results.at(Leave).first()));
    const Rows &promoted = results.at(Promoted);
    if (small && !promoted.isEmpty())
        m_events.member(memberOf(promoted.first()));
    m_events.conversation(conversation, userId);
    if (!promoted.isEmpty()) {
        const UserId owner = memberOf(promoted.first()).userId;
        const Result<ConversationEntry> entry = co_await m_reader.entry(owner, conversationId);
        if (entry)
            m_events.account(owner, *entry);
    }
    co_return Done{};
}

} // namespace confab::server
