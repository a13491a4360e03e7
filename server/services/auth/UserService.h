// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/backends/database/Database.h"
#include "server/services/Caller.h"
#include "server/services/auth/ProfileEvents.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Finds people and changes one's own profile, for one shard.
class UserService
{
public:
    /// All three outlive the service and its tasks. \a bus is the shard's own endpoint.
    UserService(Database &database, Bus &bus, const Limits &limits)
        : m_database(database), m_limits(limits), m_profiles(database, bus)
    {
    }

    Task<User> getUser(Caller caller, GetUser op);
    Task<User> getMe(Caller caller, GetMe op);

    /// Those that exist; deactivated people too, whose messages still need a name.
    Task<UserList> getUsers(Caller caller, GetUsers op);

    /// Active people whose handle begins with the query, or whose handle and name have a word that begins with each
    /// of the query's words; case, width and diacritics make no difference. The exact handle first.
    Task<UserList> searchUsers(Caller caller, SearchUsers op);

    /// Idempotent: the name somebody already has changes nothing. A new one takes a profile version and an account
    /// revision; the devices of those who share a conversation (the 200 that changed last) are told after the commit.
    Task<User> updateUser(Caller caller, UpdateUser op);

private:
    Database &m_database;
    const Limits &m_limits;
    ProfileEvents m_profiles;
};

} // namespace confab::server
