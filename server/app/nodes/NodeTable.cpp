// SPDX-License-Identifier: MIT
#include "server/app/nodes/NodeTable.h"

#include "server/backends/database/postgres/PostgresMigrator.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

const QByteArray kTable = PostgresMigrator::kNodeTable;
/// "ConfabN" as the key of the advisory lock under which nodes enter.
const QByteArray kLock = "18981343394357838";
const QByteArray kNow = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
const QByteArray kColumns =
    "id, host, pid, process_space, process_started, version, bus, has_bus, started_at, lease_end";
/// Rows of nodes that crashed are kept for whoever looks what was there, and no longer.
const QByteArray kKept = "3600000";

QList<Value> valuesOf(const Node &node)
{
    return {node.id,      node.process.host, node.process.pid, node.process.space, node.process.started,
            node.version, node.bus,          node.hasBus};
}

Node nodeOf(const Row &row)
{
    Node node;
    node.id = row.at(0).toUuid();
    node.process = {row.at(1).toText(), row.at(2).toInt(), row.at(3).toText(), row.at(4).toInt()};
    node.version = row.at(5).toText();
    node.bus = row.at(6).toText();
    node.hasBus = row.at(7).toBool();
    node.startedAt = row.at(8).toInt();
    node.leaseEnd = row.at(9).toInt();
    return node;
}

Statement othersStatement(const Node &self)
{
    return {"SELECT " + kColumns + " FROM " + kTable + " WHERE id <> ? AND lease_end > " + kNow +
                " ORDER BY started_at, id",
            {self.id},
            {}};
}

QList<Node> nodesOf(const Rows &rows)
{
    QList<Node> nodes;
    for (const Row &row : rows.rows)
        nodes.append(nodeOf(row));
    return nodes;
}

} // namespace

Batch NodeTable::claim(const Node &self, int leaseMs)
{
    // Behind the lock each statement sees what those before it have committed.
    const Statement lock{"SELECT pg_advisory_xact_lock(" + kLock + ")::text", {}, {}};
    const Statement forget{"DELETE FROM " + kTable + " WHERE lease_end < " + kNow + " - " + kKept, {}, {}};
    const QByteArray inTheWay = "SELECT 1 FROM " + kTable + " WHERE lease_end > " + kNow +
                                (self.bus.isEmpty() ? QByteArray() : QByteArray(" AND bus = ''"));
    const Statement enter{"INSERT INTO " + kTable + " (" + kColumns + ") SELECT ?, ?, ?, ?, ?, ?, ?, ?, " + kNow +
                              ", " + kNow + " + " + QByteArray::number(leaseMs) + " WHERE NOT EXISTS (" + inTheWay +
                              ") RETURNING started_at",
                          valuesOf(self),
                          {}};
    const Statement secret{
        QByteArray("SELECT secret FROM ") + PostgresMigrator::kSecretTable + " WHERE id = 1", {}, {}};
    return {lock, forget, enter, othersStatement(self), secret};
}

NodeTable::Claimed NodeTable::claimed(const BatchOutcome &outcome)
{
    Claimed claimed;
    const Rows &entered = outcome.results.at(2);
    claimed.isIn = !entered.isEmpty();
    claimed.startedAt = claimed.isIn ? entered.first().first().toInt() : 0;
    claimed.others = nodesOf(outcome.results.at(3));
    const Rows &secret = outcome.results.at(4);
    claimed.secret = secret.isEmpty() ? QByteArray() : secret.first().first().toText().toUtf8();
    return claimed;
}

Batch NodeTable::renew(const Node &self, int leaseMs)
{
    QList<Value> values = valuesOf(self);
    values.append(self.startedAt);
    // The row is gone where the database went back in time.
    const Statement renew{"INSERT INTO " + kTable + " (" + kColumns + ") SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, " + kNow +
                              " + " + QByteArray::number(leaseMs) +
                              " ON CONFLICT (id) DO UPDATE SET lease_end = EXCLUDED.lease_end, has_bus = "
                              "EXCLUDED.has_bus",
                          values,
                          {}};
    return {renew, othersStatement(self)};
}

QList<Node> NodeTable::others(const BatchOutcome &renewed)
{
    return nodesOf(renewed.results.at(1));
}

Batch NodeTable::remove(const Node &node)
{
    const Statement remove{"DELETE FROM " + kTable + " WHERE id = ? AND lease_end = ?", {node.id, node.leaseEnd}, {}};
    return {remove};
}

Batch NodeTable::leave(const Node &self)
{
    const Statement remove{"DELETE FROM " + kTable + " WHERE id = ?", {self.id}, {}};
    return {remove};
}

} // namespace confab::server
