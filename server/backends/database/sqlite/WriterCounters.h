// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/StoreMetrics.h"

#include <atomic>

namespace confab::server {

/// What the writer did so far, readable from any thread.
struct WriterCounters
{
    std::atomic<qint64> commits = 0; ///< Transactions committed.
    std::atomic<qint64> batches = 0; ///< Batches and appends in them.
    std::atomic<qint64> appends = 0; ///< New messages among those.
    std::atomic<qint64> undone = 0;  ///< Transactions that were rolled back as a whole, or could not begin.
    Distribution commitDurations{Distribution::durationBounds(), Distribution::kNanosecondsPerSecond}; ///< Of COMMIT.
    Distribution groupSizes{store_metrics::kGroupSizes, 1}; ///< Batches in one transaction.
};

} // namespace confab::server
