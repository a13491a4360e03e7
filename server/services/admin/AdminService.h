// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/accounts/AccountService.h"
#include "server/services/admin/AuditLog.h"

namespace confab::server {

/// What the administrators' service works with; all of it outlives the service and its tasks.
struct AdminBackends
{
    Database &database;
    AccountService &accounts;
    AuthService &auth;
    PasswordHasher &hasher;
    AuditLog &audit;
    const IdGenerator &ids;
    const Limits &limits;
};

/// What administrators do to accounts, sessions and the store. Each change and its record are one transaction.
///
/// Who may ask is not its matter: see isAdministrator().
class AdminService
{
public:
    explicit AdminService(const AdminBackends &backends) : m_backends(backends) { }

    /// `permissionDenied` for whoever is no administrator now: read from the store each time, so that a role that was
    /// taken away is worth nothing at once, on open sockets too.
    Task<Done> isAdministrator(Caller caller);

    Task<AccountList> accounts(Caller caller, ListAccounts op);
    /// Idempotent. `conflict` for the last administrator there is.
    Task<Empty> setAdministrator(Caller caller, SetAdministrator op);
    Task<User> setActive(Caller caller, SetAccountActive op);
    /// `conflict` for a deleted account and for one that a backend vouches for, which has no password.
    Task<FreshPassword> resetPassword(Caller caller, ResetPassword op);
    Task<SessionList> sessions(Caller caller, ListSessionsOf op);
    /// `notFound` for a session that is not there; without a sessionId nothing to end is no error.
    Task<Empty> endSessions(Caller caller, EndSessionsOf op);
    Task<StoreStats> stats(Caller caller, GetStats op);
    Task<Generation> renewGeneration(Caller caller, RenewGeneration op);
    Task<AuditPage> audit(Caller caller, ListAudit op);

private:
    /// `notFound` where there is nobody with this id.
    Task<Done> requirePerson(UserId userId);

    const AdminBackends m_backends;
};

} // namespace confab::server
