// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Store.h"
#include "server/backends/database/postgres/PostgresPlace.h"
#include "server/backends/database/postgres/PostgresReaders.h"
#include "server/backends/database/postgres/PostgresWriters.h"

namespace confab::server {

/// PostgreSQL as one shard uses it: connections of its own, made, used and destroyed on its thread.
///
/// While no connection can be had calls wait, and are `unavailable` after patienceMs.
class PostgresDatabase final : public Database
{
public:
    struct Options
    {
        QByteArray conninfo; ///< libpq's connection string or URI; several hosts are tried in turn.
        int readers = 2;
        int writers = 4;
        int appenders = 2; ///< For messages alone: while one group is on its way to the disk, the next is gathered.
        int patienceMs = 5000;
        int lockTimeoutMs = 5000;
        StoreEvents events;
        /// Of a database that holds a store (see PostgresPlace); null for any other.
        std::shared_ptr<PostgresPlace> place;
    };

    enum class Use { Read, Write };
    /// What a connection for this use is made with.
    static PostgresLane::Options lanesOf(const Options &options, Use use);

    explicit PostgresDatabase(const Options &options);
    /// Finishes what was begun.
    ~PostgresDatabase() override;

    Task<Rows> query(Statement statement) override;
    Task<BatchOutcome> commit(Batch batch) override;
    Task<Done> ready() override;

    qint64 commits() const { return m_writers.commits(); }
    void measure(MetricsPage &page) const;

private:
    SerialExecutor m_connector;
    TaskScope m_tasks;
    PostgresReaders m_readers;
    PostgresWriters m_writers;
};

} // namespace confab::server
