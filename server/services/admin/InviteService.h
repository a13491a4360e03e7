// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/admin/AuditLog.h"

namespace confab::server {

/// Gives out invitations and takes them back. AuthService consumes them, in the transaction that makes the account.
class InviteService
{
public:
    InviteService(Database &database, AuditLog &audit, const Clock &clock, const IdGenerator &ids, const Limits &limits)
        : m_database(database), m_audit(audit), m_clock(clock), m_ids(ids), m_limits(limits)
    {
    }

    Task<NewInvite> create(Caller caller, CreateInvite op);
    Task<InviteList> list(Caller caller, ListInvites op);
    /// `notFound` where it was revoked before.
    Task<Empty> revoke(Caller caller, RevokeInvite op);

private:
    Result<Invite> checked(const CreateInvite &op) const;

    Database &m_database;
    AuditLog &m_audit;
    const Clock &m_clock;
    const IdGenerator &m_ids;
    const Limits &m_limits;
};

} // namespace confab::server
