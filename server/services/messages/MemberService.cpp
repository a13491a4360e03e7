// SPDX-License-Identifier: MIT
#include "server/services/messages/MemberService.h"

#include "server/services/Paging.h"
#include "server/services/messages/ConversationService.h"
#include "server/services/messages/Rows.h"

#include <algorithm>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

// All batches here lock the conversation's row first, so that what they read of its members stands until the commit.

const QByteArray kList = QByteArray("SELECT ") + kMemberColumns +
                         " FROM members WHERE conversation_id = ? AND has_left = 0 AND user_id > ? "
                         "ORDER BY user_id LIMIT ?";

const QByteArray kLockForMember =
    "UPDATE conversations SET revision = revision WHERE id = ? AND kind <> 1 AND EXISTS (SELECT 1 FROM members m "
    "JOIN users u ON u.id = m.user_id WHERE m.conversation_id = conversations.id AND m.user_id = ? "
    "AND m.has_left = 0 AND u.deactivated = 0)";

// For each person added: their account is locked, so that it stays active until the commit, and counts up; the two
// others do nothing when they are a member already.
const QByteArray kCountIn = "UPDATE conversations SET revision = revision + 1, member_count = member_count + 1 "
                            "WHERE id = ? AND NOT EXISTS (SELECT 1 FROM members m WHERE m.conversation_id = "
                            "conversations.id AND m.user_id = ? AND m.has_left = 0)";
const QByteArray kAccountIn =
    "UPDATE users SET account_revision = account_revision + CASE WHEN EXISTS (SELECT 1 FROM members m WHERE "
    "m.conversation_id = ? AND m.user_id = users.id AND m.has_left = 0) THEN 0 ELSE 1 END "
    "WHERE id = ? AND deactivated = 0";
// What was written before somebody joins does not count as unread, also where they may see it.
const QByteArray kJoin =
    "INSERT INTO members (conversation_id, user_id, role, joined_at, revision, visible_from, read_up_to, "
    "account_revision) SELECT c.id, u.id, 1, ?, c.revision, CASE WHEN c.hide_history = 1 THEN c.revision ELSE 0 END, "
    "c.revision, u.account_revision FROM conversations c, users u WHERE c.id = ? AND u.id = ? "
    "ON CONFLICT (conversation_id, user_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at, "
    "has_left = 0, revision = excluded.revision, visible_from = excluded.visible_from, "
    "read_up_to = excluded.read_up_to, marked_unread = 0, account_revision = excluded.account_revision "
    "WHERE members.has_left = 1";

// The conversation's own row changes (its memberCount) when a member's row did.
const QByteArray kOwnRow =
    QByteArray("UPDATE conversations SET revision = revision + 1, row_revision = revision + 1 WHERE id = ? AND EXISTS "
               "(SELECT 1 FROM members m WHERE m.conversation_id = conversations.id "
               "AND m.revision > conversations.row_revision) RETURNING ") +
    kGroupColumns;
const QByteArray kWithinLimit = "SELECT 1 FROM conversations WHERE id = ? AND member_count <= ?";

} // namespace

MemberService::MemberService(const MessagesBackends &backends)
    : m_backends(backends), m_reader(backends.database, backends.limits), m_events(backends.bus),
      m_departure(backends.database, backends.bus, backends.limits)
{
}

Task<MemberList> MemberService::list(Caller caller, ListMembers op)
{
    const Result<qint64> limit = pageLimit(op.limit, m_backends.limits);
    if (!limit)
        co_return limit.error();
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    const UserId after = op.after.value_or(UserId());
    const Statement statement{kList, {op.conversationId, after, *limit + 1}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    MemberList list;
    list.more = rows->rows.size() > *limit;
    for (const Row &row : rows->rows.mid(0, *limit))
        list.members.append(memberOf(row));
    co_return list;
}

Task<QList<Member>> MemberService::rowsOf(ConversationId conversationId, QList<UserId> userIds)
{
    const QList<Value> ids = idList(userIds);
    Statement statement;
    statement.sql = QByteArray("SELECT ") + kMemberColumns +
                    " FROM members WHERE conversation_id = ? AND has_left = 0 AND user_id IN (" +
                    placeholders(ids.size()) + ") ORDER BY revision";
    statement.parameters = QList<Value>{conversationId} + ids;
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<Member> members;
    for (const Row &row : rows->rows)
        members.append(memberOf(row));
    co_return members;
}

Task<MemberList> MemberService::add(Caller caller, AddMembers op)
{
    if (op.userIds.size() > kMaxPeoplePerCall)
        co_return Error::tooLarge(u"userIds"_s, u"At most %1 people at once."_s.arg(kMaxPeoplePerCall));
    QList<UserId> people = op.userIds;
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    if (people.isEmpty())
        co_return Error::invalid(u"userIds"_s, u"Nobody to add was named."_s);
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    if (access->kind == Conversation::Kind::Direct)
        co_return Error::denied(u"A direct conversation keeps its two people."_s);

    Batch batch{{kLockForMember, {op.conversationId, caller.userId}, 1}};
    const qint64 now = m_backends.clock.utcMs();
    for (const UserId &userId : people) {
        batch.append({kCountIn, {op.conversationId, userId}, {}});
        batch.append({kAccountIn, {op.conversationId, userId}, 1});
        batch.append({kJoin, {now, op.conversationId, userId}, {}});
    }
    batch.append({kWithinLimit, {op.conversationId, m_backends.limits.groupMembers}, 1});
    batch.append({kOwnRow, {op.conversationId}, {}});
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->missed == 0)
        co_return noSuchConversation();
    if (!outcome->committed() && batch.at(outcome->missed).sql == kAccountIn)
        co_return Error{ErrorCode::NotFound, u"There is no such person."_s, u"userIds"_s, 0};
    if (!outcome->committed()) {
        co_return Error::tooLarge(u"userIds"_s,
                                  u"A conversation has at most %1 members."_s.arg(m_backends.limits.groupMembers));
    }

    const Result<QList<Member>> rows = co_await rowsOf(op.conversationId, people);
    if (!rows)
        co_return rows.error();
    QList<UserId> added;
    for (qsizetype i = 0; i < people.size(); ++i) {
        if (outcome->results.at(1 + 3 * i).affected > 0)
            added.append(people.at(i));
    }
    if (!added.isEmpty()) {
        const Conversation conversation = conversationOf(outcome->results.last().first());
        const Result<Done> told = co_await announceAdded(op.conversationId, conversation, added, *rows);
        if (!told)
            co_return told.error();
    }
    MemberList list;
    list.members = *rows;
    co_return list;
}

Task<Done> MemberService::announceAdded(ConversationId conversationId, Conversation conversation, QList<UserId> added,
                                        QList<Member> rows)
{
    const auto entries = co_await m_reader.entriesOf(conversationId, added);
    if (!entries)
        co_return entries.error();
    for (const OwnedEntry &owned : *entries)
        m_events.joined(owned.userId, owned.entry);
    if (conversation.memberCount <= kSmallConversation) {
        for (const Member &member : rows) {
            if (added.contains(member.userId))
                m_events.member(member);
        }
    }
    m_events.conversation(conversation);
    co_return Done{};
}

Task<Empty> MemberService::remove(Caller caller, RemoveMember op)
{
    const Batch batch = Departure::statements(op.conversationId, caller.userId, op.userId);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return co_await explainRefusal(caller, op);
    const Result<Done> told = co_await m_departure.announce(op.conversationId, op.userId, outcome->results);
    if (!told)
        co_return told.error();
    co_return Empty{};
}

Task<Empty> MemberService::explainRefusal(Caller caller, RemoveMember op)
{
    const Statement statement{"SELECT has_left, role FROM members WHERE conversation_id = ? AND user_id = ?",
                              {op.conversationId, op.userId},
                              {}};
    const Result<Rows> target = co_await m_backends.database.query(statement);
    if (!target)
        co_return target.error();
    const bool gone = !target->isEmpty() && target->first().at(0).toBool();
    if (gone && op.userId == caller.userId)
        co_return Empty{};
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    if (access->kind == Conversation::Kind::Direct)
        co_return Error::denied(u"A direct conversation keeps its two people."_s);
    if (gone)
        co_return Empty{};
    if (target->isEmpty())
        co_return Error{ErrorCode::NotFound, u"There is no such member."_s, u"userId"_s, 0};
    const auto role = static_cast<Member::Role>(target->first().at(1).toInt());
    if (op.userId != caller.userId && (access->role < Member::Role::Admin || role == Member::Role::Owner))
        co_return Error::denied(u"Only admins and owners remove others, and nobody removes an owner."_s);
    co_return Error::unavailable(u"The members changed meanwhile. Please try again."_s);
}

} // namespace confab::server
