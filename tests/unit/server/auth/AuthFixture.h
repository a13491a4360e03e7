// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/limits/local/LocalBuckets.h"
#include "server/services/auth/AuthService.h"
#include "server/services/auth/UserService.h"
#include "server/services/auth/VouchingService.h"
#include "tests/support/Await.h"
#include "tests/support/server/TestStore.h"
#include "tests/unit/server/auth/RecordingBus.h"

namespace confab::test {

/// Auth services of one shard on a real store, with the cheapest hashes and clocks that stand still.
class AuthFixture
{
public:
    explicit AuthFixture(ServerInfo::Registration policy = ServerInfo::Registration::Open,
                         server::FloodLimits::Options floodOptions = unlimited(),
                         server::SessionLifetimes sessionLifetimes = {}, const QString &adminKey = {})
        : floods(buckets, floodOptions), auth(backends(), {policy, sessionLifetimes, adminKey}),
          users(store.database(), bus, limits), vouching(backends(), sessionLifetimes, users)
    {
    }

    static server::FloodLimits::Options unlimited() { return {{0, 0}, {0, 0}}; }

    server::AuthBackends backends()
    {
        return {store.database(), bus, hasher, floods, store.clock(), store.ids(), limits};
    }

    static RegisterAccount registration(const QString &handle)
    {
        RegisterAccount op;
        op.handle = handle;
        op.displayName = QStringLiteral("Name of ") + handle;
        op.password = password();
        return op;
    }
    static OpenSession signIn(const QString &handle, const QString &password = AuthFixture::password())
    {
        return {handle, password, {}};
    }
    static QString password() { return QStringLiteral("correct horse battery"); }

    Result<SignedIn> add(const RegisterAccount &op) { return await(auth.registerAccount(nobody(), op)); }
    Result<SignedIn> add(const QString &handle) { return add(registration(handle)); }
    Result<SignedIn> open(const OpenSession &op) { return await(auth.openSession(nobody(), op)); }
    Result<server::Authenticated> authenticate(const QString &token,
                                               server::AuthService::Source source = server::AuthService::Source::Store)
    {
        return await(auth.authenticate(token, address(), source));
    }
    Result<SessionList> sessions(const server::Caller &caller) { return await(auth.listSessions(caller, {})); }
    Result<Empty> revoke(const server::Caller &caller, const SessionId &id)
    {
        return await(auth.revokeSession(caller, RevokeSession{id}));
    }

    Result<Empty> changePassword(const SignedIn &who, const QString &current, const QString &next)
    {
        return await(auth.changePassword(callerOf(who), ChangePassword{current, next}));
    }

    static QString address() { return QStringLiteral("192.0.2.7"); }
    static server::Caller nobody() { return {{}, {}, address()}; }
    static server::Caller callerOf(const SignedIn &signedIn)
    {
        return {signedIn.user.id, signedIn.session.id, address()};
    }

    qint64 count(const QByteArray &from)
    {
        const auto rows = await(store.database().query({"SELECT COUNT(*) FROM " + from, {}, {}}));
        return rows ? rows->first().first().toInt() : -1;
    }
    bool run(const QByteArray &sql, const QList<server::Value> &parameters = {})
    {
        const server::Batch batch{{sql, parameters, {}}};
        return await(store.database().commit(batch)).has_value();
    }

    TestStore store;
    RecordingBus bus;
    Limits limits;
    server::BoundedPool pool{QStringLiteral("hash"), 1, 64};
    server::PasswordHasher hasher{pool, {8192, 1}};
    server::LocalBuckets buckets{store.clock()};
    server::FloodLimits floods;
    server::AuthService auth;
    server::UserService users;
    server::VouchingService vouching;
};

} // namespace confab::test
