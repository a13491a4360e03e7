// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/nodes/NodeLease.h"
#include "server/backends/database/postgres/PostgresDatabase.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QSet>
#include <QtCore/QTimer>

#include <mutex>

namespace confab::server {

/// What any thread may know of the nodes.
struct NodeView
{
    std::mutex mutex; ///< Guards all that follows.
    QList<Node> others;
    int unheardCount = 0;
    QDeadlineTimer leaseEnds{0};
    std::function<void()> unheard;
};

/// Enters a node into the table, renews its lease and judges who of the others is not heard. Lives on one thread.
///
/// A lease that ended because the database was away is begun anew when it is back; the node serves on meanwhile, as
/// ending it would take people's connections for nothing that is lost: what two nodes that do not hear each other tell
/// their people late, the comparison with the database brings.
class NodeKeeper
{
public:
    NodeKeeper(const NodeLease::Options &options, NodeView &view);
    ~NodeKeeper();
    Q_DISABLE_COPY_MOVE(NodeKeeper)

    struct Entry
    {
        bool isIn = false;
        OpenFailure::Reason reason = OpenFailure::Reason::Unreachable;
        QString refusal;        ///< Where it is not.
        QByteArray secret = {}; ///< Where it is.
    };

    /// Ends when the node is in, or may not be; then it renews by itself. Never an error.
    Task<Entry> enter();
    Task<Entry> leave();

private:
    Task<Entry> claim();
    Task<QList<Node>> forgetEnded(QList<Node> nodes);
    std::optional<Node> firstRenewed(const QList<Node> &nodes);
    Task<std::optional<Node>> blocking(QList<Node> inTheWay);
    Task<Entry> meet(Entry in);
    Task<Done> renew();
    Task<QList<Node>> absent();
    Task<Done> pause(int milliseconds);

    void look();
    void see(const QList<Node> &others, const QDeadlineTimer &leaseEnds);
    void judge(const QList<Node> &absent);
    void report(const Node &unheard) const;
    void tellUnheard(const QList<Node> &unheard);
    bool hasBus() const;
    Entry refused(const Node &by, const QString &advice) const;

    const NodeLease::Options m_options;
    NodeView &m_view;
    Node m_self;
    TaskScope m_tasks;
    PostgresDatabase m_database;
    QTimer m_lookTimer;
    QDeadlineTimer m_nextRenewal{0};
    QDeadlineTimer m_nextTelling{0};
    QHash<QUuid, qint64> m_leases; ///< Of those that are in the way, as first seen.
    QList<Node> m_others;
    QHash<QUuid, qint64> m_absent; ///< Leases of those not found on this node's Redis at the last renewal.
    QSet<QUuid> m_unheard;
    bool m_isRenewing = false;
    bool m_isDatabaseAway = false; ///< At the last renewal.
    bool m_isStopped = false;
};

} // namespace confab::server
