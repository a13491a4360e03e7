// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresTally.h"

#include <numeric>

namespace confab::server {

namespace {

constexpr MetricName kConnections{"confab_postgres_connections", "Connections to PostgreSQL, by what they are for."};
constexpr MetricName kBusy{"confab_postgres_connections_busy", "Those with something under way."};
constexpr MetricName kConnects{"confab_postgres_connects_total", "Connections made."};
constexpr MetricName kLosses{"confab_postgres_connections_lost_total", "Connections that ended by themselves."};
constexpr MetricName kFailures{"confab_postgres_failed_transactions_total",
                               "Transactions that failed as a whole, most of which are tried again, by the reason."};

} // namespace

void LaneStanding::add(const PostgresLane &lane, bool isBusy)
{
    connections += lane.connection() ? 1 : 0;
    busy += isBusy ? 1 : 0;
    connects += lane.connects();
    losses += lane.losses();
}

void LaneStanding::measure(MetricsPage &page, const char *use) const
{
    page.gauge(kConnections, connections, {{"use", use}});
    page.gauge(kBusy, busy, {{"use", use}});
    page.counter(kConnects, static_cast<double>(connects), {{"use", use}});
    page.counter(kLosses, static_cast<double>(losses), {{"use", use}});
}

void PostgresTally::committed(std::size_t pieces, qint64 nanoseconds)
{
    ++m_commits;
    m_pieces += static_cast<qint64>(pieces);
    m_durations.record(nanoseconds);
    m_sizes.record(static_cast<qint64>(pieces));
}

void PostgresTally::failed(const PostgresReply &fault)
{
    ++m_failures.at(reasonOf(fault));
}

PostgresTally::Reason PostgresTally::reasonOf(const PostgresReply &fault)
{
    if (fault.kind == PostgresReply::Kind::Lost)
        return Connection;
    if (fault.sqlState == "40P01")
        return Deadlock;
    if (fault.sqlState == "40001")
        return Serialization;
    if (fault.sqlState == "55P03")
        return LockTimeout;
    return fault.sqlState == "25006" ? ReadOnly : Other;
}

void PostgresTally::measure(MetricsPage &page) const
{
    constexpr std::array<const char *, ReasonCount> kNames{"deadlock",  "serialization", "lock_timeout",
                                                           "read_only", "connection",    "other"};
    page.counter(store_metrics::kCommits, static_cast<double>(m_commits));
    page.counter(store_metrics::kWrites, static_cast<double>(m_pieces));
    page.counter(store_metrics::kUndone,
                 static_cast<double>(std::accumulate(m_failures.begin(), m_failures.end(), qint64(0))));
    page.histogram(store_metrics::kCommitDuration, m_durations);
    page.histogram(store_metrics::kGroupSize, m_sizes);
    for (std::size_t reason = 0; reason < ReasonCount; ++reason)
        page.counter(kFailures, static_cast<double>(m_failures.at(reason)), {{"reason", kNames.at(reason)}});
}

} // namespace confab::server
