// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/GatewayCounters.h"
#include "server/gateway/GatewaySettings.h"
#include "server/gateway/NodeLimits.h"
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
    NodeLimits &limits;
    GatewayCounters &counters;
    /// What the UTC clock was ahead of the monotonic one at the start: numbers sockets in their order whatever the UTC
    /// clock does later.
    const qint64 utcAheadMs = clock.utcMs() - clock.monotonicMs();
};

/// One socket of a client: `hello` first, then requests and events until it closes.
///
/// An open socket is use of its session, which is renewed every now and then; when it has expired, the socket closes.
/// Heartbeat: the server pings every heartbeatMs and closes a peer of which no byte came for deadPeerMs. Requests
/// beyond the allowed number wait, and reading stops meanwhile.
///
/// Slow readers: events past the byte budget are left out, ephemeral ones first. Once what waited was read, the client
/// is told by a SyncHint and says `hello` again with its cursors. A reader who takes nothing is closed.
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

    /// Keeps a place of its address for as long as the socket stands.
    void hold(NodeLimits::Place place) { m_place = std::move(place); }

    void drain() override;
    void cut() override;
    qint64 bytesWaiting() const override { return m_transport->bytesWaiting(); }
    bool isSocket() const override { return true; }

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
        Stopwatch stopwatch;
        qint64 bytes = 0;
        bool missed = false; // more came than the budget allows
        bool again = false;  // the socket was live before
        bool away = false;   // nobody is at the device
        bool owed = false;   // it was to be told then that it missed something
    };

    Session(const SessionContext &context, std::unique_ptr<Transport> transport, const QString &address);

    void messageArrived(const QByteArray &message) override;
    void peerHeard() override { m_heardMs = m_context.wheel.nowMs(); }
    void drained() override;
    void transportClosing() override;
    void transportEnded() override;
    void due(qint64 nowMs) override;

    void take(RequestFrame request);
    void takeWaiting();
    void startGreeting(const RequestFrame &request);
    void failGreeting(qint64 id, const Error &error);
    void deliverQueued(const Greeting &greeting);
    void finishGreeting(qint64 id, const HelloReply &reply);
    static Task<Done> serve(std::shared_ptr<Session> self, const Route *route, qint64 id, QByteArray params);
    static Task<Done> greet(std::shared_ptr<Session> self, qint64 id, Hello hello);

    void answer(qint64 id, const Result<QByteArray> &reply);
    void leaveOut(const OutgoingFrame &frame);
    void tellMissed();
    void requestEnded();
    void leaveHub();
    bool mayServe() const;
    void noteEnd(int reason);
    void beat(qint64 nowMs);
    void scheduleRenewal(qint64 expiresAt);
    static Task<Done> renew(std::shared_ptr<Session> self);
    bool isStuck(qint64 nowMs);

    const SessionContext &m_context;
    const std::unique_ptr<Transport> m_transport;
    NodeLimits::Place m_place;
    Caller m_caller;
    const qint64 m_socketNumber;
    qint64 m_heardMs;
    qint64 m_pingedMs;
    qint64 m_renewalMs = 0;      // when the session is to be renewed, by the wheel's clock
    qint64 m_repliesWaiting = 0; // at most so many of the bytes that wait are replies
    qint64 m_takenBytes = 0;     // that the peer had taken when it was last looked at
    qint64 m_progressMs = 0;     // when it was last seen to take some, or nothing waited
    qint64 m_laggingMs = 0;      // since when it is over its budget
    std::unique_ptr<Greeting> m_greeting;
    std::unique_ptr<std::deque<RequestFrame>> m_waiting; // null when no request waits
    int m_inFlight = 0;
    State m_state = State::Fresh;
    bool m_taking = false;
    bool m_draining = false;
    bool m_attached = false;
    bool m_isThere = false; // the gatekeeper knows of it
    bool m_renewing = false;
    bool m_missed = false;  // events were left out of which the client was not told
    bool m_lagging = false; // it gets no events until it has read what waits
};

} // namespace confab::server
