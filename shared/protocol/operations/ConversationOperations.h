// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// Conversations: what they are, what changed in them, how far they are read, who belongs to them.

namespace confab {

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

    ClientId clientId; ///< Made by the device; makes sending again harmless.
    Conversation::Kind kind = Conversation::Kind::Unknown;
    std::optional<QString> title;    ///< Of groups only. 1 to {titleLength} code points.
    QList<UserId> memberIds;         ///< The others; of a direct conversation one. At most 200 items.
    std::optional<bool> hideHistory; ///< Newcomers see only what is sent after they joined.
};

/// A page of the caller's conversations.
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

/// Lists the caller's conversations whose private state changed after an account revision, in the order of that
/// revision: asked again with the reply's accountRevision until `more` is false. With no `after`: all of them. With
/// `ids`: those alone where the caller is a member, in no order; `after` and `limit` then mean nothing, and `more` says
/// that not all fitted.
struct ListConversations
{
    Q_GADGET
    Q_PROPERTY(std::optional<qint64> after MEMBER after)
    Q_PROPERTY(std::optional<qint64> limit MEMBER limit)
    Q_PROPERTY(QList<confab::ConversationId> ids MEMBER ids)

public:
    using Reply = ConversationList;
    static constexpr OperationInfo kInfo{"conversation.list", HttpMethod::Get, "/v1/conversations", Access::User, true};

    std::optional<qint64> after;    ///< The caller's own account revision.
    std::optional<qint64> limit;    ///< At least 1; more than {pageSize} is taken as that, which is also the default.
    QList<ConversationId> ids = {}; ///< At most {pageSize} items.
};

/// Gives one of the caller's conversations.
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

/// Changes the title of a conversation; for its owner and admins.
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
    Patch<QString> title; ///< 1 to {titleLength} code points; null takes it away.
};

/// Says what changed in a conversation after `after`. With `newLimit` it is a
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
    Revision after = 0;             ///< The revision the client holds. At least 0.
    std::optional<qint64> base;     ///< The newest id the client may hold. At least 0.
    std::optional<qint64> limit;    ///< At least 1; more than {pageSize} is taken as that, which is also the default.
    std::optional<qint64> newLimit; ///< Makes it a catch-up. At least 1; more than {pageSize} is taken as that.
};

/// What changed in one conversation, up to `revision`.
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

/// The caller's read position in a conversation and what follows from it.
struct ReadState
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 readUpTo MEMBER readUpTo)
    Q_PROPERTY(qint64 unread MEMBER unread)
    Q_PROPERTY(qint64 headRevision MEMBER headRevision)
    Q_PROPERTY(bool markedUnread MEMBER markedUnread)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)

public:
    ConversationId conversationId;
    MessageId readUpTo = 0;
    qint64 unread = 0;
    Revision headRevision = 0; ///< The conversation's newest, at which unread was counted.
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

/// How far messages of a conversation have come to the caller.
struct DeliveredUpTo
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 messageId MEMBER messageId)

public:
    ConversationId conversationId;
    MessageId messageId = 0;

    bool operator==(const DeliveredUpTo &) const = default;
};

/// Says that a device of the caller holds messages. Positions move forward only; what is older, read already, of no
/// message the caller may see, or of a conversation of more than 100 members, changes nothing and is no error.
struct MarkDelivered
{
    Q_GADGET
    Q_PROPERTY(QList<confab::DeliveredUpTo> positions MEMBER positions)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"conversation.markDelivered", HttpMethod::Put, "/v1/deliveries", Access::User,
                                         true};

    QList<DeliveredUpTo> positions; ///< At most 100.
};

/// Says that the caller is writing in a conversation, or has stopped; others see it for six seconds unless it is
/// said again. A client says it at most every three seconds while a person writes, and once that they stopped; a
/// message that was sent says so already. More than 60 times a minute are `rateLimited`, and need not be tried again.
struct SetTyping
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(bool typing MEMBER typing)

public:
    using Reply = Empty;
    static constexpr OperationInfo kInfo{"conversation.typing", HttpMethod::Post,
                                         "/v1/conversations/{conversationId}/typing", Access::User, true};

    ConversationId conversationId;
    bool typing = false;
};

/// Members of a conversation.
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

/// Lists members in the order of their user ids, from the one after `after`.
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
    std::optional<qint64> limit; ///< At least 1; more than {pageSize} is taken as that, which is also the default.
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
    QList<UserId> userIds; ///< At most 200 items.
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

} // namespace confab
