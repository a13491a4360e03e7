// SPDX-License-Identifier: MIT
#include "server/gateway/hub/Hub.h"

#include "server/runtime/Log.h"

#include <algorithm>

namespace confab::server {

Hub::Hub(Bus &bus, Gatekeeper &gatekeeper) : m_bus(bus), m_gatekeeper(gatekeeper)
{
    m_bus.setHandler([this](const QByteArray &, const QByteArray &payload) { receive(payload); });
}

Hub::~Hub()
{
    m_bus.setHandler({});
}

void Hub::attach(Subscriber &subscriber)
{
    const UserId userId = subscriber.userId();
    std::unique_ptr<User> &user = m_users[userId];
    if (!user) {
        user = std::make_unique<User>();
        m_bus.subscribe(userTopic(userId));
    }
    supersede(*user, subscriber.sessionId(), subscriber.socketNumber());
    user->subscribers.push_back(&subscriber);

    Envelope opened;
    opened.kind = Envelope::Kind::SocketOpened;
    opened.userId = userId;
    opened.sessionId = subscriber.sessionId();
    opened.messageId = subscriber.socketNumber();
    m_bus.publish(userTopic(userId), encodeEnvelope(opened));
}

void Hub::subscribe(const UserId &userId, const QList<Subscription> &subscriptions, const QSet<ConversationId> &except)
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    for (const Subscription &subscription : subscriptions) {
        if (!except.contains(subscription.conversationId))
            join(*found->second, subscription.conversationId, subscription.visibleFrom);
    }
}

void Hub::detach(Subscriber &subscriber)
{
    const auto found = m_users.find(subscriber.userId());
    if (found == m_users.end())
        return;
    User &user = *found->second;
    if (std::erase(user.subscribers, &subscriber) == 0 || !user.subscribers.empty())
        return;
    for (const ConversationId &conversationId : user.conversations)
        removeListener(user, conversationId);
    m_bus.unsubscribe(userTopic(found->first));
    m_users.erase(found);
}

void Hub::receive(const QByteArray &payload)
{
    const Result<Envelope> envelope = decodeEnvelope(payload);
    if (!envelope) {
        qCWarning(lcGateway, "An envelope of the bus could not be read: %ls",
                  qUtf16Printable(envelope.error().message));
        return;
    }
    switch (envelope->kind) {
    case Envelope::Kind::Conversation:
        deliverToConversation(*envelope);
        return;
    case Envelope::Kind::SessionEnded:
        m_gatekeeper.sessionEnded(envelope->sessionId);
        endSession(envelope->userId, envelope->sessionId);
        return;
    case Envelope::Kind::UserEnded:
        m_gatekeeper.userEnded(envelope->userId);
        endUser(envelope->userId);
        return;
    case Envelope::Kind::User:
    case Envelope::Kind::Joined:
    case Envelope::Kind::Left:
    case Envelope::Kind::SocketOpened:
        break;
    }
    // Topics are slots that users share: most of what comes is for somebody who is not here.
    const auto found = m_users.find(envelope->userId);
    if (found == m_users.end())
        return;
    User &user = *found->second;
    if (envelope->kind == Envelope::Kind::SocketOpened) {
        supersede(user, envelope->sessionId, envelope->messageId);
        return;
    }
    if (envelope->kind != Envelope::Kind::User)
        changeMembership(user, *envelope);
    deliverToUser(user, *envelope);
}

void Hub::deliverToConversation(const Envelope &envelope) const
{
    const auto found = m_conversations.constFind(envelope.conversationId);
    if (found == m_conversations.constEnd() || envelope.frame.isEmpty())
        return;
    const OutgoingFrame frame(envelope.frame);
    for (const Listener &listener : *found) {
        if (envelope.messageId != 0 && envelope.messageId < listener.visibleFrom)
            continue;
        for (Subscriber *subscriber : listener.user->subscribers) {
            if (envelope.exceptSession.isNull() || subscriber->sessionId() != envelope.exceptSession)
                subscriber->deliver(frame);
        }
    }
}

void Hub::deliverToUser(const User &user, const Envelope &envelope) const
{
    if (envelope.frame.isEmpty())
        return;
    const OutgoingFrame frame(envelope.frame);
    for (Subscriber *subscriber : user.subscribers) {
        if (envelope.exceptSession.isNull() || subscriber->sessionId() != envelope.exceptSession)
            subscriber->deliver(frame);
    }
}

void Hub::changeMembership(User &user, const Envelope &envelope)
{
    if (envelope.kind == Envelope::Kind::Joined)
        join(user, envelope.conversationId, envelope.messageId);
    else
        leave(user, envelope.conversationId);
    for (Subscriber *subscriber : user.subscribers)
        subscriber->membershipChanged(envelope.conversationId);
}

void Hub::endSession(const UserId &userId, const SessionId &sessionId) const
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    for (Subscriber *subscriber : found->second->subscribers) {
        if (subscriber->sessionId() == sessionId)
            subscriber->close(CloseReason::SessionRevoked);
    }
}

void Hub::endUser(const UserId &userId) const
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    for (Subscriber *subscriber : found->second->subscribers)
        subscriber->close(CloseReason::SessionRevoked);
}

void Hub::supersede(const User &user, const SessionId &sessionId, qint64 socketNumber)
{
    for (Subscriber *subscriber : user.subscribers) {
        if (subscriber->sessionId() == sessionId && subscriber->socketNumber() < socketNumber)
            subscriber->close(CloseReason::Superseded);
    }
}

void Hub::join(User &user, const ConversationId &conversationId, Revision visibleFrom)
{
    Listeners &listeners = m_conversations[conversationId];
    for (Listener &listener : listeners) {
        if (listener.user == &user) {
            listener.visibleFrom = visibleFrom;
            return;
        }
    }
    if (listeners.empty())
        m_bus.subscribe(conversationTopic(conversationId));
    listeners.push_back({&user, visibleFrom});
    user.conversations.push_back(conversationId);
}

void Hub::leave(User &user, const ConversationId &conversationId)
{
    if (std::erase(user.conversations, conversationId) > 0)
        removeListener(user, conversationId);
}

void Hub::removeListener(const User &user, const ConversationId &conversationId)
{
    const auto found = m_conversations.find(conversationId);
    if (found == m_conversations.end())
        return;
    std::erase_if(*found, [&user](const Listener &listener) { return listener.user == &user; });
    if (found->empty()) {
        m_conversations.erase(found);
        m_bus.unsubscribe(conversationTopic(conversationId));
    }
}

} // namespace confab::server
