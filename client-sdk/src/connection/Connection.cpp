// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/Connection.h"

#include "client-sdk/src/engine/Log.h"
#include "shared/protocol/Frames.h"

#include <algorithm>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

// A server may ask for more signs of life, but not for a flood of them.
constexpr qint64 kShortestHeartbeatMs = 1'000;

} // namespace

Connection::Connection(TransportFactory makeTransport, const Clock &clock, const ConnectionTimings &timings,
                       std::function<double()> random, QObject *parent)
    : QObject(parent), m_makeTransport(std::move(makeTransport)), m_clock(clock), m_timings(timings),
      m_random(std::move(random)), m_backoff(timings.backoffBaseMs, timings.backoffMaxMs)
{
    for (QTimer *timer : {&m_retry, &m_handshake, &m_silence, &m_pong}) {
        timer->setParent(this);
        timer->setSingleShot(true);
    }
    m_watch.setParent(this);
    connect(&m_retry, &QTimer::timeout, this, &Connection::attempt);
    connect(&m_handshake, &QTimer::timeout, this, [this] { ended(0, u"no answer in time"_s); });
    connect(&m_silence, &QTimer::timeout, this, &Connection::askForLife);
    connect(&m_pong, &QTimer::timeout, this,
            [this] { ended(static_cast<int>(CloseReason::PeerSilent), u"no sign of life"_s); });
    connect(&m_watch, &QTimer::timeout, this, &Connection::watchClocks);
}

Connection::~Connection()
{
    dropTransport();
}

void Connection::start(const QUrl &url)
{
    stop();
    m_url = url;
    m_wanted = true;
    m_resting = false;
    m_superseded = 0;
    m_lossSpreadMs = 0;
    m_backoff.reset();
    m_lastUtcMs = m_clock.utcMs();
    m_lastMonotonicMs = m_clock.monotonicMs();
    m_watch.start(static_cast<int>(m_timings.watchMs));
    attempt();
}

void Connection::stop()
{
    m_wanted = false;
    m_resting = false;
    m_retry.stop();
    m_watch.stop();
    if (m_transport && m_open)
        m_transport->close();
    dropTransport();
    failCalls(Error::unavailable(u"Not connected."_s));
}

void Connection::established(qint64 heartbeatMs)
{
    m_handshake.stop();
    m_established = true;
    m_heartbeatMs = heartbeatMs > 0 ? std::max(heartbeatMs, kShortestHeartbeatMs) : 0;
    m_establishedMs = m_clock.monotonicMs();
    m_lossSpreadMs = 0;
    m_backoff.reset();
    signOfLife();
}

void Connection::giveUpAttempt(const QString &why, qint64 afterMs)
{
    if (m_transport)
        ended(0, why, afterMs);
}

void Connection::probe()
{
    if (!m_wanted)
        return;
    if (m_retry.isActive() || m_resting) {
        m_retry.stop();
        m_superseded = 0; // a person wants it here
        attempt();
    } else if (m_established && !m_pong.isActive()) {
        askForLife();
    }
}

void Connection::reconnectNow()
{
    if (!m_wanted)
        return;
    m_retry.stop();
    const bool hadTransport = m_transport != nullptr;
    dropTransport();
    failCalls(Error::unavailable(u"The connection was renewed."_s));
    m_backoff.reset();
    if (hadTransport)
        Q_EMIT lost(CloseReason::PeerSilent, u"renewed"_s, 0);
    if (m_wanted)
        attempt();
}

void Connection::callRaw(const char *op, const QByteArray &params, RawCallback callback)
{
    if (!m_open) {
        QMetaObject::invokeMethod(
            this, [callback = std::move(callback)] { callback(Error::unavailable(u"Not connected."_s)); },
            Qt::QueuedConnection);
        return;
    }
    const qint64 id = m_nextId++;
    const QByteArray frame = encodeRequest(id, op, params);
    if (m_frameBytes > 0 && frame.size() > m_frameBytes) {
        const Error error = Error::tooLarge({}, u"The server takes %1 bytes at once at most."_s.arg(m_frameBytes));
        QMetaObject::invokeMethod(
            this, [callback = std::move(callback), error] { callback(error); }, Qt::QueuedConnection);
        return;
    }
    m_calls.insert(id, {std::move(callback), m_clock.monotonicMs() + m_timings.callMs});
    m_transport->send(frame);
    // What is sent into a dead socket must not wait for the next routine look.
    if (m_established && m_silence.isActive() && pingAfterMs() - m_silence.remainingTime() > m_timings.freshMs)
        askForLife();
}

void Connection::attempt()
{
    dropTransport();
    m_resting = false;
    m_transport = m_makeTransport();
    connect(m_transport.get(), &Transport::opened, this, [this] {
        m_open = true;
        m_handshake.start(static_cast<int>(m_timings.helloMs));
        Q_EMIT opened();
    });
    connect(m_transport.get(), &Transport::received, this, &Connection::frameReceived);
    connect(m_transport.get(), &Transport::alive, this, &Connection::signOfLife);
    connect(m_transport.get(), &Transport::closed, this,
            [this](int closeCode, const QString &reason) { ended(closeCode, reason); });
    m_handshake.start(static_cast<int>(m_timings.handshakeMs));
    m_transport->open(m_url);
}

void Connection::dropTransport()
{
    m_open = m_established = false;
    m_heartbeatMs = 0;
    for (QTimer *timer : {&m_handshake, &m_silence, &m_pong})
        timer->stop();
    if (!m_transport)
        return;
    // May be called from one of its own signals.
    Transport *transport = m_transport.release();
    transport->disconnect(this);
    transport->deleteLater();
}

void Connection::ended(int closeCode, const QString &why, qint64 atLeastMs)
{
    const auto reason = static_cast<CloseReason>(closeCode);
    qCInfo(lcConnection) << "attempt ended:" << closeCode << why;
    const std::optional<qint64> retryInMs = nextAttemptMs(reason, why, atLeastMs);
    dropTransport();
    if (closeCode != 0 && !mayReconnect(reason)) {
        m_wanted = false;
        m_watch.stop();
        failCalls(Error::unauthenticated(u"The session ended."_s));
        Q_EMIT sessionOver(reason);
        return;
    }
    m_resting = !retryInMs;
    if (retryInMs)
        m_retry.start(static_cast<int>(*retryInMs));
    failCalls(Error::unavailable(u"The connection was lost."_s));
    Q_EMIT lost(reason, why, retryInMs.value_or(-1));
}

/// When to try again after an end; nothing where two programs would take the session from each other for ever.
std::optional<qint64> Connection::nextAttemptMs(CloseReason reason, const QString &why, qint64 atLeastMs)
{
    if (m_established && reason != CloseReason::PeerSilent) {
        // The server went, perhaps for all its clients at once.
        const qint64 named = spreadOfCloseText(why);
        m_lossSpreadMs = named > 0 ? named : m_spreadMs;
    }
    if (reason == CloseReason::Superseded) {
        if (m_established && m_clock.monotonicMs() - m_establishedMs > m_timings.settledMs)
            m_superseded = 0;
        if (++m_superseded > 1)
            return std::nullopt;
        atLeastMs = std::max(atLeastMs, m_timings.supersededMs);
    }
    return m_backoff.nextMs(m_random(), atLeastMs, m_lossSpreadMs);
}

void Connection::frameReceived(const QByteArray &frame)
{
    signOfLife();
    Result<ServerFrame> decoded = decodeServerFrame(frame);
    if (!decoded) {
        qCWarning(lcConnection) << "frame dropped:" << decoded.error().message;
        return;
    }
    if (decoded->id == 0) {
        Q_EMIT eventReceived(decoded->event, decoded->body);
        return;
    }
    const auto call = m_calls.find(decoded->id);
    if (call == m_calls.end())
        return;
    const RawCallback callback = std::move(call->callback);
    m_calls.erase(call);
    if (decoded->error)
        callback(*decoded->error);
    else
        callback(decoded->body);
}

qint64 Connection::pingAfterMs() const
{
    return m_heartbeatMs > 0 ? std::min(m_timings.pingAfterMs, m_heartbeatMs) : m_timings.pingAfterMs;
}

qint64 Connection::pongWithinMs() const
{
    return m_heartbeatMs > 0 ? std::min(m_timings.pongWithinMs, m_heartbeatMs / 2) : m_timings.pongWithinMs;
}

void Connection::signOfLife()
{
    m_pong.stop();
    // Before, a sign of life would wait behind the hello's answer, which has a bound of its own.
    if (m_established)
        m_silence.start(static_cast<int>(pingAfterMs()));
}

void Connection::askForLife()
{
    if (!m_open)
        return;
    m_silence.stop();
    m_pong.start(static_cast<int>(pongWithinMs()));
    m_transport->ping();
}

// Either clock may be the one that shows a sleep: the monotonic one of Linux stands still in suspend, and both run on
// while the process is stopped.
void Connection::watchClocks()
{
    const qint64 utcMs = m_clock.utcMs();
    const qint64 monotonicMs = m_clock.monotonicMs();
    const qint64 utcDelta = utcMs - std::exchange(m_lastUtcMs, utcMs);
    const qint64 monotonicDelta = monotonicMs - std::exchange(m_lastMonotonicMs, monotonicMs);
    if (qMax(utcDelta, monotonicDelta) > m_timings.watchMs + m_timings.jumpMs || utcDelta < -m_timings.jumpMs) {
        qCInfo(lcConnection) << "the clock jumped by" << utcDelta << "ms: renewing the connection";
        reconnectNow();
        return;
    }
    expireCalls();
}

void Connection::failCalls(const Error &error)
{
    const QHash<qint64, PendingCall> calls = std::exchange(m_calls, {});
    QList<qint64> ids = calls.keys();
    std::sort(ids.begin(), ids.end());
    for (const qint64 id : ids)
        calls.value(id).callback(error);
}

void Connection::expireCalls()
{
    QList<RawCallback> expired;
    for (auto call = m_calls.begin(); call != m_calls.end();) {
        if (m_clock.monotonicMs() < call->deadline) {
            ++call;
            continue;
        }
        expired.append(std::move(call->callback));
        call = m_calls.erase(call);
    }
    for (const RawCallback &callback : expired)
        callback(Error::unavailable(u"The server did not answer in time."_s));
}

} // namespace confab::client
