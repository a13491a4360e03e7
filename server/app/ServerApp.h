// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/ExitCode.h"
#include "server/app/nodes/NodeLease.h"
#include "server/runtime/config/Configuration.h"
#include "server/services/auth/FloodLimits.h"
#include "server/services/auth/PasswordHasher.h"
#include "server/services/presence/PresenceTimings.h"
#include "shared/core/Result.h"

#include <memory>
#include <optional>

namespace confab::server {

class Bus;
struct GatewaySettings;

/// The whole server in a process: chooses the backends by the configuration, owns them, and runs the shards.
///
/// All calls belong to one thread, which needs a QCoreApplication. Several servers fit into one process.
class ServerApp
{
public:
    /// What the configuration does not say, for tests: cheaper hashes, no limits on sign-ins, other times.
    struct Tuning
    {
        std::optional<PasswordHasher::Cost> hashCost;
        std::optional<FloodLimits::Options> floods;
        NodeTimings nodes;
        std::function<void(GatewaySettings &)> gateway;
        std::optional<PresenceTimings> presence;
        std::function<std::unique_ptr<Bus>(std::unique_ptr<Bus>)> bus; ///< Puts something around each shard's endpoint.
    };

    explicit ServerApp(const Configuration &configuration, Tuning tuning = {});

    /// Stops if nobody did.
    ~ServerApp();
    Q_DISABLE_COPY_MOVE(ServerApp)

    /// Opens the store and serves; returns the port. On failure nothing runs, and failure() says which kind it was.
    Result<quint16> start();
    ExitCode failure() const { return m_failure; }

    /// Stops accepting, tells sockets to come back elsewhere, finishes requests in hand and closes the store. Blocks,
    /// for 15 s at most. start() may follow.
    void stop();

    int shardCount() const;

    /// Connections of all shards at this moment.
    int connectionCount() const;

private:
    struct Backends;
    class Running;

    GatewaySettings gatewaySettings(int shards) const;
    Result<std::unique_ptr<Backends>> openBackends();

    const Configuration m_configuration;
    const Tuning m_tuning;
    ExitCode m_failure = ExitCode::Internal;
    std::unique_ptr<Running> m_running;
};

} // namespace confab::server
