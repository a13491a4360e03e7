// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/runtime/Async.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// What an active member may do with a conversation now, and where it stands.
struct MemberAccess
{
    ConversationId conversationId;
    Member::Role role = Member::Role::Unknown;
    Revision visibleFrom = 0;
    MessageId readUpTo = 0;
    bool markedUnread = false;
    Conversation::Kind kind = Conversation::Kind::Unknown;
    qint64 memberCount = 0;
    Revision head = 0;        ///< The conversation's revision.
    Revision rowRevision = 0; ///< That of its own row.
};

/// An entry and whose it is.
struct OwnedEntry
{
    UserId userId;
    ConversationEntry entry;
    bool left = false;
};

/// Reads conversations as their members see them: nobody else learns that they exist.
class ConversationReader
{
public:
    ConversationReader(Database &database, const Limits &limits) : m_database(database), m_limits(limits) { }

    /// `notFound` for strangers, former members and deactivated people, alike.
    Task<MemberAccess> access(UserId userId, ConversationId conversationId);

    /// `notFound` as access().
    Task<ConversationEntry> entry(UserId userId, ConversationId conversationId);

    /// One person's entries of these conversations where they are a member, in no order. Reads in chunks.
    Task<QList<ConversationEntry>> entries(UserId userId, QList<ConversationId> conversationIds);

    /// The entries of several members of one conversation, in no order.
    Task<QList<OwnedEntry>> entriesOf(ConversationId conversationId, QList<UserId> userIds);

    /// One person's entries with accountRevision > after, in that order, those they left included.
    Task<QList<OwnedEntry>> entriesAfter(UserId userId, Revision after, qint64 limit);

    Task<Revision> accountRevision(UserId userId);

private:
    Task<QList<OwnedEntry>> select(QByteArray condition, QList<Value> parameters);

    Database &m_database;
    const Limits &m_limits;
};

/// The one answer for conversations that are not there and those that are none of the caller's business.
Error noSuchConversation();

} // namespace confab::server
