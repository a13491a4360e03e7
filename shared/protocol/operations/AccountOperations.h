// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// What the server is, accounts and their sessions.

namespace confab {

/// Says what the server is, what it can and which limits it holds its clients to.
struct GetServerInfo
{
    Q_GADGET
public:
    using Reply = ServerInfo;
    static constexpr OperationInfo kInfo{"server.info", HttpMethod::Get, "/v1/server", Access::Anyone, true};
};

/// What signing in or registering gives. The token is shown this once and stored by the server only as a hash.
struct SignedIn
{
    Q_GADGET
    Q_PROPERTY(QString token MEMBER token)
    Q_PROPERTY(confab::User user MEMBER user)
    Q_PROPERTY(confab::Session session MEMBER session)

public:
    QString token;
    User user;
    Session session;

    bool operator==(const SignedIn &) const = default;
};

/// Makes an account and signs it in. With a clientId it may be sent again.
struct RegisterAccount
{
    Q_GADGET
    Q_PROPERTY(std::optional<confab::ClientId> clientId MEMBER clientId)
    Q_PROPERTY(QString handle MEMBER handle)
    Q_PROPERTY(QString displayName MEMBER displayName)
    Q_PROPERTY(QString password MEMBER password)
    Q_PROPERTY(std::optional<QString> inviteCode MEMBER inviteCode)
    Q_PROPERTY(std::optional<QString> deviceName MEMBER deviceName)

public:
    using Reply = SignedIn;
    static constexpr OperationInfo kInfo{
        "account.register", HttpMethod::Post, "/v1/accounts", Access::Anyone, true, 201};

    std::optional<ClientId> clientId;  ///< Made by the device; makes sending again harmless.
    QString handle;                    ///< 2 to {handleLength} code points once normalised.
    QString displayName;               ///< 1 to {displayNameLength} code points.
    QString password;                  ///< {passwordMinLength} to {passwordMaxLength} code points.
    std::optional<QString> inviteCode; ///< Needed where `registration` is invite.
    std::optional<QString> deviceName; ///< What the list of sessions calls it. At most {displayNameLength} code points.
};

/// Signs a device in. Wrong handles and wrong passwords are answered alike.
struct OpenSession
{
    Q_GADGET
    Q_PROPERTY(QString handle MEMBER handle)
    Q_PROPERTY(QString password MEMBER password)
    Q_PROPERTY(std::optional<QString> deviceName MEMBER deviceName)

public:
    using Reply = SignedIn;
    static constexpr OperationInfo kInfo{"session.open", HttpMethod::Post, "/v1/sessions", Access::Anyone, false, 201};

    QString handle;
    QString password;                  ///< At most {passwordMaxLength} code points.
    std::optional<QString> deviceName; ///< What the list of sessions calls it. At most {displayNameLength} code points.
};

/// Opens a session for a person whom an app's own backend knows and vouches for; the account is made on first use.
///
/// Such an account has no password, so this is its only way in. A handle is taken when the account is made (without one
/// the server makes one up) and stays; a name that differs from the account's replaces it. With `lifetimeSeconds` the
/// session ends so long after it was opened, in use or not.
struct OpenSessionFor
{
    Q_GADGET
    Q_PROPERTY(QString externalId MEMBER externalId)
    Q_PROPERTY(QString displayName MEMBER displayName)
    Q_PROPERTY(std::optional<QString> handle MEMBER handle)
    Q_PROPERTY(std::optional<QString> deviceName MEMBER deviceName)
    Q_PROPERTY(std::optional<qint64> lifetimeSeconds MEMBER lifetimeSeconds)

public:
    using Reply = SignedIn;
    static constexpr OperationInfo kInfo{
        "session.openFor", HttpMethod::Post, "/v1/sessions/for", Access::Backend, false, 201};

    QString externalId;                    ///< What the backend calls the person; opaque here. 1 to 128 code points.
    QString displayName;                   ///< 1 to {displayNameLength} code points.
    std::optional<QString> handle;         ///< 2 to {handleLength} code points once normalised.
    std::optional<QString> deviceName;     ///< At most {displayNameLength} code points.
    std::optional<qint64> lifetimeSeconds; ///< At least 1; the server's own where absent.
};

/// The signed-in devices, the one seen last first.
struct SessionList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Session> sessions MEMBER sessions)

public:
    QList<Session> sessions;

    bool operator==(const SessionList &) const = default;
};

/// Lists the caller's signed-in devices.
struct ListSessions
{
    Q_GADGET
public:
    using Reply = SessionList;
    static constexpr OperationInfo kInfo{"session.list", HttpMethod::Get, "/v1/sessions", Access::User, true};
};

/// Ends a session of one's own, the asking one too (signing out). Its sockets close at once.
struct RevokeSession
{
    Q_GADGET
    Q_PROPERTY(confab::SessionId sessionId MEMBER sessionId)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"session.revoke", HttpMethod::Delete, "/v1/sessions/{sessionId}", Access::User,
                                         true};

    SessionId sessionId;
};

/// Replaces the caller's password. All other sessions end with it; the asking one stays.
struct ChangePassword
{
    Q_GADGET
    Q_PROPERTY(QString currentPassword MEMBER currentPassword)
    Q_PROPERTY(QString newPassword MEMBER newPassword)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"account.changePassword", HttpMethod::Put, "/v1/accounts/me/password",
                                         Access::User, false};

    QString currentPassword; ///< At most {passwordMaxLength} code points.
    QString newPassword;     ///< {passwordMinLength} to {passwordMaxLength} code points.
};

/// Deletes the caller's account for good: sessions and memberships end, the profile is emptied, the handle stays
/// taken. What the person wrote stays in its conversations, under no name.
struct DeleteAccount
{
    Q_GADGET
    Q_PROPERTY(QString password MEMBER password)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"account.delete", HttpMethod::Delete, "/v1/accounts/me", Access::User, false};

    QString password; ///< At most {passwordMaxLength} code points.
};

} // namespace confab
