// SPDX-License-Identifier: MIT
#include "server/app/Administration.h"

namespace confab::server {

Administration::Administration(const Backends &backends, Admit admit)
    : m_admit(admit), m_audit(backends.database, backends.clock),
      m_admin({backends.database, backends.accounts, backends.auth, backends.hasher, m_audit, backends.ids,
               backends.limits}),
      m_invites(backends.database, m_audit, backends.clock, backends.ids, backends.limits)
{
}

Task<Done> Administration::admitAdministrator(Caller caller)
{
    if (m_admit == Admit::Everybody)
        co_return Done{};
    co_return co_await m_admin.isAdministrator(caller);
}

void Administration::registerOperations(Router &router)
{
    router.handle<CreateInvite>(m_invites, &InviteService::create);
    router.handle<ListInvites>(m_invites, &InviteService::list);
    router.handle<RevokeInvite>(m_invites, &InviteService::revoke);
    router.handle<ListAccounts>(m_admin, &AdminService::accounts);
    router.handle<SetAdministrator>(m_admin, &AdminService::setAdministrator);
    router.handle<SetAccountActive>(m_admin, &AdminService::setActive);
    router.handle<ResetPassword>(m_admin, &AdminService::resetPassword);
    router.handle<ListSessionsOf>(m_admin, &AdminService::sessions);
    router.handle<EndSessionsOf>(m_admin, &AdminService::endSessions);
    router.handle<GetStats>(m_admin, &AdminService::stats);
    router.handle<RenewGeneration>(m_admin, &AdminService::renewGeneration);
    router.handle<ListAudit>(m_admin, &AdminService::audit);
}

} // namespace confab::server
