// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"
#include "shared/protocol/operations/AccountOperations.h"

// What administrators do: invitations, accounts, sessions, and what the server tells of itself.

namespace confab {

/// An invitation to make an account. Its code is shown once, when it is made.
struct Invite
{
    Q_GADGET
    Q_PROPERTY(confab::InviteId id MEMBER id)
    Q_PROPERTY(QString note MEMBER note)
    Q_PROPERTY(QString createdBy MEMBER createdBy)
    Q_PROPERTY(qint64 createdAt MEMBER createdAt)
    Q_PROPERTY(qint64 expiresAt MEMBER expiresAt)
    Q_PROPERTY(qint64 maxUses MEMBER maxUses)
    Q_PROPERTY(qint64 usesLeft MEMBER usesLeft)

public:
    InviteId id;
    QString note;      ///< What the administrator wrote beside it, for whom it is.
    QString createdBy; ///< A handle, or `confabctl`.
    qint64 createdAt = 0;
    qint64 expiresAt = 0; ///< 0: never.
    qint64 maxUses = 1;
    qint64 usesLeft = 1;

    bool operator==(const Invite &) const = default;
};

/// An invitation that was just made, and its code.
struct NewInvite
{
    Q_GADGET
    Q_PROPERTY(confab::Invite invite MEMBER invite)
    Q_PROPERTY(QString code MEMBER code)

public:
    Invite invite;
    QString code; ///< Shown this once: the server keeps only its hash.

    bool operator==(const NewInvite &) const = default;
};

/// Makes an invitation.
struct CreateInvite
{
    Q_GADGET
    Q_PROPERTY(std::optional<qint64> uses MEMBER uses)
    Q_PROPERTY(std::optional<qint64> validSeconds MEMBER validSeconds)
    Q_PROPERTY(std::optional<QString> note MEMBER note)

public:
    using Reply = NewInvite;
    static constexpr OperationInfo kInfo{
        "invite.create", HttpMethod::Post, "/v1/invites", Access::Administrator, false, 201};

    std::optional<qint64> uses;         ///< Accounts that may be made with it; 1 where absent. At least 1.
    std::optional<qint64> validSeconds; ///< From now; 0 is for ever. Seven days where absent. At least 0.
    std::optional<QString> note;        ///< For whom it is. At most {displayNameLength} code points.
};

/// Invitations, the newest first.
struct InviteList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Invite> invites MEMBER invites)

public:
    QList<Invite> invites;

    bool operator==(const InviteList &) const = default;
};

/// Lists the newest invitations that an account can still be made with.
struct ListInvites
{
    Q_GADGET
public:
    using Reply = InviteList;
    static constexpr OperationInfo kInfo{"invite.list", HttpMethod::Get, "/v1/invites", Access::Administrator, true};
};

/// Makes an invitation worth nothing. Accounts that were made with it stay.
struct RevokeInvite
{
    Q_GADGET
    Q_PROPERTY(confab::InviteId inviteId MEMBER inviteId)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"invite.revoke", HttpMethod::Delete, "/v1/invites/{inviteId}",
                                         Access::Administrator, true};

    InviteId inviteId;
};

/// An account as administrators see it.
struct AccountRecord
{
    Q_GADGET
    Q_PROPERTY(confab::User user MEMBER user)
    Q_PROPERTY(bool administrator MEMBER administrator)
    Q_PROPERTY(bool deleted MEMBER deleted)
    Q_PROPERTY(qint64 createdAt MEMBER createdAt)
    Q_PROPERTY(qint64 sessions MEMBER sessions)
    Q_PROPERTY(qint64 lastSeenAt MEMBER lastSeenAt)

public:
    User user;
    bool administrator = false;
    bool deleted = false; ///< By its owner, for good.
    qint64 createdAt = 0;
    qint64 sessions = 0;
    qint64 lastSeenAt = 0; ///< Of all sessions there are now; 0 where there is none.

    bool operator==(const AccountRecord &) const = default;
};

/// A page of accounts.
struct AccountList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::AccountRecord> accounts MEMBER accounts)
    Q_PROPERTY(bool more MEMBER more)

public:
    QList<AccountRecord> accounts;
    bool more = false; ///< Ask again with `after` as the last handle.

    bool operator==(const AccountList &) const = default;
};

/// Lists accounts in the order of their handles: all of them, deactivated ones too, or the one with a handle.
struct ListAccounts
{
    Q_GADGET
    Q_PROPERTY(std::optional<QString> handle MEMBER handle)
    Q_PROPERTY(std::optional<QString> after MEMBER after)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = AccountList;
    static constexpr OperationInfo kInfo{"admin.accounts", HttpMethod::Get, "/v1/admin/accounts", Access::Administrator,
                                         true};

    std::optional<QString> handle;
    std::optional<QString> after; ///< A handle.
    std::optional<qint64> limit;  ///< At least 1; more than {pageSize} is taken as that, which is also the default.
};

/// Makes somebody an administrator, or an ordinary person again. There is always one left.
struct SetAdministrator
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(bool administrator MEMBER administrator)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"admin.setAdministrator", HttpMethod::Put,
                                         "/v1/admin/accounts/{userId}/administrator", Access::Administrator, true};

    UserId userId;
    bool administrator = false;
};

/// Keeps somebody out, or lets them in again. Deactivation ends all sessions; their sockets close at once.
struct SetAccountActive
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(bool active MEMBER active)

public:
    using Reply = User;
    static constexpr OperationInfo kInfo{"admin.setActive", HttpMethod::Put, "/v1/admin/accounts/{userId}/active",
                                         Access::Administrator, true};

    UserId userId;
    bool active = true;
};

/// A password that was just made.
struct FreshPassword
{
    Q_GADGET
    Q_PROPERTY(QString password MEMBER password)

public:
    QString password; ///< Made at random and shown this once.

    bool operator==(const FreshPassword &) const = default;
};

/// Gives an account a new random password and ends all its sessions.
struct ResetPassword
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)

public:
    using Reply = FreshPassword;
    static constexpr OperationInfo kInfo{"admin.resetPassword", HttpMethod::Post,
                                         "/v1/admin/accounts/{userId}/password", Access::Administrator, false};

    UserId userId;
};

/// Lists the signed-in devices of somebody.
struct ListSessionsOf
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)

public:
    using Reply = SessionList;
    static constexpr OperationInfo kInfo{"admin.sessions", HttpMethod::Get, "/v1/admin/accounts/{userId}/sessions",
                                         Access::Administrator, true};

    UserId userId;
};

/// Ends one session of somebody, or all of them. Their sockets close at once.
struct EndSessionsOf
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(std::optional<confab::SessionId> sessionId MEMBER sessionId)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"admin.endSessions", HttpMethod::Delete,
                                         "/v1/admin/accounts/{userId}/sessions", Access::Administrator, true};

    UserId userId;
    std::optional<SessionId> sessionId; ///< All where absent.
};

/// How much is stored.
struct StoreStats
{
    Q_GADGET
    Q_PROPERTY(qint64 accounts MEMBER accounts)
    Q_PROPERTY(qint64 deactivated MEMBER deactivated)
    Q_PROPERTY(qint64 administrators MEMBER administrators)
    Q_PROPERTY(qint64 sessions MEMBER sessions)
    Q_PROPERTY(qint64 conversations MEMBER conversations)
    Q_PROPERTY(qint64 messages MEMBER messages)
    Q_PROPERTY(qint64 invites MEMBER invites)
    Q_PROPERTY(qint64 schemaVersion MEMBER schemaVersion)
    Q_PROPERTY(confab::GenerationId generation MEMBER generation)

public:
    qint64 accounts = 0;
    qint64 deactivated = 0; ///< Of those; deleted ones too.
    qint64 administrators = 0;
    qint64 sessions = 0;
    qint64 conversations = 0;
    qint64 messages = 0; ///< Tombstones too.
    qint64 invites = 0;  ///< With uses left, expired ones too.
    qint64 schemaVersion = 0;
    GenerationId generation;

    bool operator==(const StoreStats &) const = default;
};

/// Says how much is stored.
struct GetStats
{
    Q_GADGET
public:
    using Reply = StoreStats;
    static constexpr OperationInfo kInfo{"admin.stats", HttpMethod::Get, "/v1/admin/stats", Access::Administrator,
                                         true};
};

/// What the store is called now.
struct Generation
{
    Q_GADGET
    Q_PROPERTY(confab::GenerationId generation MEMBER generation)

public:
    GenerationId generation;

    bool operator==(const Generation &) const = default;
};

/// Gives the store a new generation: every client syncs in full when it next connects. Outboxes and drafts stay.
struct RenewGeneration
{
    Q_GADGET
public:
    using Reply = Generation;
    static constexpr OperationInfo kInfo{"admin.renewGeneration", HttpMethod::Post, "/v1/admin/generation",
                                         Access::Administrator, false};
};

/// One thing an administrator did. No secrets are in it.
struct AuditEntry
{
    Q_GADGET
    Q_PROPERTY(qint64 id MEMBER id)
    Q_PROPERTY(qint64 at MEMBER at)
    Q_PROPERTY(QString actor MEMBER actor)
    Q_PROPERTY(QString address MEMBER address)
    Q_PROPERTY(QString action MEMBER action)
    Q_PROPERTY(QString target MEMBER target)
    Q_PROPERTY(QString detail MEMBER detail)

public:
    qint64 id = 0; ///< Grows by one.
    qint64 at = 0;
    QString actor;   ///< The handle of who did it, or `confabctl` for somebody with the server's files.
    QString address; ///< Where they did it from.
    QString action;  ///< The operation's name.
    QString target;  ///< A handle or an id.
    QString detail;

    bool operator==(const AuditEntry &) const = default;
};

/// A page of the audit log.
struct AuditPage
{
    Q_GADGET
    Q_PROPERTY(QList<confab::AuditEntry> entries MEMBER entries)
    Q_PROPERTY(bool more MEMBER more)

public:
    QList<AuditEntry> entries;
    bool more = false; ///< Ask again with `before` as the last id.

    bool operator==(const AuditPage &) const = default;
};

/// Lists what administrators did, newest first.
struct ListAudit
{
    Q_GADGET
    Q_PROPERTY(std::optional<qint64> before MEMBER before)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = AuditPage;
    static constexpr OperationInfo kInfo{"admin.audit", HttpMethod::Get, "/v1/admin/audit", Access::Administrator,
                                         true};

    std::optional<qint64> before; ///< Only entries with a smaller id.
    std::optional<qint64> limit;  ///< At least 1; more than {pageSize} is taken as that, which is also the default.
};

} // namespace confab
