// SPDX-License-Identifier: MIT
#include "server/gateway/Gateway.h"

#include "server/gateway/net/TcpStream.h"
#include "server/gateway/websocket/Session.h"
#include "server/runtime/Log.h"

#include <QtCore/QTimer>

#include <algorithm>

namespace confab::server {

Gateway::Gateway(const GatewaySettings &settings, const Router &router, Gatekeeper &gatekeeper, Bus &bus,
                 const Clock &clock, NodeLimits &limits, const Metrics *metrics)
    : m_settings(settings), m_bus(bus), m_wheel(clock, settings.tickMs), m_hub(bus, gatekeeper),
      m_rest(router, gatekeeper, bus, settings, limits, metrics), m_context{m_settings, router,    gatekeeper, m_hub,
                                                                            m_wheel,    m_tasks,   *this,      clock,
                                                                            limits,     m_counters},
      m_healer(m_settings, m_hub, gatekeeper, m_tasks), m_tasks(lcGateway())
{
    m_bus.setRestoredHandler([this] { m_healer.compareNow(); });
}

Gateway::~Gateway()
{
    m_bus.setRestoredHandler({});
    m_listeners.clear();
    m_healer.stop();
    cutAll();
    // Connections go before the tasks that still hold some of them; both before what they use.
    m_connections.clear();
    m_released.clear();
}

void Gateway::listen(int descriptor)
{
    m_listeners.push_back(std::make_unique<Listener>(
        descriptor, [this](int accepted, const QHostAddress &peer) { serve(accepted, peer); },
        [this] { ++m_counters.exhaustions; }));
}

void Gateway::serve(int descriptor, const QHostAddress &peer)
{
    ++m_counters.accepted;
    // A proxy's connections are those of many people.
    std::optional<NodeLimits::Place> place = NodeLimits::Place();
    if (!m_settings.trustedProxies.trusts(peer))
        place = m_context.limits.takePlace(peer);
    auto stream = std::make_unique<TcpStream>(descriptor);
    if (place)
        adopt(HttpSession::start(m_context, m_rest, std::move(stream), peer, *std::move(place)));
}

void Gateway::serve(std::unique_ptr<Transport> transport, const QString &address)
{
    ++m_counters.accepted;
    adopt(Session::start(m_context, std::move(transport), address, m_wheel.nowMs() + m_settings.handshakeMs));
}

void Gateway::adopt(std::shared_ptr<Connection> connection)
{
    Connection *key = connection.get();
    m_connections.emplace(key, std::move(connection));
    m_peakConnections = std::max(m_peakConnections, connectionCount());
    if (connectionCount() >= m_settings.maxConnections) {
        for (const std::unique_ptr<Listener> &listener : m_listeners)
            listener->setAccepting(false);
    }
}

void Gateway::release(Connection *connection)
{
    const auto found = m_connections.find(connection);
    if (found == m_connections.end())
        return;
    if (m_released.empty())
        QMetaObject::invokeMethod(
            &m_later, [this] { m_released.clear(); }, Qt::QueuedConnection);
    m_released.push_back(std::move(found->second));
    m_connections.erase(found);
    for (const std::unique_ptr<Listener> &listener : m_listeners)
        listener->setAccepting(true);
    if (m_connections.empty()) {
        for (const Completer<Done> &waiter : std::exchange(m_emptyWaiters, {}))
            waiter.complete(Done{});
    }
}

void Gateway::sendSocketsBack()
{
    const auto connections = m_connections; // some may be released meanwhile
    for (const auto &[key, connection] : connections) {
        if (connection->isSocket())
            connection->drain();
    }
}

Task<Done> Gateway::drain()
{
    setDraining();
    if (m_settings.drainNoticeMs > 0) {
        const Result<Done> noticed = co_await waitFor(m_settings.drainNoticeMs);
        if (!noticed)
            co_return noticed.error();
    }
    m_healer.stop();
    // Closing a listening socket resets whoever waits in its queue.
    for (const std::unique_ptr<Listener> &listener : m_listeners)
        listener->acceptAll();
    m_listeners.clear();
    drainAll();
    if (m_connections.empty())
        co_return Done{};
    Completion<Done> empty;
    m_emptyWaiters.push_back(empty.completer());
    QTimer::singleShot(static_cast<int>(m_settings.drainMs), &m_later, [this] { cutAll(); });
    const Result<Done> result = co_await empty;
    co_return result;
}

Task<Done> Gateway::waitFor(qint64 milliseconds)
{
    Completion<Done> later;
    const Completer<Done> completer = later.completer();
    QTimer::singleShot(static_cast<int>(milliseconds), &m_later, [completer] { completer.complete(Done{}); });
    const Result<Done> done = co_await later;
    co_return done;
}

/// Holds none of them any longer: a drain that waits would keep sessions beyond what they use.
void Gateway::drainAll()
{
    const auto connections = m_connections; // draining may release some
    for (const auto &[key, connection] : connections)
        connection->drain();
}

/// Long enough that all who were ever here come back no faster than the node takes them.
qint64 Gateway::reconnectSpreadMs() const
{
    const qint64 ofNode = qint64(m_peakConnections) * m_settings.shards;
    return std::min(ofNode * 1000 / m_settings.reconnectsPerSecond, m_settings.maxSpreadMs);
}

qint64 Gateway::bytesWaiting() const
{
    qint64 bytes = 0;
    for (const auto &[key, connection] : m_connections)
        bytes += connection->bytesWaiting();
    return bytes;
}

void Gateway::cutAll()
{
    const auto connections = m_connections;
    for (const auto &[key, connection] : connections)
        connection->cut();
}

} // namespace confab::server
