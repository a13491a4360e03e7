// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/backends/database/Database.h"
#include "server/runtime/TaskScope.h"
#include "server/services/Caller.h"
#include "server/services/auth/FloodLimits.h"
#include "server/services/auth/PasswordHasher.h"
#include "server/services/auth/SessionCache.h"
#include "server/services/auth/SessionIssuer.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// What the auth services of one shard work with; all of it outlives them and their tasks.
struct AuthBackends
{
    Database &database;
    Bus &bus; ///< The shard's own endpoint.
    PasswordHasher &hasher;
    FloodLimits &floods;
    const Clock &clock;
    const IdGenerator &ids;
    const Limits &limits;
};

/// What the administrator decides about accounts and sessions.
struct AuthOptions
{
    ServerInfo::Registration registration = ServerInfo::Registration::Closed;
    SessionLifetimes lifetimes;
    QString adminKey; ///< What an app's own backend shows; empty: none may.
};

/// Makes accounts, opens and ends sessions, and tells whom a token belongs to, for one shard.
///
/// Passwords and tokens are in no log, error or event.
class AuthService
{
public:
    AuthService(const AuthBackends &backends, const AuthOptions &options);

    /// Makes an account and its first session, together or not at all. With a clientId it may be sent again: the
    /// same password then gives the same account with a new session, another one `conflict`.
    Task<SignedIn> registerAccount(Caller caller, RegisterAccount op);

    /// The same answer, after the same work, for an unknown handle, a wrong password and a deactivated account. Only
    /// who knows a deactivated account's password is told what it is.
    Task<SignedIn> openSession(Caller caller, OpenSession op);

    /// The caller's sessions, those seen last first.
    Task<SessionList> listSessions(Caller caller, ListSessions op);

    /// Ends a session of the caller's own. `notFound` for all others, and for one that ended already.
    Task<Empty> revokeSession(Caller caller, RevokeSession op);

    /// Sets a new password and ends all sessions of the account but the caller's, together or not at all. A wrong
    /// current one is `permissionDenied` with its field (the session is not over), and counts as an attempt to sign in.
    Task<Empty> changePassword(Caller caller, ChangePassword op);

    /// Checks the caller's own password once more before something grave, within the limits on attempts. Gives the
    /// hash it was checked against, for the change to depend on; `permissionDenied` with \a field for a wrong one.
    Task<QString> provePassword(Caller caller, QString field, QString password);

    /// A session ended in the store: nothing remembers it any more, and its sockets close, on every shard.
    void tellSessionEnded(const UserId &userId, const SessionId &sessionId);

    /// The caller's session is in use: its end moves on. Gives that end, 0 for none; `unauthenticated` where the
    /// session is over, by time or otherwise.
    Task<qint64> renewSession(Caller caller);

    /// Whether a program with this key may vouch for people.
    Result<Done> admitBackend(const QString &key) const;

    enum class Source {
        Cache, ///< Up to SessionCache::kLifetimeMs old: for requests.
        Store, ///< Read now: for a socket's hello, which holds for long.
    };

    /// Whom a token belongs to, or `unauthenticated`. Notes every few minutes that the session was seen.
    Task<Authenticated> authenticate(QString token, QString address, Source source);

    /// The caller's profile and session as they are now; `unauthenticated` where the session ended meanwhile.
    Task<Authenticated> describe(Caller caller);

    /// Those of the sessions that are over: revoked, or of somebody deactivated. One that expired is none of them: its
    /// sockets know when, and close with that reason. One statement.
    Task<QList<SessionId>> sessionsOver(QList<SessionId> ids);

    /// A session or a person's rights ended elsewhere: nothing remembered of them is used any more.
    void sessionEnded(const SessionId &sessionId) { m_cache.remove(sessionId); }
    void userChanged(const UserId &userId) { m_cache.remove(userId); }

private:
    struct Account
    {
        User user;
        QString passwordHash;
    };
    struct Registrant
    {
        QString handle;
        QString skeleton;
        QString displayName;
        QString password;
        QString deviceName;
    };

    Result<Registrant> checked(const RegisterAccount &op) const;
    Result<QString> checkedDevice(const std::optional<QString> &name) const;
    std::optional<Error> refusedByPolicy(const RegisterAccount &op) const;
    Task<Done> checkInvite(QByteArray codeHash);
    Batch insertAccount(const RegisterAccount &op, const Registrant &who, const User &user, const QString &hash,
                        const SessionIssuer::NewSession &session) const;

    Task<std::optional<Account>> accountWhere(QByteArray condition, QList<Value> parameters);
    Task<std::optional<Account>> accountOfClaim(std::optional<ClientId> clientId);
    Task<SignedIn> registeredBefore(Account account, Registrant who);
    Task<SignedIn> signIn(Account account, QString password, QString deviceName);
    Task<Done> rehash(UserId userId, QString oldHash, QString password);
    Task<Done> noteSeen(SessionId sessionId, qint64 now);

    AuthBackends m_backends;
    const AuthOptions m_options;
    const SessionIssuer m_issuer;
    SessionCache m_cache;
    TaskScope m_tasks;
};

} // namespace confab::server
