// SPDX-License-Identifier: MIT
#include "server/services/messages/EventPublisher.h"

#include "shared/protocol/Frames.h"

#include <algorithm>

namespace confab::server {

void EventPublisher::message(const Message &message)
{
    toConversation(message.conversationId, message.id, message.revision, encodeEvent(message));
}

void EventPublisher::member(const Member &member)
{
    toConversation(member.conversationId, 0, member.revision, encodeEvent(member));
}

void EventPublisher::conversation(const Conversation &conversation, const UserId &left)
{
    toConversation(conversation.id, 0, conversation.revision, encodeEvent(conversation), left);
}

void EventPublisher::receipts(const ConversationId &id, const QList<Receipt> &receipts)
{
    // Who may see none of these messages does not learn that they were read.
    Envelope envelope;
    envelope.conversationId = id;
    for (const Receipt &receipt : receipts)
        envelope.messageId = std::max({envelope.messageId, receipt.deliveredUpTo, receipt.readUpTo});
    envelope.worth = Worth::Ephemeral;
    envelope.frame = encodeEvent(Receipts{receipts});
    m_bus.publish(conversationTopic(id), encodeEnvelope(envelope));
}

void EventPublisher::typing(const Typing &typing, const SessionId &from)
{
    Envelope envelope;
    envelope.conversationId = typing.conversationId;
    envelope.exceptSession = from;
    envelope.worth = Worth::Fleeting;
    envelope.frame = encodeEvent(typing);
    m_bus.publish(conversationTopic(typing.conversationId), encodeEnvelope(envelope));
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
                                    const QByteArray &frame, const UserId &left)
{
    Envelope envelope;
    envelope.conversationId = id;
    envelope.userId = left;
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
