// SPDX-License-Identifier: MIT
#include "server/gateway/hub/Hub.h"

#include "server/runtime/Log.h"
#include "shared/protocol/Frames.h"

#include <algorithm>

namespace confab::server {

Hub::Hub(Bus &bus, Gatekeeper &gatekeeper) : m_bus(bus), m_gatekeeper(gatekeeper)
{
    m_bus.setHandler([this](const QByteArray &, const QByteArray &payload) { receive(payload); });
    // Requests rest on what was remembered of a session, also where it has no socket.
    m_bus.subscribe(sessionsTopic());
}

Hub::~Hub()
{
    m_bus.unsubscribe(sessionsTopic());
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
    announce(subscriber);
}

void Hub::announce(const Subscriber &subscriber)
{
    Envelope opened;
    opened.kind = Envelope::Kind::SocketOpened;
    opened.userId = subscriber.userId();
    opened.sessionId = subscriber.sessionId();
    opened.messageId = subscriber.socketNumber();
    m_bus.publish(userTopic(opened.userId), encodeEnvelope(opened));
}

void Hub::subscribe(const UserId &userId, const QList<Subscription> &subscriptions, const QSet<ConversationId> &except)
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    for (const Subscription &subscription : subscriptions) {
        if (!except.contains(subscription.conversationId))
            join(*found->second, subscription);
    }
}

void Hub::noteAccount(const UserId &userId, Revision revision)
{
    // With another socket of the user a change may be on its way, or lost; what came decides.
    const auto found = m_users.find(userId);
    if (found != m_users.end() && found->second->known == 0)
        found->second->known = revision;
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
        endSession(envelope->sessionId);
        return;
    case Envelope::Kind::UserEnded:
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
        // An older socket may attach after the newer one, whose word it has then not heard.
        for (const Subscriber *subscriber : user.subscribers) {
            if (subscriber->sessionId() == envelope->sessionId && subscriber->socketNumber() > envelope->messageId)
                announce(*subscriber);
        }
        return;
    }
    noteAccountChange(user, *envelope);
    if (envelope->kind != Envelope::Kind::User)
        changeMembership(user, *envelope);
    deliverToUser(user, *envelope);
}

void Hub::noteAccountChange(User &user, const Envelope &envelope)
{
    // What was lost may have been a membership, which no later event repeats.
    if (envelope.revision > user.known + 1 && user.known > 0)
        m_usersWithGaps.insert(envelope.userId);
    user.known = std::max(user.known, envelope.revision);
}

void Hub::deliverToConversation(const Envelope &envelope)
{
    const auto found = m_conversations.find(envelope.conversationId);
    if (found == m_conversations.end() || envelope.frame.isEmpty())
        return;
    if (!envelope.userId.isNull())
        m_gatekeeper.membershipEnded(envelope.userId);
    found->known = std::max(found->known, envelope.revision);
    const OutgoingFrame frame(envelope.frame, envelope.worth);
    for (const Listener &listener : found->listeners) {
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

void Hub::deliver(const UserId &userId, const SessionId &sessionId, const OutgoingFrame &frame) const
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    for (Subscriber *subscriber : found->second->subscribers) {
        if (subscriber->sessionId() == sessionId)
            subscriber->deliver(frame);
    }
}

void Hub::changeMembership(User &user, const Envelope &envelope)
{
    if (envelope.kind == Envelope::Kind::Joined)
        join(user, {envelope.conversationId, envelope.messageId, 0});
    else
        leave(user, envelope.userId, envelope.conversationId);
    ++user.membershipEpoch;
    for (Subscriber *subscriber : user.subscribers)
        subscriber->membershipChanged(envelope.conversationId);
}

void Hub::endSession(const SessionId &sessionId)
{
    m_gatekeeper.sessionEnded(sessionId);
    for (const auto &[id, user] : m_users) {
        for (Subscriber *subscriber : user->subscribers) {
            if (subscriber->sessionId() == sessionId)
                subscriber->close(CloseReason::SessionRevoked);
        }
    }
}

void Hub::endUser(const UserId &userId)
{
    m_gatekeeper.userEnded(userId);
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

void Hub::join(User &user, const Subscription &subscription)
{
    Served &served = m_conversations[subscription.conversationId];
    for (Listener &listener : served.listeners) {
        if (listener.user == &user) {
            listener.visibleFrom = subscription.visibleFrom;
            return;
        }
    }
    if (served.listeners.empty()) {
        served.known = subscription.revision;
        m_bus.subscribe(conversationTopic(subscription.conversationId));
    }
    served.listeners.push_back({&user, subscription.visibleFrom});
    user.conversations.push_back(subscription.conversationId);
}

void Hub::leave(User &user, const UserId &userId, const ConversationId &conversationId)
{
    if (std::erase(user.conversations, conversationId) > 0)
        removeListener(user, conversationId);
    m_gatekeeper.membershipEnded(userId);
}

void Hub::removeListener(const User &user, const ConversationId &conversationId)
{
    const auto found = m_conversations.find(conversationId);
    if (found == m_conversations.end())
        return;
    std::erase_if(found->listeners, [&user](const Listener &listener) { return listener.user == &user; });
    if (found->listeners.empty()) {
        m_conversations.erase(found);
        m_bus.unsubscribe(conversationTopic(conversationId));
    }
}

// -- the comparison with the store ------------------------------------------------------------------------------

QList<UserId> Hub::userIds() const
{
    QList<UserId> ids;
    ids.reserve(static_cast<qsizetype>(m_users.size()));
    for (const auto &[id, user] : m_users)
        ids.append(id);
    return ids;
}

QList<SessionId> Hub::sessionIds() const
{
    QList<SessionId> ids;
    for (const auto &[id, user] : m_users) {
        for (const Subscriber *subscriber : user->subscribers)
            ids.append(subscriber->sessionId());
    }
    return ids;
}

Revision Hub::knownRevision(const ConversationId &conversationId) const
{
    const auto found = m_conversations.constFind(conversationId);
    return found == m_conversations.constEnd() ? 0 : found->known;
}

Revision Hub::knownRevision(const UserId &userId) const
{
    const auto found = m_users.find(userId);
    return found == m_users.end() ? 0 : found->second->known;
}

void Hub::tellStand(const ConversationId &conversationId, Revision revision)
{
    const auto found = m_conversations.find(conversationId);
    if (found == m_conversations.end())
        return;
    found->known = std::max(found->known, revision);
    const OutgoingFrame frame(encodeEvent(SyncHint{false, 0, {{conversationId, revision}}}));
    for (const Listener &listener : found->listeners) {
        for (Subscriber *subscriber : listener.user->subscribers)
            subscriber->deliver(frame);
    }
}

void Hub::tellStand(const UserId &userId, Revision revision)
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    found->second->known = std::max(found->second->known, revision);
    const OutgoingFrame frame(encodeEvent(SyncHint{false, revision, {}}));
    for (Subscriber *subscriber : found->second->subscribers)
        subscriber->deliver(frame);
}

quint64 Hub::membershipEpoch(const UserId &userId) const
{
    const auto found = m_users.find(userId);
    return found == m_users.end() ? 0 : found->second->membershipEpoch;
}

void Hub::resubscribe(const UserId &userId, const QList<Subscription> &subscriptions)
{
    const auto found = m_users.find(userId);
    if (found == m_users.end())
        return;
    User &user = *found->second;
    QSet<ConversationId> kept;
    for (const Subscription &subscription : subscriptions)
        kept.insert(subscription.conversationId);
    const std::vector<ConversationId> before = user.conversations;
    for (const ConversationId &conversationId : before) {
        if (!kept.contains(conversationId))
            leave(user, userId, conversationId);
    }
    for (const Subscription &subscription : subscriptions)
        join(user, subscription);
}

} // namespace confab::server
