// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/sqlite/SqliteConnection.h"
#include "server/runtime/WorkRunner.h"
#include "shared/core/FunctionThread.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace confab::server {

/// The reading threads of the process: each has a read-only connection, all take queries from one queue.
///
/// In WAL mode they neither wait for the writer nor hold it up. Thread-safe.
class SqliteReaders
{
public:
    /// With \a runner there are no threads, and each query is one piece of its work.
    SqliteReaders(const QString &path, int threads, int busyTimeoutMs, WorkRunner runner = {});
    ~SqliteReaders();
    Q_DISABLE_COPY_MOVE(SqliteReaders)

    void push(Statement statement, Completer<Rows> completer);

    /// Finishes what was queued and ends the threads.
    void stop();

    /// Queries that no thread has taken yet, and how many were answered so far.
    size_t waiting() const;
    quint64 answered() const { return m_answered.load(std::memory_order_relaxed); }

private:
    struct Job
    {
        Statement statement;
        Completer<Rows> completer;
    };

    void work();
    void runTurn();
    std::optional<Job> take();
    std::optional<Job> takeQueued();
    void answer(std::unique_ptr<SqliteConnection> &connection, const Job &job);

    const QString m_path;
    const int m_busyTimeoutMs;
    const WorkRunner m_runner;
    const std::shared_ptr<SqliteReaders *> m_self;  // tells turns that come too late
    std::unique_ptr<SqliteConnection> m_connection; // of the runner's thread; each thread of our own has its own
    std::atomic<quint64> m_answered = 0;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;  // guarded by m_mutex
    bool m_stopping = false; // guarded by m_mutex
    std::vector<std::unique_ptr<FunctionThread>> m_threads;
};

} // namespace confab::server
