// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/local/LocalBus.h"
#include "server/backends/bus/redis/RedisLink.h"
#include "server/runtime/Async.h"

#include <QtCore/QSet>

namespace confab::server {

/// The bus between nodes: what the shards of one process tell each other goes directly, as without Redis; what other
/// nodes are to hear goes through one link of the process, on a thread of its own.
///
/// Between two nodes it is as lossy as Redis' publishing: what is published while the link of either is down does not
/// come, and the restored handler says so afterwards.
class RedisBus
{
public:
    /// \a node is what other nodes know this one by.
    explicit RedisBus(const RedisUrl &url, const RedisTimings &timings = {}, const QUuid &node = QUuid::createUuid());
    /// After all shards that have endpoints.
    ~RedisBus();
    Q_DISABLE_COPY_MOVE(RedisBus)

    /// Makes an endpoint that belongs to the calling thread: it is used and destroyed there.
    std::unique_ptr<Bus> makeEndpoint();

    /// Runs a command; `unavailable` where Redis is away or has not answered after \a patienceMs, also when it does so
    /// later. An error that Redis answers is a reply. Thread-safe.
    Completion<RedisReply> ask(const QList<QByteArray> &words, int patienceMs);
    /// Which of these nodes are on the same Redis and listen. An error where that cannot be known.
    Task<QSet<QUuid>> present(QList<QUuid> nodes);

    LocalBus::Traffic traffic() const;     ///< Inside of this process. Thread-safe.
    const RedisCounters &counters() const; ///< Of the link. Thread-safe.

private:
    class Node;
    class Endpoint;

    std::shared_ptr<Node> m_node;
};

} // namespace confab::server
