// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/sqlite/SqliteConnection.h"
#include "server/backends/database/sqlite/WriterCounters.h"
#include "server/runtime/WorkRunner.h"
#include "shared/core/FunctionThread.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace confab::server {

/// One atomic piece of work for the writer, which runs many in one transaction.
class WriteJob
{
public:
    enum class Step {
        Keep,  ///< What it wrote stands, if the transaction commits.
        Undo,  ///< It answers what it found, and nothing it wrote stands.
        Fault, ///< A statement failed; `error` says how.
    };

    virtual ~WriteJob() = default;

    /// Runs inside the writer's transaction, on its thread; again, from the start, when the group is replayed.
    virtual Step run(SqliteConnection &connection, Error *error) = 0;
    /// Whether Undo and Fault may leave writes behind that only a savepoint takes back.
    virtual bool needsSavepoint() const = 0;

    /// The ends, exactly one of which is called: after the commit is durable, or when it will not be.
    virtual void committed() = 0;
    virtual void failed(const Error &error) = 0;
};

/// The process's only writing connection and its thread: takes whatever is queued into one transaction.
///
/// Each job is undone alone when it misses or faults. A group that fails as a whole (its COMMIT, a full disk) is
/// rolled back and replayed job by job. Thread-safe.
class SqliteWriter
{
public:
    /// With \a runner there is no thread: what is queued when its turn comes shares a transaction just the same.
    SqliteWriter(const QString &path, int busyTimeoutMs, WorkRunner runner = {});
    /// Finishes what was queued.
    ~SqliteWriter();
    Q_DISABLE_COPY_MOVE(SqliteWriter)

    /// Queues a job. After stop() it fails as `unavailable` at once.
    void push(std::unique_ptr<WriteJob> job);

    /// Finishes what was queued and ends the thread.
    void stop();

    /// Jobs that no transaction has taken yet.
    size_t waiting() const;

    WriterCounters &counters() { return m_counters; }
    const WriterCounters &counters() const { return m_counters; }

private:
    using Group = std::vector<std::unique_ptr<WriteJob>>;

    void work();
    void runTurn();
    Group take();
    Group takeQueued();
    void write(Group &group);
    void writeGroup(SqliteConnection &connection, Group &group);
    enum class Outcome {
        Committed,
        NotBegun,   ///< No transaction could be had; trying each job would take as long again, each time.
        RolledBack, ///< The transaction as a whole failed.
    };
    /// One transaction of all the group's jobs. They are answered when it was committed; otherwise \a error says why
    /// it was not.
    Outcome tryGroup(SqliteConnection &connection, Group &group, Error *error);
    static bool runJob(SqliteConnection &connection, WriteJob &job, std::optional<Error> *fault, Error *fatal);
    static void rollBack(SqliteConnection &connection);

    const QString m_path;
    const int m_busyTimeoutMs;
    const WorkRunner m_runner;
    const std::shared_ptr<SqliteWriter *> m_self; // tells turns that come too late
    WriterCounters m_counters;
    std::unique_ptr<SqliteConnection> m_connection; // used where the work is done, and opened there at first use
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::unique_ptr<WriteJob>> m_jobs; // guarded by m_mutex
    bool m_stopping = false;                      // guarded by m_mutex
    std::unique_ptr<FunctionThread> m_thread;
};

} // namespace confab::server
