// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/nodes/NodeTable.h"
#include "server/backends/database/OpenFailure.h"

#include <functional>
#include <memory>

namespace confab::server {

class MetricsPage;
class RedisBus;

/// How long a node's word holds, in milliseconds.
struct NodeTimings
{
    int leaseMs = 15'000; ///< A crashed node is gone after it.
    int renewMs = 3000;
    int lookMs = 500;      ///< Between two looks at what changed: at a lease that may end, at the own Redis.
    int bondMs = 3000;     ///< How long a node that starts waits for its Redis, to see who is there.
    int meetMs = 12'000;   ///< And for nodes that should be there, which notice a lost Redis within 8 s.
    int unheardMs = 5000;  ///< Between two calls of the unheard handler.
    int patienceMs = 5000; ///< With a database that is away.
};

/// This process's place among the nodes that serve one PostgreSQL: a row that it keeps, on a thread and a connection of
/// its own, and what others say in theirs.
class NodeLease
{
public:
    struct Options
    {
        QByteArray conninfo;
        QString version;
        QUuid id;                  ///< The same by which \a redis is known.
        QString bus;               ///< The Redis in words; empty: none.
        RedisBus *redis = nullptr; ///< Outlives the lease. Null: the bus is inside of this process.
        NodeTimings timings;
    };

    /// Enters the process among the nodes, which blocks. Null with \a failure where one serves the database with which
    /// this one would not be one server, or where the database does not answer. One that is silent is waited for until
    /// its lease ends, and a predecessor on this machine that has ended is not waited for.
    static std::unique_ptr<NodeLease> take(const Options &options, OpenFailure *failure);

    /// Gives it back, so that another node may begin at once.
    ~NodeLease();
    Q_DISABLE_COPY_MOVE(NodeLease)

    /// Calls \a handler every few seconds, on another thread, while what some node publishes does not come here. It is
    /// not running any more when another one, or none, was set. Thread-safe.
    void setUnheardHandler(std::function<void()> handler);

    /// What all nodes of the store know and nobody else.
    const QByteArray &secret() const { return m_secret; }
    /// The other nodes as they were at the last renewal. Thread-safe.
    QList<Node> others() const;
    void measure(MetricsPage &page) const; ///< Thread-safe.

private:
    class Worker;

    explicit NodeLease(std::unique_ptr<Worker> worker);

    const std::unique_ptr<Worker> m_worker;
    QByteArray m_secret;
};

} // namespace confab::server
