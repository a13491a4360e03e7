// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/gateway/Gatekeeper.h"
#include "server/gateway/hub/Subscriber.h"
#include "server/services/events/Envelope.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <memory>
#include <unordered_map>
#include <vector>

namespace confab::server {

/// Brings what the bus says to the sockets of one shard: who is subscribed to what, and who may see it.
///
/// An event is encoded once a format and its bytes are shared by all receivers. Lives on the shard's thread.
class Hub
{
public:
    /// Becomes the handler of \a bus, the shard's own endpoint. The gatekeeper is told of sessions that end.
    Hub(Bus &bus, Gatekeeper &gatekeeper);
    ~Hub();
    Q_DISABLE_COPY_MOVE(Hub)

    /// From now on the socket gets its user's events. Older sockets of the same session close, on every shard.
    void attach(Subscriber &subscriber);

    /// Subscribes the user's sockets to conversations, but for those of \a except.
    void subscribe(const UserId &userId, const QList<Subscription> &subscriptions, const QSet<ConversationId> &except);

    /// Forgets the socket; with the user's last one go the subscriptions. Harmless when it is not attached.
    void detach(Subscriber &subscriber);

    int userCount() const { return static_cast<int>(m_users.size()); }
    int conversationCount() const { return static_cast<int>(m_conversations.size()); }

private:
    struct User
    {
        std::vector<Subscriber *> subscribers;
        std::vector<ConversationId> conversations;
    };
    struct Listener
    {
        User *user;
        Revision visibleFrom;
    };
    using Listeners = std::vector<Listener>;
    struct HashId
    {
        std::size_t operator()(const UserId &id) const { return qHash(id); }
    };

    void receive(const QByteArray &payload);
    void deliverToConversation(const Envelope &envelope) const;
    void deliverToUser(const User &user, const Envelope &envelope) const;
    void changeMembership(User &user, const Envelope &envelope);
    void endSession(const UserId &userId, const SessionId &sessionId) const;
    void endUser(const UserId &userId) const;
    static void supersede(const User &user, const SessionId &sessionId, qint64 socketNumber);

    void join(User &user, const ConversationId &conversationId, Revision visibleFrom);
    void leave(User &user, const ConversationId &conversationId);
    void removeListener(const User &user, const ConversationId &conversationId);

    Bus &m_bus;
    Gatekeeper &m_gatekeeper;
    std::unordered_map<UserId, std::unique_ptr<User>, HashId> m_users;
    QHash<ConversationId, Listeners> m_conversations;
};

} // namespace confab::server
