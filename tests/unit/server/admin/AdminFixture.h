// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/Administration.h"
#include "tests/unit/server/auth/AuthFixture.h"

namespace confab::test {

/// A server's administration on a real store, called as the gateway calls it: by operation, past the check of who asks.
class AdminFixture : public AuthFixture
{
public:
    explicit AdminFixture(ServerInfo::Registration policy = ServerInfo::Registration::Open)
        : AuthFixture(policy), accounts({store.database(), bus, auth, store.clock(), limits}),
          administration({store.database(), accounts, auth, hasher, store.clock(), store.ids(), limits},
                         server::Administration::Admit::Administrators),
          router(&administration)
    {
        administration.registerOperations(router);
    }

    template<typename Op>
    Result<typename Op::Reply> call(const server::Caller &caller, const Op &op)
    {
        const Result<QByteArray> reply = await(router.find(Op::kInfo.name)->dispatch(caller, encodeCbor(op)));
        if (!reply)
            return reply.error();
        return decodeCbor<typename Op::Reply>(*reply, Strictness::Reply);
    }

    /// Somebody whom the store calls an administrator.
    server::Caller administrator(const QString &handle = QStringLiteral("root"))
    {
        const UserId id = store.addUser(handle);
        run("UPDATE users SET role = 1 WHERE id = ?", {id});
        return {id, {}, address()};
    }

    QList<AuditEntry> auditLog(const server::Caller &caller)
    {
        const Result<AuditPage> page = call(caller, ListAudit{});
        return page ? page->entries : QList<AuditEntry>();
    }

    server::AccountService accounts;
    server::Administration administration;
    server::Router router;
};

} // namespace confab::test
