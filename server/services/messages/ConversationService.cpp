// SPDX-License-Identifier: MIT
#include "server/services/messages/ConversationService.h"

#include "server/services/Paging.h"
#include "server/services/messages/Rows.h"
#include "shared/text/TextGate.h"

#include <algorithm>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

const QByteArray kClaim = "INSERT INTO claims (purpose, scope, client_id, subject, created_at) "
                          "VALUES ('conversation.create', ?, ?, ?, ?) ON CONFLICT DO NOTHING";
const QByteArray kClaimed = "SELECT subject FROM claims WHERE purpose = 'conversation.create' AND scope = ? "
                            "AND client_id = ?";
const QByteArray kClaimPair = "INSERT INTO direct_pairs (low_id, high_id, conversation_id) VALUES (?, ?, ?) "
                              "ON CONFLICT DO NOTHING";
const QByteArray kPair = "SELECT conversation_id FROM direct_pairs WHERE low_id = ? AND high_id = ?";
const QByteArray kInsert = "INSERT INTO conversations (id, kind, title, creator_id, created_at, active_at, "
                           "member_count, hide_history, revision, row_revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const QByteArray kNextAccountRevision =
    "UPDATE users SET account_revision = account_revision + 1 WHERE id = ? AND deactivated = 0";
const QByteArray kInsertMember = "INSERT INTO members (conversation_id, user_id, role, joined_at, revision, "
                                 "account_revision) SELECT ?, id, ?, ?, ?, account_revision FROM users WHERE id = ?";
const QByteArray kRename =
    QByteArray("UPDATE conversations SET title = ?, revision = revision + 1, row_revision = revision + 1 "
               "WHERE id = ? AND kind <> 1 AND title <> ? AND EXISTS (SELECT 1 FROM members m JOIN users u "
               "ON u.id = m.user_id WHERE m.conversation_id = conversations.id AND m.user_id = ? AND m.has_left = 0 "
               "AND u.deactivated = 0) RETURNING ") +
    kGroupColumns;

/// The statements that lock these people's accounts, so that all of them stay active until the commit, and count them
/// up; a batch misses here where one does not exist or may not take part.
Batch countUp(const QList<UserId> &people)
{
    Batch batch;
    for (const UserId &userId : people)
        batch.append({kNextAccountRevision, {userId}, 1});
    return batch;
}

/// The statements that make a conversation with its members, behind countUp(). Members take the revisions from 1 on in
/// the order given, the conversation's own row the last one.
Batch creation(const Conversation &conversation, bool hideHistory, const QList<UserId> &people,
               Member::Role creatorRole)
{
    Batch batch{{kInsert,
                 {conversation.id, qint64(conversation.kind), conversation.title, conversation.creatorId,
                  conversation.createdAt, conversation.createdAt, people.size(), hideHistory, people.size() + 1,
                  people.size() + 1},
                 1}};
    Revision revision = 0;
    for (const UserId &userId : people) {
        const Member::Role role = userId == conversation.creatorId ? creatorRole : Member::Role::Member;
        batch.append({kInsertMember, {conversation.id, qint64(role), conversation.createdAt, ++revision, userId}, 1});
    }
    return batch;
}

/// Each once, the caller among them, in the order in which accounts are locked.
QList<UserId> peopleOf(const UserId &caller, QList<UserId> people)
{
    people.append(caller);
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    return people;
}

} // namespace

ConversationService::ConversationService(const MessagesBackends &backends)
    : m_backends(backends), m_reader(backends.database, backends.limits), m_events(backends.bus)
{
}

Task<Conversation> ConversationService::create(Caller caller, CreateConversation op)
{
    if (op.memberIds.size() > kMaxPeoplePerCall) {
        co_return Error::tooLarge(u"memberIds"_s,
                                  u"At most %1 people at once; add the others afterwards."_s.arg(kMaxPeoplePerCall));
    }
    switch (op.kind) {
    case Conversation::Kind::Direct:
        co_return co_await createDirect(caller, op);
    case Conversation::Kind::Group:
        co_return co_await createGroup(caller, op);
    default:
        co_return Error::invalid(u"kind"_s, u"A conversation is direct or a group."_s);
    }
}

Task<Conversation> ConversationService::createDirect(Caller caller, CreateConversation op)
{
    const QList<UserId> people = peopleOf(caller.userId, op.memberIds);
    if (op.memberIds.isEmpty() || people.size() > 2)
        co_return Error::invalid(u"memberIds"_s, u"A direct conversation has one other person, or oneself."_s);
    if (op.title)
        co_return Error::invalid(u"title"_s, u"A direct conversation has no title."_s);

    Conversation conversation;
    conversation.id = m_backends.ids.make<ConversationId>();
    conversation.kind = Conversation::Kind::Direct;
    conversation.creatorId = caller.userId;
    conversation.createdAt = m_backends.clock.utcMs();
    // The pair is claimed before the work: of two that create it at the same time one misses here.
    const UserId low = people.first();
    const UserId high = people.last();
    const Batch claim = countUp(people) + Batch{{kClaimPair, {low, high, conversation.id}, 1}};
    const Batch batch = claim + creation(conversation, false, people, Member::Role::Member);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->committed())
        co_return co_await announce(caller.userId, conversation.id, people);
    const Result<Conversation> existing = co_await directOf(caller.userId, low, high);
    if (!existing && existing.error().code == ErrorCode::NotFound)
        co_return Error{ErrorCode::NotFound, u"There is no such person."_s, u"memberIds"_s, 0};
    co_return existing;
}

Task<Conversation> ConversationService::directOf(UserId caller, UserId low, UserId high)
{
    const Statement statement{kPair, {low, high}, {}};
    const Result<Rows> pair = co_await m_backends.database.query(statement);
    if (!pair)
        co_return pair.error();
    if (pair->isEmpty())
        co_return noSuchConversation();
    const auto id = pair->first().at(0).toId<ConversationId>();
    const Result<ConversationEntry> entry = co_await m_reader.entry(caller, id);
    if (!entry)
        co_return entry.error();
    co_return entry->conversation;
}

Task<Conversation> ConversationService::createGroup(Caller caller, CreateConversation op)
{
    const QList<UserId> people = peopleOf(caller.userId, op.memberIds);
    if (people.size() > m_backends.limits.groupMembers) {
        co_return Error::tooLarge(u"memberIds"_s,
                                  u"A conversation has at most %1 members."_s.arg(m_backends.limits.groupMembers));
    }
    Conversation conversation;
    if (op.title) {
        const Result<QString> title = checkName(u"title"_s, *op.title, m_backends.limits.titleLength);
        if (!title)
            co_return title.error();
        conversation.title = *title;
    }
    conversation.id = m_backends.ids.make<ConversationId>();
    conversation.kind = Conversation::Kind::Group;
    conversation.creatorId = caller.userId;
    conversation.createdAt = m_backends.clock.utcMs();
    const Batch claim =
        Batch{{kClaim, {caller.userId, op.clientId, conversation.id, conversation.createdAt}, 1}} + countUp(people);
    const Batch batch = claim + creation(conversation, op.hideHistory.value_or(false), people, Member::Role::Owner);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->committed())
        co_return co_await announce(caller.userId, conversation.id, people);
    if (outcome->missed == 0)
        co_return co_await claimed(caller.userId, op.clientId);
    co_return Error{ErrorCode::NotFound, u"There is no such person."_s, u"memberIds"_s, 0};
}

Task<Conversation> ConversationService::claimed(UserId caller, ClientId clientId)
{
    const Statement statement{kClaimed, {caller, clientId}, {}};
    const Result<Rows> claim = co_await m_backends.database.query(statement);
    if (!claim)
        co_return claim.error();
    if (claim->isEmpty())
        co_return Error::unavailable(u"Please try again."_s);
    const auto id = claim->first().at(0).toId<ConversationId>();
    const Result<ConversationEntry> entry = co_await m_reader.entry(caller, id);
    if (!entry)
        co_return entry.error();
    co_return entry->conversation;
}

/// Tells everybody in a new conversation, and returns it.
Task<Conversation> ConversationService::announce(UserId caller, ConversationId conversationId, QList<UserId> people)
{
    const auto entries = co_await m_reader.entriesOf(conversationId, people);
    if (!entries)
        co_return entries.error();
    for (const OwnedEntry &owned : *entries)
        m_events.joined(owned.userId, owned.entry);
    for (const OwnedEntry &owned : *entries) {
        if (owned.userId == caller)
            co_return owned.entry.conversation;
    }
    co_return noSuchConversation();
}

Task<ConversationList> ConversationService::list(Caller caller, ListConversations op)
{
    const Result<qint64> limit = pageLimit(op.limit, m_backends.limits);
    if (!limit)
        co_return limit.error();
    // Read before the rows, so that it never says more than they do.
    const Result<Revision> accountRevision = co_await m_reader.accountRevision(caller.userId);
    if (!accountRevision)
        co_return accountRevision.error();
    if (!op.ids.isEmpty())
        co_return co_await listThese(caller, op.ids, *accountRevision);
    const auto entries = co_await m_reader.entriesAfter(caller.userId, op.after.value_or(0), *limit + 1);
    if (!entries)
        co_return entries.error();
    ConversationList list;
    list.accountRevision = std::max(*accountRevision, op.after.value_or(0));
    qint64 count = 0;
    qint64 bytes = 0;
    Revision last = 0;
    for (const OwnedEntry &owned : *entries) {
        if (owned.entry.lastMessage)
            bytes += wireBytes(*owned.entry.lastMessage);
        if (count == *limit || (bytes > kPageBytes && count > 0)) {
            list.more = true;
            list.accountRevision = last;
            break;
        }
        ++count;
        last = owned.entry.membership.accountRevision;
        if (!owned.left)
            list.entries.append(owned.entry);
        else if (op.after)
            list.gone.append(owned.entry.conversation.id);
    }
    co_return list;
}

Task<ConversationList> ConversationService::listThese(Caller caller, QList<ConversationId> ids,
                                                      Revision accountRevision)
{
    const qint64 most = m_backends.limits.pageSize;
    if (ids.size() > most)
        co_return Error::tooLarge(u"ids"_s, u"At most %1 conversations at once."_s.arg(most));
    const Result<QList<ConversationEntry>> entries = co_await m_reader.entries(caller.userId, ids);
    if (!entries)
        co_return entries.error();
    ConversationList list;
    list.accountRevision = accountRevision;
    qint64 bytes = 0;
    for (const ConversationEntry &entry : *entries) {
        if (entry.lastMessage)
            bytes += wireBytes(*entry.lastMessage);
        if (bytes > kPageBytes && !list.entries.isEmpty()) {
            list.more = true;
            break;
        }
        list.entries.append(entry);
    }
    co_return list;
}

Task<ConversationEntry> ConversationService::get(Caller caller, GetConversation op)
{
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    co_return co_await m_reader.entry(caller.userId, op.conversationId);
}

Task<Conversation> ConversationService::update(Caller caller, UpdateConversation op)
{
    QString title;
    if (op.title.state == Patch<QString>::State::Set) {
        const Result<QString> checked = checkName(u"title"_s, op.title.value, m_backends.limits.titleLength);
        if (!checked)
            co_return checked.error();
        title = *checked;
    }
    const Result<ConversationEntry> entry = co_await m_reader.entry(caller.userId, op.conversationId);
    if (!entry)
        co_return entry.error();
    if (op.title.state == Patch<QString>::State::Keep)
        co_return entry->conversation;
    if (entry->conversation.kind == Conversation::Kind::Direct)
        co_return Error::denied(u"A direct conversation has no title."_s);
    const Batch batch{{kRename, {title, op.conversationId, title, caller.userId}, 1}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed()) {
        // It has this title already, or the caller left meanwhile.
        const Result<ConversationEntry> current = co_await m_reader.entry(caller.userId, op.conversationId);
        if (!current)
            co_return current.error();
        co_return current->conversation;
    }
    const Conversation renamed = conversationOf(outcome->results.first().first());
    m_events.conversation(renamed);
    co_return renamed;
}

} // namespace confab::server
