// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Rows.h"
#include "client-sdk/src/store/ChangeSet.h"
#include "client-sdk/src/store/SqliteFile.h"

namespace confab::client {

/// Profiles, members and how far others are.
class PeopleTable
{
public:
    PeopleTable(SqliteFile &file, ChangeSet &changes) : m_file(file), m_changes(changes) { }

    std::optional<User> user(UserId id);
    /// Takes a profile unless the stored one is newer.
    void putUser(const User &user);
    /// Those of which no profile, or one older than \a versions says, is stored.
    QList<UserId> unknown(const QSet<UserId> &ids);
    QList<UserId> stale(const QList<ProfileVersion> &versions);

    QList<Member> members(ConversationId conversationId); ///< Without those who left.
    std::optional<Member> member(ConversationId conversationId, UserId userId);
    int memberCount(ConversationId conversationId);
    /// Takes a member's row unless the stored one is as new.
    void putMember(const Member &member);

    /// Moves somebody's positions forward; older ones change nothing.
    void putReceipt(const Receipt &receipt);
    Reached reached(ConversationId conversationId, UserId userId);
    Reached furthest(ConversationId conversationId, UserId except);

    /// Drops members and positions of a conversation.
    void clear(ConversationId conversationId);

private:
    Reached reachedBy(const QString &sql, ConversationId conversationId, UserId userId);

    SqliteFile &m_file;
    ChangeSet &m_changes;
};

} // namespace confab::client
