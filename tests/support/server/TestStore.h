// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Store.h"
#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "shared/core/Clock.h"

#include <QtCore/QTemporaryDir>

#include <memory>

namespace confab::test {

class PostgresServer;

/// A real store that goes with it, and the clock and ids to use beside it: a SQLite file in a directory of its own, or,
/// where the environment has CONFAB_TEST_DATABASE=postgres, a database at a PostgreSQL that this process has started.
class TestStore
{
public:
    enum class Engine { Sqlite, Postgres };

    /// Of the environment's engine.
    TestStore() : TestStore(environmentsEngine()) { }
    explicit TestStore(Engine engine);
    ~TestStore();

    server::Database &database() { return *m_shard.database; }
    server::MessageStore &messages() { return *m_shard.messages; }
    server::SqliteDatabase &sqlite(); ///< Of a store of that engine.
    ManualClock &clock() { return m_clock; }
    const IdGenerator &ids() const { return m_ids; }
    QString dataDir() const { return m_directory.filePath(QStringLiteral("data")); }

    /// How many transactions it has committed.
    qint64 commits();

    /// Closes the store; its files or its database stay.
    void close();
    /// Closes the store and opens it again, as a restart of the server does.
    void reopen();

    /// On PostgreSQL, runs SQL in a transaction of somebody else that keeps its locks as long as what is returned lives
    /// and is undone then. SQLite has one writer, in whose way nobody is.
    std::shared_ptr<void> hold(const QByteArray &sql);
    /// How many transactions wait for locks of others.
    int waiting();

    /// Adds an active user with this handle, as registration would.
    UserId addUser(const QString &handle);

private:
    static Engine environmentsEngine();
    void open();

    const Engine m_engine;
    QTemporaryDir m_directory;
    QByteArray m_databaseName; // at PostgreSQL
    ManualClock m_clock;
    IdGenerator m_ids{m_clock};
    std::unique_ptr<server::Store> m_store;
    server::ShardStore m_shard;
};

} // namespace confab::test
