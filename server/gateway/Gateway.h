// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/http/HttpSession.h"
#include "server/gateway/hub/Healer.h"
#include "server/gateway/net/Listener.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace confab::server {

/// The gateway of one shard: its listener, its hub and its connections. Lives on the shard's thread.
class Gateway final : private ConnectionHost
{
public:
    /// All references outlive the gateway. Without \a metrics there is no /metrics.
    Gateway(const GatewaySettings &settings, const Router &router, Gatekeeper &gatekeeper, Bus &bus, const Clock &clock,
            NodeLimits &limits, const Metrics *metrics = nullptr);

    /// Cuts what is left and lets the tasks end.
    ~Gateway() override;

    /// Accepts on a listening socket, taking over its descriptor.
    void listen(int descriptor);

    /// Serves a connected descriptor.
    void serve(int descriptor, const QHostAddress &peer);

    /// Serves a socket that is open already, whatever carries it.
    void serve(std::unique_ptr<Transport> transport, const QString &address);

    /// /readyz says no from now on; everything else goes on.
    void setDraining() { m_rest.setDraining(); }

    /// Tells sockets to come back within a spread time and to say hello anew, as the store may have forgotten what
    /// their clients hold.
    void sendSocketsBack();

    /// Says no at /readyz, waits for balancers to notice, takes who connected meanwhile, stops listening, tells sockets
    /// to come back within a spread time and finishes what is in hand. Ends when no connection is left, or after the
    /// draining time with those that did not end cut.
    Task<Done> drain();

    int connectionCount() const { return static_cast<int>(m_connections.size()); }

    /// What waits for all peers together to read.
    qint64 bytesWaiting() const;

    /// Tells what this shard counts. On the shard's thread, as everything.
    void measure(MetricsPage &page) const;
    Hub &hub() { return m_hub; }
    Healer &healer() { return m_healer; }
    DeadlineWheel &wheel() { return m_wheel; }

private:
    void adopt(std::shared_ptr<Connection> connection) override;
    void release(Connection *connection) override;
    qint64 reconnectSpreadMs() const override;
    Task<Done> waitFor(qint64 milliseconds);
    void drainAll();
    void cutAll();

    const GatewaySettings m_settings;
    Bus &m_bus;
    DeadlineWheel m_wheel;
    Hub m_hub;
    RestService m_rest;
    GatewayCounters m_counters;
    std::unordered_map<Connection *, std::shared_ptr<Connection>> m_connections;
    std::vector<std::shared_ptr<Connection>> m_released; // let go at the next turn of the event loop
    std::vector<Completer<Done>> m_emptyWaiters;
    int m_peakConnections = 0;
    QObject m_later; // context of what is done at the next turn
    const SessionContext m_context;
    Healer m_healer;
    TaskScope m_tasks; // ends before what tasks use
    std::vector<std::unique_ptr<Listener>> m_listeners;
};

} // namespace confab::server
