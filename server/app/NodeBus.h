// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/redis/RedisBus.h"
#include "server/runtime/config/Configuration.h"

#include <QtCore/QUuid>

#include <optional>

namespace confab::server {

/// The bus that the configuration names: inside of this process, or between nodes through Redis. Thread-safe.
class NodeBus
{
public:
    /// The error names the key.
    static Result<std::unique_ptr<NodeBus>> open(const Configuration &configuration);
    /// What open() would say, without opening anything.
    static Result<Done> check(const Configuration &configuration);

    /// An endpoint of the calling shard.
    std::unique_ptr<Bus> makeEndpoint();

    LocalBus::Traffic traffic() const;
    /// What other nodes know this one by, on the bus and in the database.
    const QUuid &node() const { return m_node; }
    RedisBus *redisBus() { return m_redis ? &*m_redis : nullptr; }                          ///< Null: no Redis.
    const RedisCounters *redis() const { return m_redis ? &m_redis->counters() : nullptr; } ///< Null: no Redis.

    /// Where its Redis is, without the password; empty: it has none.
    static QString placeOf(const Configuration &configuration);
    /// What people read of it.
    static QString describe(const Configuration &configuration);

private:
    NodeBus() = default;

    const QUuid m_node = QUuid::createUuid();
    LocalBus m_local;
    std::optional<RedisBus> m_redis;
};

} // namespace confab::server
