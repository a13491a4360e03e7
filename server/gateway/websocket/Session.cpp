// SPDX-License-Identifier: MIT
#include "server/gateway/websocket/Session.h"

#include "server/runtime/Log.h"

#include <QtCore/QRandomGenerator>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr auto kFreshness = Gatekeeper::Freshness::Now;

constexpr qint64 kRetryRenewalMs = 30'000; // halved by scheduleRenewal()

/// Later sockets have greater numbers, on all shards and nodes; two of one millisecond differ by chance.
qint64 makeSocketNumber(const SessionContext &context)
{
    constexpr int kRandomBits = 16;
    return ((context.utcAheadMs + context.clock.monotonicMs()) << kRandomBits) |
           QRandomGenerator::global()->bounded(1 << kRandomBits);
}

} // namespace

std::shared_ptr<Session> Session::start(const SessionContext &context, std::unique_ptr<Transport> transport,
                                        const QString &address, qint64 helloDueMs)
{
    const std::shared_ptr<Session> session(new Session(context, std::move(transport), address));
    session->m_transport->setReceiver(session.get());
    context.wheel.set(*session, helloDueMs - context.wheel.nowMs());
    return session;
}

Session::Session(const SessionContext &context, std::unique_ptr<Transport> transport, const QString &address)
    : m_context(context), m_transport(std::move(transport)), m_socketNumber(makeSocketNumber(context)),
      m_heardMs(context.wheel.nowMs()), m_pingedMs(m_heardMs), m_progressMs(m_heardMs)
{
    m_caller.address = address;
}

Session::~Session()
{
    leaveHub();
}

void Session::leaveHub()
{
    if (std::exchange(m_attached, false))
        m_context.hub.detach(*this);
    if (std::exchange(m_isThere, false))
        m_context.gatekeeper.socketClosed(m_caller, m_socketNumber);
}

// -- what comes in ----------------------------------------------------------------------------------------------

void Session::messageArrived(const QByteArray &message)
{
    if (m_state == State::Closed)
        return;
    const bool isJson = m_transport->format() == WireFormat::Json;
    const Result<QByteArray> cbor = isJson ? jsonToCbor(message) : Result<QByteArray>(message);
    if (!cbor) {
        answer(jsonRequestId(message), cbor.error());
        return;
    }
    qint64 id = 0;
    Result<RequestFrame> request = decodeRequest(*cbor, &id);
    if (request) {
        take(*std::move(request));
    } else if (id > 0 || isJson) {
        // People write JSON by hand: they get an answer even where it cannot be told to what.
        answer(id, request.error());
    } else {
        close(CloseReason::ProtocolError);
    }
}

bool Session::mayServe() const
{
    return m_inFlight < m_context.settings.requestsInFlight &&
           m_transport->bytesWaiting() <= m_context.settings.replyPauseBytes;
}

void Session::take(RequestFrame request)
{
    if (m_draining)
        return; // it is not answered, and the client sends it again where it connects next
    const bool mustWait = m_state == State::Greeting || !mayServe() || m_waiting;
    if (mustWait && !m_taking) {
        if (!m_waiting) {
            m_waiting = std::make_unique<std::deque<RequestFrame>>();
            m_transport->setReading(false);
        }
        m_waiting->push_back(std::move(request));
        return;
    }
    if (request.op == Hello::kInfo.name) {
        startGreeting(request);
        return;
    }
    const Route *route = m_context.router.find(request.op);
    if (!route) {
        answer(request.id, Error::invalid(u"op"_s, u"this server does not know the operation"_s));
        return;
    }
    if (route->info->access == Access::Backend) {
        answer(request.id, Error::denied(u"This operation is for backends, over REST with the admin key."_s));
        return;
    }
    if (route->needsUser() && m_state == State::Fresh) {
        answer(request.id, Error::unauthenticated(u"Say hello first."_s));
        return;
    }
    if (m_state == State::Live) {
        const Result<Done> admitted = m_context.limits.admit(m_caller.userId, *route->info);
        if (!admitted) {
            answer(request.id, admitted.error());
            return;
        }
    }
    ++m_inFlight;
    m_context.tasks.spawn(serve(shared_from_this(), route, request.id, request.params), "request");
}

Task<Done> Session::serve(std::shared_ptr<Session> self, const Route *route, qint64 id, QByteArray params)
{
    const Caller caller = self->m_caller;
    const Stopwatch stopwatch;
    const Result<QByteArray> reply = co_await route->dispatch(caller, params);
    route->stats->record(stopwatch, reply ? nullptr : &reply.error());
    self->answer(id, reply);
    self->requestEnded();
    co_return Done{};
}

void Session::requestEnded()
{
    --m_inFlight;
    takeWaiting();
    if (m_draining && m_inFlight == 0)
        close(CloseReason::Draining);
}

void Session::takeWaiting()
{
    if (m_taking || !m_waiting)
        return;
    m_taking = true; // a request that ends at once comes back here: the loop goes on, not the recursion
    while (!m_waiting->empty() && mayServe() && (m_state == State::Live || m_state == State::Fresh)) {
        RequestFrame request = std::move(m_waiting->front());
        m_waiting->pop_front();
        take(std::move(request));
    }
    m_taking = false;
    if (m_waiting->empty() || m_state == State::Closed) {
        m_waiting.reset();
        m_heardMs = m_context.wheel.nowMs(); // nobody listened meanwhile
        m_transport->setReading(true);
    }
}

// -- hello ------------------------------------------------------------------------------------------------------

void Session::startGreeting(const RequestFrame &request)
{
    Result<Hello> hello = decodeCbor<Hello>(request.params, Strictness::Request);
    if (!hello) {
        answer(request.id, hello.error());
        return;
    }
    m_greeting = std::make_unique<Greeting>();
    m_greeting->again = m_state == State::Live;
    m_greeting->away = hello->away.value_or(false);
    // The reply tells all that was left out before.
    m_greeting->owed = std::exchange(m_missed, false);
    m_lagging = false;
    m_state = State::Greeting;
    m_pingedMs = m_context.wheel.nowMs();
    m_context.wheel.set(*this, m_context.settings.heartbeatMs);
    ++m_inFlight;
    m_context.tasks.spawn(greet(shared_from_this(), request.id, *std::move(hello)), "hello");
}

Task<Done> Session::greet(std::shared_ptr<Session> self, qint64 id, Hello hello)
{
    Gatekeeper &gatekeeper = self->m_context.gatekeeper;
    const QString address = self->m_caller.address;
    const Result<Caller> caller = co_await gatekeeper.authenticate(hello.token, address, kFreshness);
    if (!caller || self->m_state == State::Closed) {
        self->failGreeting(id, caller ? Error() : caller.error());
        co_return Done{};
    }
    if (self->m_attached && caller->sessionId != self->m_caller.sessionId) {
        self->failGreeting(id, Error::conflict(u"token"_s, u"This socket belongs to another session."_s));
        co_return Done{};
    }
    self->m_caller.userId = caller->userId;
    self->m_caller.sessionId = caller->sessionId;
    if (!self->m_attached)
        self->m_context.hub.attach(*self);
    self->m_attached = true;
    // Subscribed first, read second, here and for the conversations. The bus never fails, but it may take its time.
    auto userHeard = self->m_context.hub.subscribed();
    const Result<Done> heard = co_await userHeard;
    Q_UNUSED(heard)
    // The token is looked at again, for it may have been revoked in between.
    const Result<Caller> again = co_await gatekeeper.authenticate(hello.token, address, kFreshness);
    if (!again || self->m_state == State::Closed) {
        self->failGreeting(id, again ? Error() : again.error());
        co_return Done{};
    }
    const UserId userId = caller->userId;
    const Result<QList<Subscription>> subscriptions = co_await gatekeeper.subscriptions(userId);
    if (!subscriptions || self->m_state == State::Closed) {
        self->failGreeting(id, subscriptions ? Error() : subscriptions.error());
        co_return Done{};
    }
    self->m_context.hub.subscribe(userId, *subscriptions, self->m_greeting->changed);
    auto conversationsHeard = self->m_context.hub.subscribed();
    const Result<Done> allHeard = co_await conversationsHeard;
    Q_UNUSED(allHeard)
    const Caller greeted = self->m_caller;
    const Result<HelloReply> reply = co_await gatekeeper.hello(greeted, hello);
    if (!reply || self->m_state == State::Closed) {
        self->failGreeting(id, reply ? Error() : reply.error());
        co_return Done{};
    }
    self->finishGreeting(id, *reply);
    co_return Done{};
}

void Session::failGreeting(qint64 id, const Error &error)
{
    const std::unique_ptr<Greeting> greeting = std::move(m_greeting);
    if (m_state != State::Closed)
        m_context.counters.hello.record(greeting->stopwatch, &error);
    if (m_state != State::Closed && greeting->again) {
        m_state = State::Live;
        answer(id, error);
        greeting->missed = greeting->missed || greeting->owed;
        deliverQueued(*greeting);
    } else if (m_state != State::Closed) {
        leaveHub();
        m_caller = {{}, {}, m_caller.address};
        m_state = State::Fresh;
        m_context.wheel.set(*this, m_context.settings.handshakeMs);
        answer(id, error);
    }
    requestEnded();
}

void Session::finishGreeting(qint64 id, const HelloReply &reply)
{
    const std::unique_ptr<Greeting> greeting = std::move(m_greeting);
    m_context.counters.hello.record(greeting->stopwatch, nullptr);
    m_state = State::Live;
    scheduleRenewal(reply.session.expiresAt);
    beat(m_context.wheel.nowMs());
    HelloReply complete = reply;
    complete.heartbeatMs = m_context.settings.heartbeatMs;
    complete.reconnectSpreadMs = m_context.host.reconnectSpreadMs();
    m_context.hub.noteAccount(m_caller.userId, reply.accountRevision);
    m_isThere = true;
    m_context.gatekeeper.socketOpened(m_caller, m_socketNumber, greeting->away);
    answer(id, encodeCbor(complete));
    deliverQueued(*greeting);
    requestEnded();
}

void Session::deliverQueued(const Greeting &greeting)
{
    for (const OutgoingFrame &event : greeting.events)
        deliver(event);
    if (!greeting.missed)
        return;
    m_missed = true;
    if (m_transport->bytesWaiting() == 0)
        tellMissed();
}

// -- what goes out ----------------------------------------------------------------------------------------------

void Session::deliver(const OutgoingFrame &frame)
{
    const qint64 budget = m_context.settings.eventBudgetBytes;
    if (m_state == State::Greeting) {
        if (!m_greeting->missed && m_greeting->bytes + frame.size() <= budget) {
            m_greeting->events.push_back(frame);
            m_greeting->bytes += frame.size();
        } else if (frame.worth() != Worth::Fleeting) {
            m_greeting->missed = true; // what comes later is left out too: the client asks anew for all
        }
        return;
    }
    if (m_state != State::Live)
        return;
    const qint64 waiting = m_transport->bytesWaiting();
    m_repliesWaiting = std::min(m_repliesWaiting, waiting);
    const qint64 events = waiting - m_repliesWaiting;
    const qint64 bound = frame.worth() == Worth::Kept ? budget : budget / 2;
    // A reader for whom no event waits gets even one that is larger than the budget.
    const bool isOver =
        (events > 0 && events + frame.size() > bound) || waiting + frame.size() > m_context.settings.replyBudgetBytes;
    if (m_lagging || isOver) {
        leaveOut(frame);
        return;
    }
    ++m_context.counters.eventsSent;
    m_transport->send(frame);
}

void Session::leaveOut(const OutgoingFrame &frame)
{
    ++m_context.counters.eventsLeftOut;
    if (frame.worth() == Worth::Fleeting)
        return;
    m_missed = true;
    if (m_lagging || frame.worth() == Worth::Ephemeral)
        return;
    m_lagging = true;
    ++m_context.counters.laggards;
    m_laggingMs = m_progressMs = m_context.wheel.nowMs();
    m_takenBytes = m_transport->bytesTaken();
    m_context.wheel.set(*this, m_context.settings.slowReaderMs / 2);
}

void Session::tellMissed()
{
    m_missed = m_lagging = false;
    SyncHint hint;
    hint.missed = true;
    m_transport->send(OutgoingFrame(encodeEvent(hint)));
}

void Session::drained()
{
    m_repliesWaiting = 0;
    m_progressMs = m_context.wheel.nowMs();
    if (m_state == State::Live && m_missed)
        tellMissed();
    takeWaiting();
}

void Session::answer(qint64 id, const Result<QByteArray> &reply)
{
    if (m_state == State::Closed)
        return;
    const OutgoingFrame frame(reply ? encodeResult(id, *reply) : encodeError(id, reply.error()));
    m_repliesWaiting = std::min(m_repliesWaiting, m_transport->bytesWaiting());
    m_repliesWaiting += frame.webSocketBytes(m_transport->format()).size();
    m_transport->send(frame);
    if (m_transport->bytesWaiting() > m_context.settings.replyBudgetBytes)
        close(CloseReason::SlowReader);
}

void Session::membershipChanged(const ConversationId &conversationId)
{
    if (m_greeting)
        m_greeting->changed.insert(conversationId);
}

// -- its end ----------------------------------------------------------------------------------------------------

void Session::due(qint64 nowMs)
{
    switch (m_state) {
    case State::Fresh:
        close(CloseReason::HandshakeTimeout);
        return;
    case State::Greeting:
    case State::Live:
        beat(nowMs);
        return;
    case State::Closed:
        m_transport->abort();
        return;
    }
}

void Session::beat(qint64 nowMs)
{
    const GatewaySettings &settings = m_context.settings;
    if (m_waiting)
        m_heardMs = nowMs; // we do not listen at present, so silence says nothing
    if (isStuck(nowMs)) {
        close(CloseReason::SlowReader);
        return;
    }
    if (nowMs - m_heardMs >= settings.deadPeerMs) {
        close(CloseReason::PeerSilent);
        return;
    }
    if (nowMs - m_pingedMs >= settings.heartbeatMs) {
        m_pingedMs = nowMs;
        m_transport->ping();
    }
    if (m_state == State::Live && nowMs >= m_renewalMs && !m_renewing) {
        m_renewing = true;
        m_context.tasks.spawn(renew(shared_from_this()), "renewing a session");
    }
    qint64 next = std::min(m_pingedMs + settings.heartbeatMs, m_heardMs + settings.deadPeerMs);
    if (m_state == State::Live && !m_renewing)
        next = std::min(next, m_renewalMs);
    if (m_transport->bytesWaiting() > 0)
        next = std::min(next, nowMs + settings.slowReaderMs / 2);
    m_context.wheel.set(*this, next - nowMs);
}

/// Whether the peer takes nothing of what waits for it, or has been behind for too long.
bool Session::isStuck(qint64 nowMs)
{
    const qint64 taken = std::exchange(m_takenBytes, m_transport->bytesTaken());
    if (m_transport->bytesWaiting() == 0) {
        m_progressMs = nowMs;
        return false;
    }
    if (m_takenBytes != taken)
        m_heardMs = m_progressMs = nowMs; // it reads, so it lives
    return nowMs - m_progressMs >= m_context.settings.slowReaderMs ||
           (m_lagging && nowMs - m_laggingMs >= m_context.settings.lagMs);
}

// -- the session's lease ----------------------------------------------------------------------------------------

/// Well before the session ends; where it cannot be prolonged, each look comes closer to its end, and the last at it.
void Session::scheduleRenewal(qint64 expiresAt)
{
    constexpr qint64 kAtEndMs = 2000;
    qint64 wait = m_context.settings.renewMs;
    if (expiresAt > 0) {
        const qint64 left = std::max<qint64>(expiresAt - m_context.clock.utcMs(), 0);
        wait = std::min(wait, left > kAtEndMs ? left / 2 : left);
    }
    m_renewalMs = m_context.wheel.nowMs() + wait;
}

Task<Done> Session::renew(std::shared_ptr<Session> self)
{
    const Caller caller = self->m_caller;
    const Result<qint64> expiresAt = co_await self->m_context.gatekeeper.renew(caller);
    self->m_renewing = false;
    if (self->m_state != State::Live)
        co_return Done{};
    if (!expiresAt && expiresAt.error().kind() == ErrorKind::SessionOver) {
        self->close(CloseReason::SessionExpired);
        co_return Done{};
    }
    // A store that is away for a moment ends no session.
    self->scheduleRenewal(expiresAt ? *expiresAt : self->m_context.clock.utcMs() + kRetryRenewalMs);
    self->beat(self->m_context.wheel.nowMs());
    co_return Done{};
}

void Session::close(CloseReason reason)
{
    if (m_state == State::Closed)
        return;
    noteEnd(static_cast<int>(reason));
    m_state = State::Closed;
    qCDebug(lcGateway, "A socket closes: %s", closeReasonName(reason));
    const bool isSpread = reason == CloseReason::Draining;
    m_transport->close(reason, isSpread ? m_context.host.reconnectSpreadMs() : 0);
    m_transport->setReading(true);
    m_context.wheel.set(*this, m_context.settings.closingMs);
}

/// Counts why the socket ends, once.
void Session::noteEnd(int reason)
{
    if (m_state != State::Closed)
        ++m_context.counters.ended[reason];
}

void Session::transportClosing()
{
    noteEnd(GatewayCounters::ByPeer);
    m_state = State::Closed;
    m_context.wheel.set(*this, m_context.settings.closingMs);
}

void Session::transportEnded()
{
    noteEnd(GatewayCounters::Lost);
    m_state = State::Closed;
    m_context.wheel.clear(*this);
    leaveHub();
    m_place = {};
    m_context.host.release(this);
}

void Session::drain()
{
    m_draining = true;
    if (m_inFlight == 0)
        close(CloseReason::Draining);
}

void Session::cut()
{
    noteEnd(GatewayCounters::Cut);
    m_state = State::Closed;
    m_transport->abort();
}

} // namespace confab::server
