// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/GatewaySettings.h"
#include "server/gateway/Router.h"
#include "server/gateway/hub/Hub.h"
#include "server/gateway/net/Connection.h"
#include "server/gateway/net/DeadlineWheel.h"
#include "server/gateway/websocket/Transport.h"

#include <deque>
#include <memory>

namespace confab::server {

/// What all sessions of a shard share.
struct SessionContext
{
    const GatewaySettings &settings;
    const Router &router;
    Gatekeeper &gatekeeper;
    Hub &hub;
    DeadlineWheel &wheel;
    TaskScope &tasks;
    ConnectionHost &host;
    const Clock &clock;
};

/// One socket of a client: `hello` first, then requests and events until it closes.
///
/// An open socket is use of its session, which is renewed every now and then; when it has expired, the socket closes.
/// Heartbeat: the server pings every heartbeatMs and closes a peer of which no byte came for deadPeerMs. Requests
/// beyond the allowed number wait, and reading stops meanwhile.
class Session final : public std::enable_shared_from_this<Session>,
                      public Connection,
                      public Subscriber,
                      private TransportReceiver,
                      private Deadline
{
public:
    /// \a helloDueMs is when `hello` has to be here, by the wheel's clock.
    static std::shared_ptr<Session> start(const SessionContext &context, std::unique_ptr<Transport> transport,
                                          const QString &address, qint64 helloDueMs);

    ~Session() override;

    UserId userId() const override { return m_caller.userId; }
    SessionId sessionId() const override { return m_caller.sessionId; }
    qint64 socketNumber() const override { return m_socketNumber; }
    void deliver(const OutgoingFrame &frame) override;
    void membershipChanged(const ConversationId &conversationId) override;
    void close(CloseReason reason) override;

    void drain() override;
    void cut() override;

private:
    enum class State : quint8 {
        Fresh,    ///< Before `hello`.
        Greeting, ///< `hello` is being answered: events queue, requests wait.
        Live,
        Closed,
    };

    /// What is only needed while `hello` is being answered.
    struct Greeting
    {
        QSet<ConversationId> changed;
        std::vector<OutgoingFrame> events;
        qint64 bytes = 0;
    };

    Session(const SessionContext &context, std::unique_ptr<Transport> transport, const QString &address);

    void messageArrived(const QByteArray &message) override;
    void peerHeard() override { m_heardMs = m_context.wheel.nowMs(); }
    void transportClosing() override;
    void transportEnded() override;
    void due(qint64 nowMs) override;

    void take(RequestFrame request);
    void takeWaiting();
    void startGreeting(const RequestFrame &request);
    void failGreeting(qint64 id, const Error &error);
    void finishGreeting(qint64 id, const HelloReply &reply);
    static Task<Done> serve(std::shared_ptr<Session> self, const Route *route, qint64 id, QByteArray params);
    static Task<Done> greet(std::shared_ptr<Session> self, qint64 id, Hello hello);

    void answer(qint64 id, const Result<QByteArray> &reply);
    void send(const OutgoingFrame &frame);
    void requestEnded();
    void beat(qint64 nowMs);
    void scheduleRenewal(qint64 expiresAt);
    static Task<Done> renew(std::shared_ptr<Session> self);

    const SessionContext &m_context;
    const std::unique_ptr<Transport> m_transport;
    Caller m_caller;
    const qint64 m_socketNumber;
    qint64 m_heardMs;
    qint64 m_pingedMs;
    qint64 m_renewalMs = 0;      // when the session is to be renewed, by the wheel's clock
    qint64 m_repliesWaiting = 0; // at most so many of the bytes that wait are replies
    std::unique_ptr<Greeting> m_greeting;
    std::unique_ptr<std::deque<RequestFrame>> m_waiting; // null when no request waits
    int m_inFlight = 0;
    State m_state = State::Fresh;
    bool m_taking = false;
    bool m_draining = false;
    bool m_attached = false;
    bool m_renewing = false;
};

} // namespace confab::server
