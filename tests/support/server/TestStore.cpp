// SPDX-License-Identifier: MIT
#include "tests/support/server/TestStore.h"

#include "server/backends/database/postgres/PostgresMessageStore.h"
#include "server/backends/database/postgres/PostgresStore.h"
#include "server/backends/database/sqlite/SqliteStore.h"
#include "tests/support/Await.h"
#include "tests/support/server/PostgresServer.h"

namespace confab::test {

using namespace confab::server;

namespace {

/// The PostgreSQL of this process, started at the first call and stopped with the application. Nothing in it has to
/// outlive a crash.
PostgresServer &sharedPostgres()
{
    static PostgresServer *server = nullptr;
    if (!server) {
        server = new PostgresServer;
        if (!server->start({QStringLiteral("fsync=off"), QStringLiteral("full_page_writes=off")}))
            qFatal("PostgreSQL does not start");
        qAddPostRoutine([] {
            delete server;
            server = nullptr;
        });
    }
    return *server;
}

} // namespace

TestStore::Engine TestStore::environmentsEngine()
{
    return qEnvironmentVariable("CONFAB_TEST_DATABASE") == QLatin1StringView("postgres") ? Engine::Postgres
                                                                                         : Engine::Sqlite;
}

TestStore::TestStore(Engine engine) : m_engine(engine)
{
    if (m_engine == Engine::Postgres) {
        static int count = 0;
        m_databaseName = "test" + QByteArray::number(++count);
        sharedPostgres().makeDatabase(m_databaseName);
    }
    open();
}

TestStore::~TestStore()
{
    close();
    if (m_engine == Engine::Postgres)
        sharedPostgres().run("DROP DATABASE " + m_databaseName + " WITH (FORCE)");
}

void TestStore::open()
{
    OpenFailure failure;
    if (m_engine == Engine::Postgres) {
        PostgresDatabase::Options options;
        options.conninfo = sharedPostgres().conninfo(m_databaseName);
        m_store = PostgresStore::open(options, m_ids, &failure);
    } else {
        SqliteDatabase::Options options;
        options.dataDir = dataDir();
        m_store = SqliteStore::open(options, m_ids, &failure);
    }
    if (!m_store)
        qFatal("the test's store cannot be opened: %ls", qUtf16Printable(failure.message));
    m_shard = m_store->forShard();
}

SqliteDatabase &TestStore::sqlite()
{
    return dynamic_cast<SqliteDatabase &>(database());
}

qint64 TestStore::commits()
{
    if (m_engine == Engine::Sqlite)
        return sqlite().counters().commits;
    return dynamic_cast<PostgresDatabase &>(database()).commits() +
           dynamic_cast<PostgresMessageStore &>(messages()).groups();
}

void TestStore::close()
{
    m_shard = {};
    m_store.reset();
}

void TestStore::reopen()
{
    close();
    open();
}

std::shared_ptr<void> TestStore::hold(const QByteArray &sql)
{
    return m_engine == Engine::Postgres ? sharedPostgres().hold(sql, m_databaseName) : nullptr;
}

int TestStore::waiting()
{
    // Who waits for a row waits for the transaction that changed it, or stands in line for the row itself.
    return m_engine == Engine::Sqlite
               ? 0
               : sharedPostgres().run("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted").toInt();
}

UserId TestStore::addUser(const QString &handle)
{
    const UserId id = m_ids.make<UserId>();
    const Batch batch = {{"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) "
                          "VALUES (?, ?, ?, ?, '', ?)",
                          {id, handle, handle, handle, m_clock.utcMs()},
                          1}};
    const Result<BatchOutcome> outcome = await(database().commit(batch));
    if (!outcome || !outcome->committed())
        qFatal("the test's user cannot be added");
    return id;
}

} // namespace confab::test
