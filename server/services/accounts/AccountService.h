// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/auth/AuthService.h"
#include "server/services/auth/ProfileEvents.h"
#include "server/services/messages/Departure.h"

namespace confab::server {

/// What the service that ends accounts works with; all of it outlives the service and its tasks.
struct AccountBackends
{
    Database &database;
    Bus &bus; ///< The shard's own endpoint.
    AuthService &auth;
    const Clock &clock;
    const Limits &limits;
};

/// Ends accounts, for one shard: deletion by their owners, deactivation (and back) by administrators.
///
/// Either way all sessions end with the commit, and their sockets close on every shard as soon as the bus has told
/// them; a `hello` that is being answered meanwhile is refused.
class AccountService
{
public:
    explicit AccountService(const AccountBackends &backends);

    /// For good, and all at once or not at all: the profile is emptied, the memberships of groups end (an owner's place
    /// goes on), nobody can sign in. The handle stays taken. Messages stay, and so do direct conversations, for the
    /// other person. `permissionDenied` with the field for a wrong password; it counts as an attempt to sign in.
    Task<Empty> deleteAccount(Caller caller, DeleteAccount op);

    /// Signs a person out everywhere and keeps them out until they are reactivated; people no longer find them.
    /// Memberships and messages stay as they are. Idempotent; `notFound` for nobody. Who may ask is for the caller.
    /// \a alongside is committed with it (a record of who did it), and only where something changed.
    Task<User> deactivateUser(UserId userId, Batch alongside = {});

    /// Lets a deactivated person sign in again; the sessions that ended stay ended. `conflict` for a deleted account.
    Task<User> reactivateUser(UserId userId, Batch alongside = {});

    /// The sessions of this person ended in the store: nothing remembers them any more, and their sockets close.
    void endSockets(const UserId &userId);

private:
    Task<QList<ConversationId>> groupsOf(UserId userId);
    Batch deletion(const QList<ConversationId> &groups, const UserId &userId, const QString &passwordHash) const;
    Task<Done> announceDeletion(UserId userId, QList<ConversationId> groups, BatchOutcome outcome);
    Task<User> changeState(UserId userId, Batch batch, bool deactivated);
    Task<User> explainMiss(UserId userId, bool wantedDeactivated);

    AccountBackends m_backends;
    ProfileEvents m_profiles;
    Departure m_departure;
    TaskScope m_tasks;
};

} // namespace confab::server
