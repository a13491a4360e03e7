// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ChangesReader.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/MessagesBackends.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QHash>

namespace confab::server {

/// A conversation that a session gets the events of, and from which message on.
struct VisibleConversation
{
    ConversationId conversationId;
    Revision visibleFrom = 0;
    Revision revision = 0; ///< The conversation's, when it was read.
};

/// Answers what a device missed, for one shard: the store's part of `hello`, and what a session is to be subscribed to.
class SyncService
{
public:
    explicit SyncService(const MessagesBackends &backends);

    /// Everything of the reply but user, session, server and heartbeatMs, which are the gateway's to fill. To be asked
    /// after the session is subscribed, so that nothing falls between.
    ///
    /// A few statements whatever the number of cursors, and about 256 KiB at most: what does not fit is named in `more`
    /// and `moreConversations`.
    Task<HelloReply> hello(Caller caller, Hello op);

    /// The conversations the user is an active member of, none for a deactivated one.
    Task<QList<VisibleConversation>> memberships(UserId userId);

    /// Where conversations and accounts stand now, those that exist. One statement each.
    Task<QList<Cursor>> conversationStands(QList<ConversationId> ids);
    Task<QHash<UserId, Revision>> accountRevisions(QList<UserId> ids);

private:
    struct Head;
    struct Plan;

    Task<HelloReply> begin(UserId userId);
    Task<QList<Head>> heads(UserId userId);
    static Plan plan(const Hello &op, const QList<Head> &heads, HelloReply &reply);
    Task<HelloReply> withEntries(UserId userId, Plan plan, HelloReply reply);
    Task<HelloReply> withChanges(Plan plan, HelloReply reply);
    Task<HelloReply> withReceipts(UserId userId, QList<Head> heads, HelloReply reply);
    Task<HelloReply> withProfiles(UserId userId, HelloReply reply);

    MessagesBackends m_backends;
    ConversationReader m_reader;
    ChangesReader m_changes;
};

} // namespace confab::server
