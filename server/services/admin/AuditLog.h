// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/services/Caller.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Remembers what administrators did, in the transaction in which it was done. It never sees a secret.
class AuditLog
{
public:
    AuditLog(Database &database, const Clock &clock) : m_database(database), m_clock(clock) { }

    /// The statement that records that \a caller did \a action (an operation's name) to a person.
    Statement record(const Caller &caller, const char *action, const UserId &target, const QString &detail = {}) const;
    /// The same for anything else, by its id or name.
    Statement record(const Caller &caller, const char *action, const QString &target, const QString &detail = {}) const;

    /// Newest first.
    Task<AuditPage> list(ListAudit op, qint64 pageSize);

private:
    Statement insert(const Caller &caller, const char *action, const UserId &person, const QString &target,
                     const QString &detail) const;

    Database &m_database;
    const Clock &m_clock;
};

} // namespace confab::server
