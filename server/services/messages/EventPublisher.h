// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/services/events/Envelope.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// Above this many members a conversation has no member rows in changes, no member events, no receipts and nobody seen
/// typing.
inline constexpr qint64 kSmallConversation = 100;

/// Tells the hubs of all shards what changed, after it was committed. Every event is encoded once.
class EventPublisher
{
public:
    explicit EventPublisher(Bus &bus) : m_bus(bus) { }

    // To the members of a conversation.
    void message(const Message &message);
    void member(const Member &member);
    void conversation(const Conversation &conversation, const UserId &left = {}); ///< \a left: who did with this.
    void receipts(const ConversationId &id, const QList<Receipt> &receipts);
    void typing(const Typing &typing, const SessionId &from); ///< \a from, on which is typed, is not told.

    // To one person's devices.
    void account(const UserId &userId, const ConversationEntry &entry);
    void joined(const UserId &userId, const ConversationEntry &entry);
    void left(const UserId &userId, const ConversationId &conversationId, Revision accountRevision);

private:
    void toConversation(const ConversationId &id, MessageId messageId, Revision revision, const QByteArray &frame,
                        const UserId &left = {});
    void toUser(Envelope envelope);

    Bus &m_bus;
};

} // namespace confab::server
