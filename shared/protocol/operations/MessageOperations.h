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

} // namespace confab
