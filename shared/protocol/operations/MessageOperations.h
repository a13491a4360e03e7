// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// Messages: sent, edited, deleted, read back.

namespace confab {

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
    ClientId clientId;             ///< Made by the device; makes sending again harmless.
    QString text;                  ///< 1 to {messageLength} code points.
    std::optional<qint64> replyTo; ///< The id of the message that this one answers. At least 1.
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
    QString text; ///< 1 to {messageLength} code points.
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

/// A page of messages.
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

/// Gives messages with after < id < before, newest first. Without `before`: from the newest.
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
    std::optional<qint64> before; ///< Only messages with a smaller id.
    std::optional<qint64> after;  ///< Only messages with a greater id.
    std::optional<qint64> limit;  ///< At least 1; more than {pageSize} is taken as that, which is also the default.
};

} // namespace confab
