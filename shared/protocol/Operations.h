// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// Every operation of the contract: a value type (its parameters), its Reply and one line of metadata. A parameter
// that is not std::optional, Patch or a list is required.

namespace confab {

/// The reply that says no more than "done".
struct Empty
{
    Q_GADGET
public:
    bool operator==(const Empty &) const = default;
};

// -- server -----------------------------------------------------------------------------------------------------

struct GetServerInfo
{
    Q_GADGET
public:
    using Reply = ServerInfo;
    static constexpr OperationInfo kInfo{"server.info", HttpMethod::Get, "/v1/server", Access::Anyone, true};
};

// -- account and sessions ---------------------------------------------------------------------------------------

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

    std::optional<ClientId> clientId;
    QString handle;
    QString displayName;
    QString password;
    std::optional<QString> inviteCode;
    std::optional<QString> deviceName;
};

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
    QString password;
    std::optional<QString> deviceName;
};

struct SessionList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Session> sessions MEMBER sessions)

public:
    QList<Session> sessions;

    bool operator==(const SessionList &) const = default;
};

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

// -- people -----------------------------------------------------------------------------------------------------

struct UserList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::User> users MEMBER users)

public:
    QList<User> users;

    bool operator==(const UserList &) const = default;
};

struct GetUser
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)

public:
    using Reply = User;
    static constexpr OperationInfo kInfo{"user.get", HttpMethod::Get, "/v1/users/{userId}", Access::User, true};

    UserId userId;
};

/// Those of the ids that exist, in no order.
struct GetUsers
{
    Q_GADGET
    Q_PROPERTY(QList<confab::UserId> ids MEMBER ids)

public:
    using Reply = UserList;
    static constexpr OperationInfo kInfo{"user.getMany", HttpMethod::Get, "/v1/users?ids", Access::User, true};

    QList<UserId> ids;
};

/// People whose handle, or a word of whose name, begins with the query.
struct SearchUsers
{
    Q_GADGET
    Q_PROPERTY(QString query MEMBER query)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = UserList;
    static constexpr OperationInfo kInfo{"user.search", HttpMethod::Get, "/v1/users?query", Access::User, true};

    QString query;
    std::optional<qint64> limit;
};

struct UpdateUser
{
    Q_GADGET
    Q_PROPERTY(confab::Patch<QString> displayName MEMBER displayName)

public:
    using Reply = User;
    static constexpr OperationInfo kInfo{"user.update", HttpMethod::Patch, "/v1/users/me", Access::User, true};

    Patch<QString> displayName;
};

// -- conversations ----------------------------------------------------------------------------------------------

/// Makes a conversation; the caller is its owner. A direct one is unique per pair: asked for again, it is returned.
struct CreateConversation
{
    Q_GADGET
    Q_PROPERTY(confab::ClientId clientId MEMBER clientId)
    Q_PROPERTY(confab::Conversation::Kind kind MEMBER kind)
    Q_PROPERTY(std::optional<QString> title MEMBER title)
    Q_PROPERTY(QList<confab::UserId> memberIds MEMBER memberIds)
    Q_PROPERTY(std::optional<bool> hideHistory MEMBER hideHistory)

public:
    using Reply = Conversation;
    static constexpr OperationInfo kInfo{
        "conversation.create", HttpMethod::Post, "/v1/conversations", Access::User, true, 201};

    ClientId clientId;
    Conversation::Kind kind = Conversation::Kind::Unknown;
    std::optional<QString> title;
    QList<UserId> memberIds;
    std::optional<bool> hideHistory; ///< Newcomers see only what is sent after they joined.
};

struct ConversationList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::ConversationEntry> entries MEMBER entries)
    Q_PROPERTY(QList<confab::ConversationId> gone MEMBER gone)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)
    Q_PROPERTY(bool more MEMBER more)

public:
    QList<ConversationEntry> entries;
    QList<ConversationId> gone;
    Revision accountRevision = 0; ///< Everything up to here has been told once `more` is false.
    bool more = false;

    bool operator==(const ConversationList &) const = default;
};

/// The caller's conversations whose private state changed after an account revision, in the order of that revision:
/// asked again with the reply's accountRevision until `more` is false. With no `after`: all of them.
struct ListConversations
{
    Q_GADGET
    Q_PROPERTY(std::optional<qint64> after MEMBER after)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = ConversationList;
    static constexpr OperationInfo kInfo{"conversation.list", HttpMethod::Get, "/v1/conversations", Access::User, true};

    std::optional<qint64> after;
    std::optional<qint64> limit;
};

struct GetConversation
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)

public:
    using Reply = ConversationEntry;
    static constexpr OperationInfo kInfo{"conversation.get", HttpMethod::Get, "/v1/conversations/{conversationId}",
                                         Access::User, true};

    ConversationId conversationId;
};

struct UpdateConversation
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::Patch<QString> title MEMBER title)

public:
    using Reply = Conversation;
    static constexpr OperationInfo kInfo{"conversation.update", HttpMethod::Patch, "/v1/conversations/{conversationId}",
                                         Access::User, true};

    ConversationId conversationId;
    Patch<QString> title;
};

/// What changed in a conversation after `after` (see docs/decisions/0004-sync-model.md). With `newLimit` it is a
/// catch-up: `base` (default: `after`) is the newest id the client may hold, fixed for the whole catch-up. First come
/// pages of changed rows with id ≤ base, in the order of their revision; the last page (`more` false) also holds the
/// messages newer than base, newest first up to newLimit, and the hole that remains between. Without `newLimit` all
/// rows come in the order of their revision.
struct GetConversationChanges
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 after MEMBER after)
    Q_PROPERTY(std::optional<qint64> base MEMBER base)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)
    Q_PROPERTY(std::optional<qint64> newLimit MEMBER newLimit)

public:
    using Reply = struct ConversationChanges;
    static constexpr OperationInfo kInfo{"conversation.changes", HttpMethod::Get,
                                         "/v1/conversations/{conversationId}/changes", Access::User, true};

    ConversationId conversationId;
    Revision after = 0;
    std::optional<qint64> base;
    std::optional<qint64> limit;
    std::optional<qint64> newLimit;
};

struct ConversationChanges
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(QList<confab::Message> messages MEMBER messages)
    Q_PROPERTY(QList<confab::Member> members MEMBER members)
    Q_PROPERTY(std::optional<confab::Conversation> conversation MEMBER conversation)
    Q_PROPERTY(confab::Hole hole MEMBER hole)
    Q_PROPERTY(qint64 revision MEMBER revision)
    Q_PROPERTY(bool more MEMBER more)

public:
    ConversationId conversationId;
    QList<Message> messages;
    QList<Member> members; ///< Absent above 100 members: `member.list` has them.
    std::optional<Conversation> conversation;
    Hole hole;
    Revision revision = 0; ///< The new cursor when `more` is false; `after` of the next page otherwise.
    bool more = false;

    bool operator==(const ConversationChanges &) const = default;
};

struct ReadState
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 readUpTo MEMBER readUpTo)
    Q_PROPERTY(qint64 unread MEMBER unread)
    Q_PROPERTY(bool markedUnread MEMBER markedUnread)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)

public:
    ConversationId conversationId;
    MessageId readUpTo = 0;
    qint64 unread = 0;
    bool markedUnread = false;
    Revision accountRevision = 0;

    bool operator==(const ReadState &) const = default;
};

/// Moves the read position forward (an older one changes nothing) and clears the "marked unread" flag.
struct MarkRead
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 messageId MEMBER messageId)

public:
    using Reply = ReadState;
    static constexpr OperationInfo kInfo{"conversation.markRead", HttpMethod::Put,
                                         "/v1/conversations/{conversationId}/read", Access::User, true};

    ConversationId conversationId;
    MessageId messageId = 0;
};

/// Sets the "marked unread" flag, which the next markRead clears. The read position stays.
struct MarkUnread
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)

public:
    using Reply = ReadState;
    static constexpr OperationInfo kInfo{"conversation.markUnread", HttpMethod::Put,
                                         "/v1/conversations/{conversationId}/unread", Access::User, true};

    ConversationId conversationId;
};

// -- members ----------------------------------------------------------------------------------------------------

struct MemberList
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Member> members MEMBER members)
    Q_PROPERTY(bool more MEMBER more)

public:
    QList<Member> members;
    bool more = false;

    bool operator==(const MemberList &) const = default;
};

/// Members in the order of their user ids, from the one after `after`.
struct ListMembers
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(std::optional<confab::UserId> after MEMBER after)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = MemberList;
    static constexpr OperationInfo kInfo{"member.list", HttpMethod::Get, "/v1/conversations/{conversationId}/members",
                                         Access::User, true};

    ConversationId conversationId;
    std::optional<UserId> after;
    std::optional<qint64> limit;
};

/// Adds people; who is a member already stays as they are. Answers the rows of those asked for.
struct AddMembers
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(QList<confab::UserId> userIds MEMBER userIds)

public:
    using Reply = MemberList;
    static constexpr OperationInfo kInfo{"member.add", HttpMethod::Post, "/v1/conversations/{conversationId}/members",
                                         Access::User, true};

    ConversationId conversationId;
    QList<UserId> userIds;
};

/// Removes a member; oneself: leaves.
struct RemoveMember
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::UserId userId MEMBER userId)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"member.remove", HttpMethod::Delete,
                                         "/v1/conversations/{conversationId}/members/{userId}", Access::User, true};

    ConversationId conversationId;
    UserId userId;
};

// -- messages ---------------------------------------------------------------------------------------------------

/// Sends a message. Sent again with the same clientId it returns the first result.
struct SendMessage
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::ClientId clientId MEMBER clientId)
    Q_PROPERTY(QString text MEMBER text)
    Q_PROPERTY(std::optional<qint64> replyTo MEMBER replyTo)

public:
    using Reply = Message;
    static constexpr OperationInfo kInfo{
        "message.send", HttpMethod::Post, "/v1/conversations/{conversationId}/messages", Access::User, true, 201};

    ConversationId conversationId;
    ClientId clientId;
    QString text;
    std::optional<qint64> replyTo;
};

/// Replaces the text of one's own message.
struct EditMessage
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 messageId MEMBER messageId)
    Q_PROPERTY(QString text MEMBER text)

public:
    using Reply = Message;
    static constexpr OperationInfo kInfo{"message.edit", HttpMethod::Patch,
                                         "/v1/conversations/{conversationId}/messages/{messageId}", Access::User, true};

    ConversationId conversationId;
    MessageId messageId = 0;
    QString text;
};

/// Makes one's own message (admins: anybody's) a tombstone.
struct DeleteMessage
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 messageId MEMBER messageId)

public:
    using Reply = Message;
    static constexpr OperationInfo kInfo{"message.delete", HttpMethod::Delete,
                                         "/v1/conversations/{conversationId}/messages/{messageId}", Access::User, true};

    ConversationId conversationId;
    MessageId messageId = 0;
};

struct MessagePage
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Message> messages MEMBER messages)
    Q_PROPERTY(bool more MEMBER more)

public:
    QList<Message> messages; ///< Newest first, tombstones included.
    bool more = false;       ///< There are older ones within the asked range.

    bool operator==(const MessagePage &) const = default;
};

/// Messages with after < id < before, newest first. Without `before`: from the newest.
struct GetHistory
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(std::optional<qint64> before MEMBER before)
    Q_PROPERTY(std::optional<qint64> after MEMBER after)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)

public:
    using Reply = MessagePage;
    static constexpr OperationInfo kInfo{"message.history", HttpMethod::Get,
                                         "/v1/conversations/{conversationId}/messages", Access::User, true};

    ConversationId conversationId;
    std::optional<qint64> before;
    std::optional<qint64> after;
    std::optional<qint64> limit;
};

// -- the socket's first request ---------------------------------------------------------------------------------

struct HelloReply
{
    Q_GADGET
    Q_PROPERTY(confab::User user MEMBER user)
    Q_PROPERTY(confab::Session session MEMBER session)
    Q_PROPERTY(confab::ServerInfo server MEMBER server)
    Q_PROPERTY(confab::GenerationId generation MEMBER generation)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)
    Q_PROPERTY(qint64 serverTime MEMBER serverTime)
    Q_PROPERTY(qint64 heartbeatMs MEMBER heartbeatMs)
    Q_PROPERTY(bool resync MEMBER resync)
    Q_PROPERTY(QList<confab::ConversationEntry> conversations MEMBER conversations)
    Q_PROPERTY(bool moreConversations MEMBER moreConversations)
    Q_PROPERTY(QList<confab::ConversationChanges> changes MEMBER changes)
    Q_PROPERTY(QList<confab::ConversationId> gone MEMBER gone)
    Q_PROPERTY(QList<confab::ConversationId> more MEMBER more)
    Q_PROPERTY(QList<confab::ProfileVersion> profiles MEMBER profiles)
    Q_PROPERTY(QList<confab::ReadReceipt> receipts MEMBER receipts)

public:
    User user;
    Session session;
    ServerInfo server;
    GenerationId generation;
    Revision accountRevision = 0;
    qint64 serverTime = 0;
    qint64 heartbeatMs =
        0; ///< The server pings at least this often; a client that hears nothing for 2.25 times as long reconnects.
    bool resync =
        false; ///< Generation or cursors do not fit this store: drop the cache (not the outbox) and take this as all.
    QList<ConversationEntry> conversations; ///< Those that changed; with no cursors the newest first.
    bool moreConversations = false;         ///< `conversation.list` after one's own account revision tells the rest.
    QList<ConversationChanges> changes;
    QList<ConversationId> gone;
    QList<ConversationId> more; ///< Changed too, but did not fit: ask `conversation.changes`.
    QList<ProfileVersion> profiles;
    QList<ReadReceipt>
        receipts; ///< Others' read positions in the conversations active last: events may have been missed.
};

struct Hello
{
    Q_GADGET
    Q_PROPERTY(QString token MEMBER token)
    Q_PROPERTY(std::optional<confab::GenerationId> generation MEMBER generation)
    Q_PROPERTY(std::optional<qint64> accountRevision MEMBER accountRevision)
    Q_PROPERTY(QList<confab::Cursor> cursors MEMBER cursors)
    Q_PROPERTY(std::optional<qint64> protocolVersion MEMBER protocolVersion)
    Q_PROPERTY(QStringList features MEMBER features)

public:
    using Reply = HelloReply;
    static constexpr OperationInfo kInfo{"hello", HttpMethod::None, "", Access::Anyone, true};

    QString token;
    std::optional<GenerationId> generation;
    std::optional<qint64> accountRevision;
    QList<Cursor> cursors;
    std::optional<qint64> protocolVersion;
    QStringList features;
};

/// A list of types, to run something for each operation of the contract.
template<typename... Types>
struct TypeList
{
    template<typename Function>
    static void forEach(Function &&function)
    {
        (function.template operator()<Types>(), ...);
    }
};

using AllOperations =
    TypeList<GetServerInfo, RegisterAccount, OpenSession, ListSessions, RevokeSession, Hello, GetUser, GetUsers,
             SearchUsers, UpdateUser, CreateConversation, ListConversations, GetConversation, UpdateConversation,
             GetConversationChanges, MarkRead, MarkUnread, ListMembers, AddMembers, RemoveMember, SendMessage,
             EditMessage, DeleteMessage, GetHistory>;

/// The types of all events.
using AllEvents = TypeList<Message, Member, Conversation, User, ReadReceipt, AccountChange>;

} // namespace confab
