// SPDX-License-Identifier: MIT
#include "server/app/nodes/NodeLease.h"

#include "server/app/nodes/NodeKeeper.h"
#include "server/runtime/Shard.h"
#include "server/runtime/metrics/MetricsPage.h"

#include <latch>

namespace confab::server {

namespace {

constexpr MetricName kNodes{"confab_nodes", "Nodes that serve the database, this one among them."};
constexpr MetricName kUnheard{"confab_nodes_unheard",
                              "Other nodes of which this one learns by comparing alone: one of both has no Redis, or "
                              "another one."};
constexpr MetricName kLeaseHeld{"confab_node_lease_held", "Whether this node's lease in the database lasts."};

} // namespace

/// The thread that the keeper lives on.
class NodeLease::Worker
{
public:
    explicit Worker(const Options &options) : m_thread(-1)
    {
        m_thread.start();
        m_thread.run([&] { m_keeper = std::make_unique<NodeKeeper>(options, m_view); });
    }
    ~Worker()
    {
        m_thread.run([this] { m_keeper.reset(); });
        m_thread.stop();
    }
    Q_DISABLE_COPY_MOVE(Worker)

    /// Has the keeper do one thing and waits for its end.
    NodeKeeper::Entry run(Task<NodeKeeper::Entry> (NodeKeeper::*step)())
    {
        std::latch ended(1);
        NodeKeeper::Entry entry;
        m_thread.run([&] { keep((m_keeper.get()->*step)(), entry, ended); });
        ended.wait();
        return entry;
    }

    NodeView &view() { return m_view; }

private:
    /// Kept by nobody, but never left behind: who asked waits for the latch.
    static QCoro::Task<> keep(Task<NodeKeeper::Entry> task, NodeKeeper::Entry &entry, std::latch &ended)
    {
        const Result<NodeKeeper::Entry> result = co_await task;
        if (result)
            entry = *result;
        ended.count_down();
    }

    NodeView m_view;
    Shard m_thread;
    std::unique_ptr<NodeKeeper> m_keeper; // on m_thread
};

NodeLease::NodeLease(std::unique_ptr<Worker> worker) : m_worker(std::move(worker)) { }

std::unique_ptr<NodeLease> NodeLease::take(const Options &options, OpenFailure *failure)
{
    std::unique_ptr<NodeLease> lease(new NodeLease(std::make_unique<Worker>(options)));
    const NodeKeeper::Entry entry = lease->m_worker->run(&NodeKeeper::enter);
    lease->m_secret = entry.secret;
    if (entry.isIn)
        return lease;
    *failure = {entry.reason, entry.refusal};
    return nullptr;
}

NodeLease::~NodeLease()
{
    setUnheardHandler({});
    m_worker->run(&NodeKeeper::leave);
}

void NodeLease::setUnheardHandler(std::function<void()> handler)
{
    const std::lock_guard lock(m_worker->view().mutex);
    m_worker->view().unheard = std::move(handler);
}

QList<Node> NodeLease::others() const
{
    const std::lock_guard lock(m_worker->view().mutex);
    return m_worker->view().others;
}

void NodeLease::measure(MetricsPage &page) const
{
    NodeView &view = m_worker->view();
    const std::lock_guard lock(view.mutex);
    page.gauge(kNodes, static_cast<double>(view.others.size()) + 1);
    page.gauge(kUnheard, view.unheardCount);
    page.gauge(kLeaseHeld, view.leaseEnds.hasExpired() ? 0 : 1);
}

} // namespace confab::server
