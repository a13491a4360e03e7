// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/nodes/ProcessIdentity.h"
#include "server/backends/database/Database.h"

#include <QtCore/QUuid>

namespace confab::server {

/// A server that runs on the database, as it says of itself.
struct Node
{
    QUuid id;
    ProcessIdentity process;
    QString version;
    QString bus;          ///< The Redis it names; empty: its bus is inside of its process.
    bool hasBus = true;   ///< Its Redis carries what it publishes at the moment.
    qint64 startedAt = 0; ///< UTC milliseconds by the database's clock, and so is leaseEnd.
    qint64 leaseEnd = 0;

    /// Whether both can serve one database at a time.
    bool suits(const Node &other) const { return !bus.isEmpty() && !other.bus.isEmpty(); }
};

/// The table in which nodes say that they run: each keeps a row whose lease it renews, by the database's clock. What
/// is here are the batches, and what their outcomes say.
class NodeTable
{
public:
    struct Claimed
    {
        bool isIn = false;
        qint64 startedAt = 0; ///< Of what was claimed.
        QList<Node> others;   ///< Whose leases last, the oldest first.
        QByteArray secret;    ///< Of all nodes of the store.
    };

    /// Enters \a self unless a node is there that does not suit it. Of two at a time the second one finds the first.
    static Batch claim(const Node &self, int leaseMs);
    static Claimed claimed(const BatchOutcome &outcome);

    /// Goes on with the lease, whether it lasts or has ended meanwhile.
    static Batch renew(const Node &self, int leaseMs);
    static QList<Node> others(const BatchOutcome &renewed);

    /// Takes it out unless its lease was renewed since.
    static Batch remove(const Node &node);
    static Batch leave(const Node &self);
};

} // namespace confab::server
