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

    /// Completes when all that was subscribed so far has effect, or the bus is lost.
    Completion<Done> subscribed() { return m_bus.subscribed(); }
    /// Whether other nodes cannot be heard at the moment.
    bool isBusLost() const { return m_bus.isLost(); }

    /// Subscribes the user's sockets to conversations, but for those of \a except.
    void subscribe(const UserId &userId, const QList<Subscription> &subscriptions, const QSet<ConversationId> &except);

    /// The account stood there when the user's socket was greeted.
    void noteAccount(const UserId &userId, Revision revision);

    /// An event for the sockets of one session here.
    void deliver(const UserId &userId, const SessionId &sessionId, const OutgoingFrame &frame) const;

    /// Forgets the socket; with the user's last one go the subscriptions. Harmless when it is not attached.
    void detach(Subscriber &subscriber);

    // -- for the comparison with the store: what came of each change is known by its revision

    QList<ConversationId> conversationIds() const { return m_conversations.keys(); }
    QList<UserId> userIds() const;
    QList<SessionId> sessionIds() const;

    /// The newest change of it that came; 0 where none did, or where it is not served.
    Revision knownRevision(const ConversationId &conversationId) const;
    Revision knownRevision(const UserId &userId) const;

    /// Users of whose changes some did not come. Asking clears the list.
    QSet<UserId> takeUsersWithGaps() { return std::exchange(m_usersWithGaps, {}); }

    /// Tells the conversation's sockets where it stands, and takes that as known.
    void tellStand(const ConversationId &conversationId, Revision revision);
    void tellStand(const UserId &userId, Revision revision);

    /// Grows with every change of the user's memberships that came.
    quint64 membershipEpoch(const UserId &userId) const;

    /// Makes the user's subscriptions these and no others.
    void resubscribe(const UserId &userId, const QList<Subscription> &subscriptions);

    /// Closes the session's sockets; nothing remembered of it counts any more.
    void endSession(const SessionId &sessionId);

    int userCount() const { return static_cast<int>(m_users.size()); }
    int conversationCount() const { return static_cast<int>(m_conversations.size()); }

private:
    struct User
    {
        std::vector<Subscriber *> subscribers;
        std::vector<ConversationId> conversations;
        Revision known = 0;
        quint64 membershipEpoch = 0;
    };
    struct Listener
    {
        User *user;
        Revision visibleFrom;
    };
    struct Served
    {
        std::vector<Listener> listeners;
        Revision known = 0;
    };
    struct HashId
    {
        std::size_t operator()(const UserId &id) const { return qHash(id); }
    };

    void receive(const QByteArray &payload);
    void deliverToConversation(const Envelope &envelope);
    void noteAccountChange(User &user, const Envelope &envelope);
    void deliverToUser(const User &user, const Envelope &envelope) const;
    void changeMembership(User &user, const Envelope &envelope);
    void endUser(const UserId &userId);
    void announce(const Subscriber &subscriber);
    static void supersede(const User &user, const SessionId &sessionId, qint64 socketNumber);

    void join(User &user, const Subscription &subscription);
    void leave(User &user, const UserId &userId, const ConversationId &conversationId);
    void removeListener(const User &user, const ConversationId &conversationId);

    Bus &m_bus;
    Gatekeeper &m_gatekeeper;
    std::unordered_map<UserId, std::unique_ptr<User>, HashId> m_users;
    QHash<ConversationId, Served> m_conversations;
    QSet<UserId> m_usersWithGaps;
};

} // namespace confab::server
