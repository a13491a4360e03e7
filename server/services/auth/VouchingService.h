// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/auth/AuthService.h"
#include "server/services/auth/UserService.h"
#include "shared/text/Handle.h"

namespace confab::server {

/// Signs in the people whom an app's own backend vouches for, for one shard.
class VouchingService
{
public:
    /// All outlive the service and its tasks.
    VouchingService(const AuthBackends &backends, const SessionLifetimes &lifetimes, UserService &users)
        : m_backends(backends), m_issuer(backends.clock, backends.ids, lifetimes), m_users(users)
    {
    }

    /// The account of an external id is made with its first session; two calls at once make one account. The backend
    /// has the last word on the name. `permissionDenied` once the account is deactivated or deleted.
    ///
    /// The caller has shown the admin key.
    Task<SignedIn> openSessionFor(Caller caller, OpenSessionFor op);

private:
    struct Person
    {
        QString externalId;
        QString displayName;
        std::optional<Handle> handle;
        QString deviceName;
        qint64 lifetimeMs = 0;
    };

    Result<Person> checked(const OpenSessionFor &op) const;
    Task<std::optional<User>> find(QString externalId);
    Task<std::optional<SignedIn>> make(Person person);
    Task<SignedIn> open(User user, Person person);

    AuthBackends m_backends;
    const SessionIssuer m_issuer;
    UserService &m_users;
};

} // namespace confab::server
