// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/StoreMetrics.h"
#include "server/backends/database/postgres/PostgresConnection.h"
#include "server/backends/database/postgres/PostgresLane.h"

#include <array>

namespace confab::server {

/// How a set of a shard's connections stands.
struct LaneStanding
{
    int connections = 0; ///< That there are now.
    int busy = 0;        ///< Those with something under way.
    quint64 connects = 0;
    quint64 losses = 0;

    void add(const PostgresLane &lane, bool isBusy);
    /// \a use: what the connections are for.
    void measure(MetricsPage &page, const char *use) const;
};

/// What became of the transactions of one kind. Belongs to one thread, on which it is measured as well.
class PostgresTally
{
public:
    /// A transaction of so many pieces of work, whose commit took so long.
    void committed(std::size_t pieces, qint64 nanoseconds);
    /// A transaction that came to nothing by this, or of which nobody knows what it came to (Lost).
    void failed(const PostgresReply &fault);

    qint64 commits() const { return m_commits; }

    void measure(MetricsPage &page) const;

private:
    enum Reason { Deadlock, Serialization, LockTimeout, ReadOnly, Connection, Other, ReasonCount };
    static Reason reasonOf(const PostgresReply &fault);

    qint64 m_commits = 0;
    qint64 m_pieces = 0;
    std::array<qint64, ReasonCount> m_failures{};
    Distribution m_durations{Distribution::durationBounds(), Distribution::kNanosecondsPerSecond};
    Distribution m_sizes{store_metrics::kGroupSizes, 1};
};

} // namespace confab::server
