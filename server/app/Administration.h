// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/Router.h"
#include "server/services/admin/AdminService.h"
#include "server/services/admin/InviteService.h"

namespace confab::server {

/// The administrators' services of one shard, or of confabctl on the files of a stopped server.
class Administration final : public AdministratorCheck
{
public:
    /// Who may call its operations.
    enum class Admit {
        Administrators, ///< The server's own.
        Everybody,      ///< Whoever has the server's files: they could read and write them anyway.
    };

    struct Backends
    {
        Database &database;
        AccountService &accounts;
        AuthService &auth;
        PasswordHasher &hasher;
        const Clock &clock;
        const IdGenerator &ids;
        const Limits &limits;
    };

    Administration(const Backends &backends, Admit admit);

    Task<Done> admitAdministrator(Caller caller) override;

    /// Registers all operations of Access::Administrator.
    void registerOperations(Router &router);

private:
    const Admit m_admit;
    AuditLog m_audit;
    AdminService m_admin;
    InviteService m_invites;
};

} // namespace confab::server
