// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/ChangeSet.h"
#include "client-sdk/src/store/SqliteFile.h"

namespace confab::client {

/// Profiles, members and read positions of others.
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

    /// Moves somebody's read position forward; an older one changes nothing.
    void putReceipt(ConversationId conversationId, UserId userId, MessageId messageId);
    MessageId receipt(ConversationId conversationId, UserId userId);
    MessageId furthestReceipt(ConversationId conversationId, UserId except);

    /// Drops members and read positions of a conversation.
    void clear(ConversationId conversationId);

private:
    SqliteFile &m_file;
    ChangeSet &m_changes;
};

} // namespace confab::client
