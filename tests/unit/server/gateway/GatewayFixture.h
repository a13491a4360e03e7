// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/local/LocalBus.h"
#include "server/gateway/Gateway.h"

#include <QtCore/QHash>

#include <memory>

namespace confab::test {

/// A gatekeeper whose people and answers a test sets. Tokens are "token-…"; answers come at once, or when let go.
class FakeGatekeeper final : public server::Gatekeeper
{
public:
    QHash<QString, server::Caller> callers;
    QHash<UserId, QList<server::Subscription>> memberships;
    Result<Done> readiness;
    QString lastAddress;
    QList<SessionId> ended;
    QList<UserId> endedUsers;
    /// When sessions expire, by the fixture's clock; 0: never. Sessions not in `callers` any more are over.
    qint64 expiresAt = 0;
    int renewals = 0;
    QHash<ConversationId, Revision> stands; ///< Of conversations.
    QHash<UserId, Revision> accountRevisions;
    QSet<SessionId> over;
    QHash<SessionId, QPair<qint64, bool>>
        sockets; ///< Open ones by session: their numbers, and whether nobody is there.
    QList<UserId> membershipEnds;
    /// What happens within subscriptions(), after the session was subscribed to its user.
    std::function<void()> duringSubscriptions;
    /// While set, hello() waits for release().
    bool holdsHello = false;

    /// Adds a person with a session; the token is `token-NAME`.
    server::Caller add(const QString &name);
    void releaseHello();

    server::Task<server::Caller> authenticate(QString token, QString address, Freshness freshness) override;
    Result<Done> admitBackend(const QString &key) override;
    void sessionEnded(const SessionId &sessionId) override { ended.append(sessionId); }
    void userEnded(const UserId &userId) override { endedUsers.append(userId); }
    server::Task<qint64> renew(server::Caller caller) override;
    server::Task<QList<server::Subscription>> subscriptions(UserId userId) override;
    server::Task<QList<Cursor>> conversationStands(QList<ConversationId> ids) override;
    server::Task<QHash<UserId, Revision>> accountStands(QList<UserId> ids) override;
    server::Task<QList<SessionId>> sessionsOver(QList<SessionId> ids) override;
    server::Task<HelloReply> hello(server::Caller caller, Hello hello) override;
    server::Task<Done> ready() override;
    void socketOpened(const server::Caller &caller, qint64 socketNumber, bool away) override;
    void socketClosed(const server::Caller &caller, qint64 socketNumber) override;
    void membershipEnded(const UserId &userId) override { membershipEnds.append(userId); }

private:
    std::vector<server::Completer<Done>> m_held;
};

/// One gateway of a fake server on this thread, listening on a free port of loopback.
class GatewayFixture
{
public:
    /// \a bus joins several gateways as shards of one server; without one it has its own.
    explicit GatewayFixture(const server::GatewaySettings &settings = {}, server::LocalBus *bus = nullptr,
                            const server::NodeLimits::Options &limits = {}, const server::Metrics *metrics = nullptr);

    FakeGatekeeper gatekeeper;
    ManualClock clock;
    server::NodeLimits limits;
    /// While set, message.send waits for releaseSends().
    bool holdsSends = false;
    int sendsStarted = 0;
    QString lastCallerAddress;

    server::Gateway &gateway() { return *m_gateway; }
    server::Bus &bus() { return *m_endpoint; }
    quint16 port() const { return m_port; }
    void releaseSends();

    /// Moves the clock and wakes whoever is due.
    void advance(qint64 milliseconds);

    /// What the gateway tells at /metrics of a sample, such as `name{label="value"}`; -1 where there is none.
    double metric(const QByteArray &sample) const;

    /// Publishes a message event to a conversation, as a service does.
    void publishMessage(const ConversationId &conversationId, qint64 id, const QString &text = {});

private:
    server::Router operations();
    server::Task<Message> send(server::Caller caller, SendMessage op);

    std::unique_ptr<server::LocalBus> m_ownBus;
    std::unique_ptr<server::Bus> m_endpoint;
    std::vector<server::Completer<Done>> m_heldSends;
    server::Router m_router;
    std::unique_ptr<server::Gateway> m_gateway;
    quint16 m_port = 0;
};

} // namespace confab::test
