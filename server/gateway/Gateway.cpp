// SPDX-License-Identifier: MIT
#include "server/gateway/Gateway.h"

#include "server/gateway/net/TcpStream.h"
#include "server/gateway/websocket/Session.h"
#include "server/runtime/Log.h"

#include <QtCore/QTimer>

namespace confab::server {

Gateway::Gateway(const GatewaySettings &settings, const Router &router, Gatekeeper &gatekeeper, Bus &bus,
                 const Clock &clock)
    : m_settings(settings), m_wheel(clock, settings.tickMs), m_hub(bus, gatekeeper),
      m_rest(router, gatekeeper, settings.corsOrigins), m_context{m_settings, router,  gatekeeper, m_hub,
                                                                  m_wheel,    m_tasks, *this,      clock},
      m_tasks(lcGateway())
{
}

Gateway::~Gateway()
{
    m_listeners.clear();
    cutAll();
    // Connections go before the tasks that still hold some of them; both before what they use.
    m_connections.clear();
    m_released.clear();
}

void Gateway::listen(int descriptor)
{
    m_listeners.push_back(std::make_unique<Listener>(
        descriptor, [this](int accepted, const QHostAddress &peer) { serve(accepted, peer); }));
}

void Gateway::serve(int descriptor, const QHostAddress &peer)
{
    adopt(HttpSession::start(m_context, m_rest, std::make_unique<TcpStream>(descriptor), peer));
}

void Gateway::serve(std::unique_ptr<Transport> transport, const QString &address)
{
    adopt(Session::start(m_context, std::move(transport), address, m_wheel.nowMs() + m_settings.handshakeMs));
}

void Gateway::adopt(std::shared_ptr<Connection> connection)
{
    Connection *key = connection.get();
    m_connections.emplace(key, std::move(connection));
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

Task<Done> Gateway::drain()
{
    setDraining();
    m_listeners.clear();
    const auto connections = m_connections; // draining may release some
    for (const auto &[key, connection] : connections)
        connection->drain();
    if (m_connections.empty())
        co_return Done{};
    Completion<Done> empty;
    m_emptyWaiters.push_back(empty.completer());
    QTimer::singleShot(static_cast<int>(m_settings.drainMs), &m_later, [this] { cutAll(); });
    const Result<Done> result = co_await empty;
    co_return result;
}

void Gateway::cutAll()
{
    const auto connections = m_connections;
    for (const auto &[key, connection] : connections)
        connection->cut();
}

} // namespace confab::server
