// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// People and their profiles.

namespace confab {

/// People.
struct UserList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::User> users MEMBER users)

public:
    QList<User> users;

    bool operator==(const UserList &) const = default;
};

/// Gives one person.
struct GetUser
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)

public:
    using Reply = User;
    static constexpr OperationInfo kInfo{"user.get", HttpMethod::Get, "/v1/users/{userId}", Access::User, true};

    UserId userId;
};

/// Gives the caller.
struct GetMe
{
    Q_GADGET
public:
    using Reply = User;
    static constexpr OperationInfo kInfo{"user.me", HttpMethod::Get, "/v1/users/me", Access::User, true};
};

/// Gives those of the ids that exist, in no order.
struct GetUsers
{
    Q_GADGET
    Q_PROPERTY(QList<confab::UserId> ids MEMBER ids)

public:
    using Reply = UserList;
    static constexpr OperationInfo kInfo{"user.getMany", HttpMethod::Get, "/v1/users?ids", Access::User, true};

    QList<UserId> ids; ///< At most {pageSize} items.
};

/// Finds people whose handle, or a word of whose name, begins with the query.
struct SearchUsers
{
    Q_GADGET
    Q_PROPERTY(QString query MEMBER query)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = UserList;
    static constexpr OperationInfo kInfo{"user.search", HttpMethod::Get, "/v1/users?query", Access::User, true};

    QString query;               ///< 1 to 128 code points. Beginning with @ it means a handle.
    std::optional<qint64> limit; ///< At least 1; more than {pageSize} is taken as that. Default 20.
};

/// Changes the caller's own profile.
struct UpdateUser
{
    Q_GADGET
    Q_PROPERTY(confab::Patch<QString> displayName MEMBER displayName)

public:
    using Reply = User;
    static constexpr OperationInfo kInfo{"user.update", HttpMethod::Patch, "/v1/users/me", Access::User, true};

    Patch<QString> displayName; ///< 1 to {displayNameLength} code points. It cannot be cleared.
};

} // namespace confab
