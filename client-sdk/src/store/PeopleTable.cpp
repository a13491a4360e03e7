// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/PeopleTable.h"

#include <QtCore/QCoreApplication>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

Member memberOf(const QSqlQuery &row)
{
    Member member;
    member.conversationId = idFrom<ConversationId>(row.value(0));
    member.userId = idFrom<UserId>(row.value(1));
    member.role = static_cast<Member::Role>(row.value(2).toInt());
    member.joinedAt = row.value(3).toLongLong();
    member.left = row.value(4).toBool();
    member.revision = row.value(5).toLongLong();
    return member;
}

const QString kMemberColumns = u"conversation_id, user_id, role, joined_at, has_left, revision"_s;

} // namespace

std::optional<User> PeopleTable::user(UserId id)
{
    std::optional<User> found;
    m_file.each(u"SELECT handle, display_name, profile_version, deactivated FROM users WHERE id = ?"_s, {sqlId(id)},
                [&](const QSqlQuery &row) {
                    User user;
                    user.id = id;
                    user.handle = row.value(0).toString();
                    user.displayName = row.value(1).toString();
                    user.profileVersion = row.value(2).toLongLong();
                    user.deactivated = row.value(3).toBool();
                    // Who deletes their account takes the name away; what they wrote stays.
                    if (user.deactivated && user.displayName.isEmpty())
                        user.displayName = QCoreApplication::translate("confab::client", "Deleted account");
                    found = user;
                });
    return found;
}

void PeopleTable::putUser(const User &newUser)
{
    const std::optional<User> stored = user(newUser.id);
    if (newUser.id.isNull() || (stored && (stored->profileVersion > newUser.profileVersion || *stored == newUser)))
        return;
    m_file.run(u"INSERT OR REPLACE INTO users (id, handle, display_name, profile_version, deactivated)"
               " VALUES (?, ?, ?, ?, ?)"_s,
               {sqlId(newUser.id), sqlText(newUser.handle), sqlText(newUser.displayName), newUser.profileVersion,
                newUser.deactivated ? 1 : 0});
    m_changes.users.insert(newUser.id);
}

QList<UserId> PeopleTable::unknown(const QSet<UserId> &ids)
{
    QList<UserId> missing;
    for (const UserId &id : ids) {
        if (!id.isNull() && !m_file.value(u"SELECT 1 FROM users WHERE id = ?"_s, {sqlId(id)}).isValid())
            missing.append(id);
    }
    return missing;
}

QList<UserId> PeopleTable::stale(const QList<ProfileVersion> &versions)
{
    QList<UserId> ids;
    for (const ProfileVersion &version : versions) {
        const QVariant stored =
            m_file.value(u"SELECT profile_version FROM users WHERE id = ?"_s, {sqlId(version.userId)});
        if (!stored.isValid() || stored.toLongLong() < version.version)
            ids.append(version.userId);
    }
    return ids;
}

QList<Member> PeopleTable::members(ConversationId conversationId)
{
    QList<Member> members;
    m_file.each(
        u"SELECT %1 FROM members WHERE conversation_id = ? AND has_left = 0 ORDER BY user_id"_s.arg(kMemberColumns),
        {sqlId(conversationId)}, [&](const QSqlQuery &row) { members.append(memberOf(row)); });
    return members;
}

std::optional<Member> PeopleTable::member(ConversationId conversationId, UserId userId)
{
    std::optional<Member> found;
    m_file.each(u"SELECT %1 FROM members WHERE conversation_id = ? AND user_id = ?"_s.arg(kMemberColumns),
                {sqlId(conversationId), sqlId(userId)}, [&](const QSqlQuery &row) { found = memberOf(row); });
    return found;
}

int PeopleTable::memberCount(ConversationId conversationId)
{
    return m_file
        .value(u"SELECT count(*) FROM members WHERE conversation_id = ? AND has_left = 0"_s, {sqlId(conversationId)})
        .toInt();
}

void PeopleTable::putMember(const Member &newMember)
{
    const std::optional<Member> stored = member(newMember.conversationId, newMember.userId);
    if (stored && stored->revision >= newMember.revision)
        return;
    m_file.run(u"INSERT OR REPLACE INTO members (%1) VALUES (?, ?, ?, ?, ?, ?)"_s.arg(kMemberColumns),
               {sqlId(newMember.conversationId), sqlId(newMember.userId), static_cast<int>(newMember.role),
                newMember.joinedAt, newMember.left ? 1 : 0, newMember.revision});
    m_changes.members[newMember.conversationId].insert(newMember.userId);
    m_changes.mentioned.insert(newMember.userId);
}

void PeopleTable::putReceipt(const Receipt &receipt)
{
    m_file.run(u"INSERT INTO receipts (conversation_id, user_id, message_id, delivered_up_to) VALUES (?, ?, ?, ?)"
               " ON CONFLICT (conversation_id, user_id) DO UPDATE SET"
               " message_id = max(excluded.message_id, receipts.message_id),"
               " delivered_up_to = max(excluded.delivered_up_to, receipts.delivered_up_to)"
               " WHERE excluded.message_id > receipts.message_id"
               " OR excluded.delivered_up_to > receipts.delivered_up_to"_s,
               {sqlId(receipt.conversationId), sqlId(receipt.userId), receipt.readUpTo, receipt.deliveredUpTo});
    if (m_file.changedRows() > 0) {
        m_changes.receipts.insert(receipt.conversationId);
        m_changes.members[receipt.conversationId].insert(receipt.userId);
        m_changes.conversations.insert(receipt.conversationId);
    }
}

Reached PeopleTable::reached(ConversationId conversationId, UserId userId)
{
    return reachedBy(u"SELECT message_id, delivered_up_to FROM receipts WHERE conversation_id = ? AND user_id = ?"_s,
                     conversationId, userId);
}

Reached PeopleTable::furthest(ConversationId conversationId, UserId except)
{
    return reachedBy(
        u"SELECT max(message_id), max(delivered_up_to) FROM receipts WHERE conversation_id = ? AND user_id <> ?"_s,
        conversationId, except);
}

Reached PeopleTable::reachedBy(const QString &sql, ConversationId conversationId, UserId userId)
{
    Reached reached;
    m_file.each(sql, {sqlId(conversationId), sqlId(userId)}, [&](const QSqlQuery &row) {
        reached.readUpTo = row.value(0).toLongLong();
        reached.deliveredUpTo = qMax(reached.readUpTo, row.value(1).toLongLong());
    });
    return reached;
}

void PeopleTable::clear(ConversationId conversationId)
{
    m_file.run(u"DELETE FROM members WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    m_file.run(u"DELETE FROM receipts WHERE conversation_id = ?"_s, {sqlId(conversationId)});
    m_changes.receipts.insert(conversationId);
}

} // namespace confab::client
