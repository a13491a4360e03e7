// SPDX-License-Identifier: MIT
#include "server/services/messages/SyncService.h"

#include "server/runtime/Log.h"
#include "server/services/messages/EventPublisher.h"
#include "server/services/messages/Rows.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <algorithm>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kReplyBytes = 256 * 1024;
constexpr qint64 kEntryBytes = 700;
constexpr qsizetype kMaxEntries = 200;
/// Of conversations the device holds nothing of, so many come with their newest messages.
constexpr qsizetype kMaxFreshChanges = 20;
constexpr qint64 kNewMessages = 30;
constexpr qsizetype kChangesPerRead = 32;
constexpr int kMaxProfiles = 1000;
constexpr qsizetype kReceiptConversations = 64;
constexpr int kMaxReceipts = 500;

const QByteArray kStore = "SELECT s.generation, u.account_revision FROM server_meta s, users u "
                          "WHERE s.id = 1 AND u.id = ? AND u.deactivated = 0";
const QByteArray kHeads = "SELECT m.conversation_id, m.visible_from, m.account_revision, m.has_left, c.revision, "
                          "c.member_count, c.active_at FROM members m JOIN conversations c "
                          "ON c.id = m.conversation_id WHERE m.user_id = ?";
const QByteArray kMemberships = "SELECT m.conversation_id, m.visible_from, c.revision FROM members m JOIN users u "
                                "ON u.id = m.user_id JOIN conversations c ON c.id = m.conversation_id WHERE m.user_id "
                                "= ? AND m.has_left = 0 AND u.deactivated = 0";
// A profile that never changed has version 1, so a cache holds it right or not at all.
const QByteArray kProfiles = "SELECT DISTINCT u.id, u.profile_version FROM members m JOIN conversations c "
                             "ON c.id = m.conversation_id JOIN members o ON o.conversation_id = m.conversation_id "
                             "JOIN users u ON u.id = o.user_id WHERE m.user_id = ? AND m.has_left = 0 "
                             "AND c.member_count <= ? AND u.profile_version > 1 LIMIT ?";

} // namespace

/// Where one of the user's conversations stands.
struct SyncService::Head
{
    ConversationId conversationId;
    Revision visibleFrom = 0;
    Revision accountRevision = 0;
    bool left = false;
    Revision revision = 0;
    qint64 memberCount = 0;
    qint64 activeAt = 0;
};

/// What a reply is going to tell, newest conversations first.
struct SyncService::Plan
{
    QList<ConversationId> entries;
    QList<ChangesRequest> changes;
};

SyncService::SyncService(const MessagesBackends &backends)
    : m_backends(backends), m_reader(backends.database, backends.limits), m_changes(backends.database)
{
}

Task<QList<VisibleConversation>> SyncService::memberships(UserId userId)
{
    const Statement statement{kMemberships, {userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<VisibleConversation> list;
    list.reserve(rows->rows.size());
    for (const Row &row : rows->rows)
        list.append({row.at(0).toId<ConversationId>(), row.at(1).toInt(), row.at(2).toInt()});
    co_return list;
}

Task<QList<Cursor>> SyncService::conversationStands(QList<ConversationId> ids)
{
    const QList<Value> values = idList(ids);
    const Statement statement{
        "SELECT id, revision FROM conversations WHERE id IN (" + placeholders(values.size()) + ')', values, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<Cursor> stands;
    stands.reserve(rows->rows.size());
    for (const Row &row : rows->rows)
        stands.append({row.at(0).toId<ConversationId>(), row.at(1).toInt()});
    co_return stands;
}

Task<QHash<UserId, Revision>> SyncService::accountRevisions(QList<UserId> ids)
{
    const QList<Value> values = idList(ids);
    const Statement statement{
        "SELECT id, account_revision FROM users WHERE id IN (" + placeholders(values.size()) + ')', values, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QHash<UserId, Revision> revisions;
    for (const Row &row : rows->rows)
        revisions.insert(row.at(0).toId<UserId>(), row.at(1).toInt());
    co_return revisions;
}

Task<HelloReply> SyncService::hello(Caller caller, Hello op)
{
    // The numbers are read before the rows they stand for: what is committed in between comes again as an event.
    const Result<HelloReply> begun = co_await begin(caller.userId);
    if (!begun)
        co_return begun.error();
    HelloReply reply = *begun;
    const Result<QList<Head>> all = co_await heads(caller.userId);
    if (!all)
        co_return all.error();
    if (op.generation && *op.generation != reply.generation) {
        qCWarning(lcMessages) << "a device of" << caller.userId.toString()
                              << "synced with another store; it starts anew (was the database restored?)";
        reply.resync = true;
    }
    const Plan planned = plan(op, *all, reply);
    const Result<HelloReply> entries = co_await withEntries(caller.userId, planned, reply);
    if (!entries)
        co_return entries.error();
    const Result<HelloReply> changes = co_await withChanges(planned, *entries);
    if (!changes)
        co_return changes.error();
    const Result<HelloReply> receipts = co_await withReceipts(caller.userId, *all, *changes);
    if (!receipts)
        co_return receipts.error();
    co_return co_await withProfiles(caller.userId, *receipts);
}

Task<HelloReply> SyncService::begin(UserId userId)
{
    const Statement statement{kStore, {userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::unauthenticated(u"The account was closed."_s);
    HelloReply reply;
    reply.generation = rows->first().at(0).toId<GenerationId>();
    reply.accountRevision = rows->first().at(1).toInt();
    reply.serverTime = m_backends.clock.utcMs();
    co_return reply;
}

Task<QList<SyncService::Head>> SyncService::heads(UserId userId)
{
    const Statement statement{kHeads, {userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<Head> heads;
    heads.reserve(rows->rows.size());
    for (const Row &row : rows->rows) {
        heads.append({row.at(0).toId<ConversationId>(), row.at(1).toInt(), row.at(2).toInt(), row.at(3).toBool(),
                      row.at(4).toInt(), row.at(5).toInt(), row.at(6).toInt()});
    }
    std::sort(heads.begin(), heads.end(), [](const Head &a, const Head &b) {
        return a.activeAt != b.activeAt ? a.activeAt > b.activeAt : b.conversationId < a.conversationId;
    });
    co_return heads;
}

SyncService::Plan SyncService::plan(const Hello &op, const QList<Head> &heads, HelloReply &reply)
{
    QHash<ConversationId, Revision> cursors;
    for (const Cursor &cursor : op.cursors)
        cursors.insert(cursor.conversationId, cursor.revision);
    const auto ahead = [&](const Head &head) { return cursors.value(head.conversationId, 0) > head.revision; };
    if (!reply.resync &&
        (op.accountRevision.value_or(0) > reply.accountRevision || std::any_of(heads.begin(), heads.end(), ahead))) {
        qCWarning(lcMessages) << "a device is ahead of the database; it starts anew (did the database lose commits?)";
        reply.resync = true;
    }
    if (reply.resync)
        cursors.clear();
    const bool fresh = reply.resync || (cursors.isEmpty() && !op.accountRevision);
    const Revision accountRevision = fresh ? 0 : op.accountRevision.value_or(0);

    Plan plan;
    qsizetype freshChanges = 0;
    for (const Head &head : heads) {
        const auto cursor = cursors.constFind(head.conversationId);
        const bool held = cursor != cursors.constEnd();
        if (head.left) {
            if (!fresh && (held || head.accountRevision > accountRevision))
                reply.gone.append(head.conversationId);
            cursors.remove(head.conversationId);
            continue;
        }
        const Revision after = held && *cursor >= head.visibleFrom ? *cursor : 0;
        cursors.remove(head.conversationId);
        const bool accountChanged = head.accountRevision > accountRevision;
        if (held && head.revision <= after && !accountChanged)
            continue;
        if (plan.entries.size() < kMaxEntries) {
            plan.entries.append(head.conversationId);
        } else if (!held || accountChanged) {
            reply.moreConversations = true;
            if (!held)
                continue;
        } else {
            reply.entriesLeft.append(head.conversationId);
        }
        if (head.revision <= after || (after == 0 && ++freshChanges > kMaxFreshChanges))
            continue;
        ChangesRequest request;
        request.conversationId = head.conversationId;
        request.visibleFrom = head.visibleFrom;
        request.head = head.revision;
        request.small = head.memberCount <= kSmallConversation;
        request.after = after;
        request.base = after;
        request.limit = 200;
        request.newLimit = kNewMessages;
        plan.changes.append(request);
    }
    // What is left was never theirs or is no longer: the same answer for both.
    for (auto it = cursors.cbegin(); it != cursors.cend(); ++it)
        reply.gone.append(it.key());
    return plan;
}

Task<HelloReply> SyncService::withEntries(UserId userId, Plan plan, HelloReply reply)
{
    const Result<QList<ConversationEntry>> entries = co_await m_reader.entries(userId, plan.entries);
    if (!entries)
        co_return entries.error();
    QHash<ConversationId, ConversationEntry> byId;
    for (const ConversationEntry &entry : *entries)
        byId.insert(entry.conversation.id, entry);
    for (const ConversationId &id : plan.entries) {
        if (const auto found = byId.constFind(id); found != byId.constEnd())
            reply.conversations.append(*found);
    }
    co_return reply;
}

Task<HelloReply> SyncService::withChanges(Plan plan, HelloReply reply)
{
    qint64 bytes = 0;
    for (const ConversationEntry &entry : reply.conversations)
        bytes += kEntryBytes + (entry.lastMessage ? wireBytes(*entry.lastMessage) : 0);
    for (qsizetype first = 0; first < plan.changes.size(); first += kChangesPerRead) {
        const QList<ChangesRequest> chunk = plan.changes.mid(first, kChangesPerRead);
        if (bytes > kReplyBytes) {
            for (const ChangesRequest &request : chunk)
                reply.more.append(request.conversationId);
            continue;
        }
        const Result<QList<ConversationChanges>> read = co_await m_changes.read(chunk);
        if (!read)
            co_return read.error();
        for (const ConversationChanges &changes : *read) {
            qint64 size = 200 + 150 * changes.members.size();
            for (const Message &message : changes.messages)
                size += wireBytes(message);
            if (changes.more || bytes + size > kReplyBytes) {
                reply.more.append(changes.conversationId);
                continue;
            }
            bytes += size;
            reply.changes.append(changes);
        }
    }
    co_return reply;
}

Task<HelloReply> SyncService::withReceipts(UserId userId, QList<Head> heads, HelloReply reply)
{
    QList<ConversationId> recent;
    QHash<ConversationId, Revision> visibleFrom;
    for (const Head &head : heads) {
        if (head.left || head.memberCount > kSmallConversation || recent.size() == kReceiptConversations)
            continue;
        recent.append(head.conversationId);
        visibleFrom.insert(head.conversationId, head.visibleFrom);
    }
    if (recent.isEmpty())
        co_return reply;
    const QList<Value> ids = idList(recent);
    Statement statement;
    // A read position that is no message is where somebody joined, not what they read.
    statement.sql = "SELECT m.conversation_id, m.user_id, m.delivered_up_to, x.id FROM members m LEFT JOIN messages x "
                    "ON x.conversation_id = m.conversation_id AND x.id = m.read_up_to "
                    "WHERE m.user_id <> ? AND m.has_left = 0 AND (x.id IS NOT NULL OR m.delivered_up_to > 0) "
                    "AND m.conversation_id IN (" +
                    placeholders(ids.size()) + ") LIMIT ?";
    statement.parameters = QList<Value>{userId} + ids + QList<Value>{kMaxReceipts};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    for (const Row &row : rows->rows) {
        const Receipt receipt{row.at(0).toId<ConversationId>(), row.at(1).toId<UserId>(), row.at(2).toInt(),
                              row.at(3).toInt()};
        // As with the event: who may not see the message does not learn that it was read.
        if (std::max(receipt.deliveredUpTo, receipt.readUpTo) >= visibleFrom.value(receipt.conversationId))
            reply.receipts.append(receipt);
    }
    co_return reply;
}

Task<HelloReply> SyncService::withProfiles(UserId userId, HelloReply reply)
{
    const Statement statement{kProfiles, {userId, kSmallConversation, kMaxProfiles}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    for (const Row &row : rows->rows)
        reply.profiles.append({row.at(0).toId<UserId>(), row.at(1).toInt()});
    co_return reply;
}

} // namespace confab::server
