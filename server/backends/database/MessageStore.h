// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// One message to be stored, its text already checked.
struct Append
{
    ConversationId conversationId;
    UserId senderId;
    ClientId clientId;
    qint64 createdAt = 0;
    MessageContent content;
};

/// What an append gave: the stored row, and whether this call stored it or an earlier one with the same clientId.
struct Appended
{
    Message message;
    bool isNew = false;
};

/// The hot path of the store: messages are appended in groups that share a transaction.
///
/// Callable from every shard; the answer comes on the caller's thread after the message is durable. Per conversation
/// ids grow in commit order. Idempotent by (conversation, sender, clientId), also between concurrent calls: all get
/// the first result.
///
/// Errors: `notFound` when the sender is no active member (whether the conversation exists or not), `invalidArgument`
/// for a replyTo the sender cannot see, `unavailable` when the engine is away or the outcome unknown (send again).
class MessageStore
{
public:
    virtual ~MessageStore() = default;

    virtual Task<Appended> append(Append append) = 0;
};

} // namespace confab::server
