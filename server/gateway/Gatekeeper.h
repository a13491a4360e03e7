// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "server/services/Caller.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QHash>
#include <QtCore/QList>

namespace confab::server {

/// A conversation whose events a user gets, from the message `visibleFrom` on.
struct Subscription
{
    ConversationId conversationId;
    Revision visibleFrom = 0;
    Revision revision = 0; ///< Where the conversation stood.
};

/// What the gateway asks of the services beyond the operations: who a token is, and what a socket's `hello` needs.
///
/// Called on the shard's thread. Every method may be called at any time; none but renew() changes the store.
class Gatekeeper
{
public:
    virtual ~Gatekeeper() = default;

    enum class Freshness {
        Recent, ///< A moment old at most: for one request.
        Now,    ///< Read from the store after the call: for a socket, which holds for long.
    };

    /// The user and session of a token, with \a address kept in the answer; `unauthenticated` otherwise.
    virtual Task<Caller> authenticate(QString token, QString address, Freshness freshness) = 0;

    /// Whether a program with this key may call operations of Access::Backend; `unauthenticated` otherwise.
    virtual Result<Done> admitBackend(const QString &key) = 0;

    /// A session ended somewhere: nothing remembered of it may be used any more.
    virtual void sessionEnded(const SessionId &sessionId) = 0;
    /// The same for all sessions of a user.
    virtual void userEnded(const UserId &userId) = 0;

    /// The session of a socket is in use: its end moves on. Gives that end (UTC milliseconds, 0 for none), or
    /// `unauthenticated` where it is over.
    virtual Task<qint64> renew(Caller caller) = 0;

    /// All conversations the user is a member of.
    virtual Task<QList<Subscription>> subscriptions(UserId userId) = 0;

    /// Where these conversations and accounts stand now, in no order.
    virtual Task<QList<Cursor>> conversationStands(QList<ConversationId> ids) = 0;
    virtual Task<QHash<UserId, Revision>> accountStands(QList<UserId> ids) = 0;

    /// Those of the sessions that are over: revoked, or of somebody deactivated. renew() tells of those that expired.
    virtual Task<QList<SessionId>> sessionsOver(QList<SessionId> ids) = 0;

    /// The reply to `hello`, read after the call: whatever was committed before is in it.
    virtual Task<HelloReply> hello(Caller caller, Hello hello) = 0;

    /// A socket of the caller was greeted, perhaps once more, and nobody is at it where \a away. Of a session's sockets
    /// the one with the greatest number counts.
    virtual void socketOpened(const Caller &caller, qint64 socketNumber, bool away) = 0;
    virtual void socketClosed(const Caller &caller, qint64 socketNumber) = 0;
    /// Somebody, perhaps without a socket here, left a conversation.
    virtual void membershipEnded(const UserId &userId) = 0;

    /// Whether the node can serve: its backends answer. `unavailable` says what does not.
    virtual Task<Done> ready() = 0;
};

} // namespace confab::server
