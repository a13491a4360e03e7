// SPDX-License-Identifier: MIT
#include "server/services/messages/ConversationReader.h"

#include "server/services/messages/Rows.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kIdsPerStatement = 100;

const QByteArray kAccess =
    "SELECT m.role, m.visible_from, m.read_up_to, m.marked_unread, c.kind, c.member_count, c.revision, c.row_revision "
    "FROM members m JOIN conversations c ON c.id = m.conversation_id JOIN users u ON u.id = m.user_id "
    "WHERE m.conversation_id = ? AND m.user_id = ? AND m.has_left = 0 AND u.deactivated = 0";

// The unread count stops at the cap; the last message is the newest visible one that is not deleted.
const QByteArray kEntries =
    QByteArray("SELECT ") + kConversationColumns +
    ", c.revision, m.user_id, m.role, m.visible_from, m.read_up_to, m.marked_unread, m.account_revision, m.has_left, "
    "(SELECT count(*) FROM (SELECT 1 FROM messages x WHERE x.conversation_id = m.conversation_id "
    "AND x.id > m.read_up_to AND x.id >= m.visible_from AND x.sender_id <> m.user_id AND x.deleted = 0 LIMIT ?) AS "
    "capped), "
    "l.conversation_id, l.id, l.revision, l.sender_id, l.client_id, l.created_at, l.edited_at, l.deleted, l.reply_to, "
    "l.text "
    "FROM members m JOIN conversations c ON c.id = m.conversation_id "
    "LEFT JOIN direct_pairs d ON d.conversation_id = c.id "
    "LEFT JOIN messages l ON l.conversation_id = m.conversation_id AND l.id = (SELECT x.id FROM messages x "
    "WHERE x.conversation_id = m.conversation_id AND x.id >= m.visible_from AND x.deleted = 0 "
    "ORDER BY x.id DESC LIMIT 1) WHERE ";

OwnedEntry entryOf(const Row &row)
{
    constexpr int kFirst = kConversationColumnCount;
    OwnedEntry owned;
    owned.entry.conversation = conversationOf(row);
    owned.entry.headRevision = row.at(kFirst).toInt();
    owned.userId = row.at(kFirst + 1).toId<UserId>();
    Membership &membership = owned.entry.membership;
    membership.conversationId = owned.entry.conversation.id;
    membership.role = static_cast<Member::Role>(row.at(kFirst + 2).toInt());
    membership.visibleFrom = row.at(kFirst + 3).toInt();
    membership.readUpTo = row.at(kFirst + 4).toInt();
    membership.markedUnread = row.at(kFirst + 5).toBool();
    membership.accountRevision = row.at(kFirst + 6).toInt();
    owned.left = row.at(kFirst + 7).toBool();
    membership.unread = row.at(kFirst + 8).toInt();
    if (!row.at(kFirst + 9).isNull())
        owned.entry.lastMessage = messageOf(row, kFirst + 9);
    return owned;
}

} // namespace

Error noSuchConversation()
{
    return Error::notFound(u"There is no such conversation."_s);
}

Task<MemberAccess> ConversationReader::access(UserId userId, ConversationId conversationId)
{
    const Statement statement{kAccess, {conversationId, userId}, {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return noSuchConversation();
    const Row &row = rows->first();
    MemberAccess access;
    access.conversationId = conversationId;
    access.role = static_cast<Member::Role>(row.at(0).toInt());
    access.visibleFrom = row.at(1).toInt();
    access.readUpTo = row.at(2).toInt();
    access.markedUnread = row.at(3).toBool();
    access.kind = static_cast<Conversation::Kind>(row.at(4).toInt());
    access.memberCount = row.at(5).toInt();
    access.head = row.at(6).toInt();
    access.rowRevision = row.at(7).toInt();
    co_return access;
}

Task<QList<OwnedEntry>> ConversationReader::select(QByteArray condition, QList<Value> parameters)
{
    parameters.prepend(m_limits.unreadCap);
    const Statement statement{kEntries + condition, parameters, {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<OwnedEntry> entries;
    entries.reserve(rows->rows.size());
    for (const Row &row : rows->rows)
        entries.append(entryOf(row));
    co_return entries;
}

Task<ConversationEntry> ConversationReader::entry(UserId userId, ConversationId conversationId)
{
    const QList<Value> parameters{conversationId, userId};
    const auto found = co_await select("m.conversation_id = ? AND m.user_id = ? AND m.has_left = 0", parameters);
    if (!found)
        co_return found.error();
    if (found->isEmpty())
        co_return noSuchConversation();
    co_return found->first().entry;
}

Task<QList<ConversationEntry>> ConversationReader::entries(UserId userId, QList<ConversationId> conversationIds)
{
    QList<ConversationEntry> entries;
    entries.reserve(conversationIds.size());
    for (qsizetype first = 0; first < conversationIds.size(); first += kIdsPerStatement) {
        const QList<ConversationId> chunk = conversationIds.mid(first, kIdsPerStatement);
        const QList<Value> ids = idList(chunk);
        const QList<Value> parameters = QList<Value>{userId} + ids;
        const QByteArray condition =
            "m.user_id = ? AND m.has_left = 0 AND m.conversation_id IN (" + placeholders(ids.size()) + ')';
        const auto found = co_await select(condition, parameters);
        if (!found)
            co_return found.error();
        for (const OwnedEntry &owned : *found)
            entries.append(owned.entry);
    }
    co_return entries;
}

Task<QList<OwnedEntry>> ConversationReader::entriesOf(ConversationId conversationId, QList<UserId> userIds)
{
    QList<OwnedEntry> entries;
    for (qsizetype first = 0; first < userIds.size(); first += kIdsPerStatement) {
        const QList<UserId> chunk = userIds.mid(first, kIdsPerStatement);
        const QList<Value> ids = idList(chunk);
        const QList<Value> parameters = QList<Value>{conversationId} + ids;
        const QByteArray condition =
            "m.conversation_id = ? AND m.has_left = 0 AND m.user_id IN (" + placeholders(ids.size()) + ')';
        const auto found = co_await select(condition, parameters);
        if (!found)
            co_return found.error();
        entries += *found;
    }
    co_return entries;
}

Task<QList<OwnedEntry>> ConversationReader::entriesAfter(UserId userId, Revision after, qint64 limit)
{
    const QList<Value> parameters{userId, after, limit};
    const QByteArray condition = "m.user_id = ? AND m.account_revision > ? ORDER BY m.account_revision LIMIT ?";
    co_return co_await select(condition, parameters);
}

Task<Revision> ConversationReader::accountRevision(UserId userId)
{
    const Statement statement{"SELECT account_revision FROM users WHERE id = ?", {userId}, {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::notFound(u"There is no such account."_s);
    co_return rows->first().at(0).toInt();
}

} // namespace confab::server
