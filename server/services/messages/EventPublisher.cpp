// SPDX-License-Identifier: MIT
#include "server/services/messages/EventPublisher.h"

#include "shared/protocol/Frames.h"

namespace confab::server {

void EventPublisher::message(const Message &message)
{
    toConversation(message.conversationId, message.id, message.revision, encodeEvent(message));
}

void EventPublisher::member(const Member &member)
{
    toConversation(member.conversationId, 0, member.revision, encodeEvent(member));
}

void EventPublisher::conversation(const Conversation &conversation)
{
    toConversation(conversation.id, 0, conversation.revision, encodeEvent(conversation));
}

void EventPublisher::receipt(const ReadReceipt &receipt)
{
    // Only those who may see the message learn that it was read.
    Envelope envelope;
    envelope.conversationId = receipt.conversationId;
    envelope.messageId = receipt.messageId;
    envelope.ephemeral = true;
    envelope.frame = encodeEvent(receipt);
    m_bus.publish(conversationTopic(receipt.conversationId), encodeEnvelope(envelope));
}

void EventPublisher::account(const UserId &userId, const ConversationEntry &entry)
{
    Envelope envelope;
    envelope.kind = Envelope::Kind::User;
    envelope.userId = userId;
    envelope.revision = entry.membership.accountRevision;
    envelope.frame = encodeEvent(AccountChange{entry.membership.accountRevision, {entry}, {}});
    toUser(envelope);
}

void EventPublisher::joined(const UserId &userId, const ConversationEntry &entry)
{
    Envelope envelope;
    envelope.kind = Envelope::Kind::Joined;
    envelope.userId = userId;
    envelope.conversationId = entry.conversation.id;
    envelope.messageId = entry.membership.visibleFrom;
    envelope.revision = entry.membership.accountRevision;
    envelope.frame = encodeEvent(AccountChange{entry.membership.accountRevision, {entry}, {}});
    toUser(envelope);
}

void EventPublisher::left(const UserId &userId, const ConversationId &conversationId, Revision accountRevision)
{
    Envelope envelope;
    envelope.kind = Envelope::Kind::Left;
    envelope.userId = userId;
    envelope.conversationId = conversationId;
    envelope.revision = accountRevision;
    envelope.frame = encodeEvent(AccountChange{accountRevision, {}, {conversationId}});
    toUser(envelope);
}

void EventPublisher::toConversation(const ConversationId &id, MessageId messageId, Revision revision,
                                    const QByteArray &frame)
{
    Envelope envelope;
    envelope.conversationId = id;
    envelope.messageId = messageId;
    envelope.revision = revision;
    envelope.frame = frame;
    m_bus.publish(conversationTopic(id), encodeEnvelope(envelope));
}

void EventPublisher::toUser(Envelope envelope)
{
    m_bus.publish(userTopic(envelope.userId), encodeEnvelope(envelope));
}

} // namespace confab::server
