// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/migrations/Migrations.h"
#include "server/backends/database/sqlite/DataDirectory.h"
#include "server/backends/database/sqlite/WriterCounters.h"
#include "server/runtime/WorkRunner.h"

#include <memory>

namespace confab::server {

class MetricsPage;
class SqliteReaders;
class SqliteWriter;

/// The embedded store: one SQLite file in WAL mode with one writing thread and a few reading ones.
class SqliteDatabase final : public Database
{
public:
    struct Options
    {
        QString dataDir;
        QString filePath; ///< Empty: confab.db in the data directory.
        int readers = 0;  ///< Threads that read; 0 means one a core, four at most.
        int busyTimeoutMs = 5000;
        QList<Migration> schema = migrations();
        WorkRunner runner; ///< Reads and writes on it instead of on threads of its own; for simulations.
    };

    /// Claims the directory, makes or upgrades the database in it (file mode 0600) and starts the threads. Blocks.
    /// Null with \a failure otherwise. A new database gets a generation from \a ids.
    static std::unique_ptr<SqliteDatabase> open(const Options &options, const IdGenerator &ids, OpenFailure *failure);

    /// Finishes what was queued.
    ~SqliteDatabase() override;

    Task<Rows> query(Statement statement) override;
    Task<BatchOutcome> commit(Batch batch) override;
    Task<Done> ready() override;

    const DataDirectory &directory() const { return *m_directory; }
    const QString &filePath() const { return m_filePath; }
    const WriterCounters &counters() const;

    /// Tells of its threads, queues and files. Thread-safe.
    void measure(MetricsPage &page) const;

    /// For the stores of this engine that have jobs of their own.
    SqliteWriter &writer() { return *m_writer; }

private:
    SqliteDatabase(std::unique_ptr<DataDirectory> directory, const QString &filePath, const Options &options);

    std::unique_ptr<DataDirectory> m_directory; // destroyed last: the claim outlives the connections
    const QString m_filePath;
    std::unique_ptr<SqliteWriter> m_writer;
    std::unique_ptr<SqliteReaders> m_readers;
};

} // namespace confab::server
