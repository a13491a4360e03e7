// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

#include <atomic>

namespace confab::server {

/// What the writer did so far, readable from any thread.
struct WriterCounters
{
    std::atomic<qint64> commits = 0; ///< Transactions committed.
    std::atomic<qint64> batches = 0; ///< Batches and appends in them.
    std::atomic<qint64> appends = 0; ///< New messages among those.
};

} // namespace confab::server
