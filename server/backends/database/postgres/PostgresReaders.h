// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/postgres/PostgresTally.h"
#include "server/backends/database/postgres/WaitingLine.h"

#include <QtCore/QDeadlineTimer>

#include <deque>
#include <vector>

namespace confab::server {

/// Reads over a few read-only connections, many at a time in the pipeline of each.
///
/// A read whose connection is lost is read again on another; one that waits for longer than the patience is
/// `unavailable`. Belongs to one thread.
class PostgresReaders
{
public:
    PostgresReaders(const PostgresLane::Options &options, int lanes, int patienceMs, SerialExecutor &connector,
                    TaskScope &tasks);
    Q_DISABLE_COPY_MOVE(PostgresReaders)

    Task<Rows> query(Statement statement);
    void stop();

    void measure(MetricsPage &page) const;

private:
    struct Waiter
    {
        Completer<Done> completer;
        QDeadlineTimer deadline;
    };

    /// The connection with the shortest queue; null where there is none.
    PostgresConnection *connection() const;
    /// Ends when there may be a connection, or as `unavailable` when the patience has.
    Completion<Done> connected();
    void changed();

    Task<Rows> read(Statement statement);

    bool m_stopped = false;
    quint64 m_answered = 0;
    int m_underWay = 0;
    std::vector<std::unique_ptr<PostgresLane>> m_lanes;
    WaitingLine<Waiter> m_waiting;
};

} // namespace confab::server
