// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/metrics/MetricsPage.h"

namespace confab::server::store_metrics {

// What every engine tells of itself, in its own sense of it.

inline constexpr MetricName kCommits{"confab_database_commits_total", "Transactions committed."};
inline constexpr MetricName kUndone{"confab_database_rollbacks_total",
                                    "Transactions that failed as a whole: a full disk, a lost connection, a deadlock."};
inline constexpr MetricName kWrites{"confab_database_writes_total",
                                    "Pieces of work committed, many in one transaction."};
inline constexpr MetricName kMessages{"confab_messages_stored_total", "New messages committed."};
inline constexpr MetricName kCommitDuration{"confab_database_commit_duration_seconds",
                                            "How long a commit took, which waits for the disk."};
inline constexpr MetricName kGroupSize{"confab_database_commit_writes", "Pieces of work in one transaction."};
inline constexpr MetricName kWritesWaiting{"confab_database_writes_waiting",
                                           "Pieces of work that wait for the writer or a connection."};
inline constexpr MetricName kQueries{"confab_database_queries_total", "Queries answered."};
inline constexpr MetricName kQueriesWaiting{"confab_database_queries_waiting",
                                            "Queries that wait for a reader, or for PostgreSQL's answer."};

/// Bounds of the sizes of groups.
inline constexpr qint64 kGroupSizes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

} // namespace confab::server::store_metrics
