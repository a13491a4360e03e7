// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresStore.h"
#include "shared/core/Clock.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PgBouncer.h"
#include "tests/support/server/PostgresServer.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// What a store at PostgreSQL knows of where it is and of what stands before it.
class tst_PostgresStore : public QObject
{
    Q_OBJECT

    test::PostgresServer m_server;
    QByteArray m_name;
    int m_count = 0;
    SystemClock m_clock;
    IdGenerator m_ids{m_clock};

    OpenFailure m_failure;

    std::unique_ptr<PostgresStore> open() { return open(m_server.conninfo(m_name)); }
    std::unique_ptr<PostgresStore> open(const QByteArray &conninfo)
    {
        PostgresDatabase::Options options;
        options.conninfo = conninfo;
        return PostgresStore::open(options, m_ids, &m_failure);
    }
    QByteArray generation() { return m_server.run("SELECT generation FROM server_meta", m_name); }
    int connections()
    {
        return m_server.run("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + m_name + "'").toInt();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init()
    {
        m_name = "store" + QByteArray::number(++m_count);
        m_server.makeDatabase(m_name);
    }

    void keepsItsGenerationWhereItIs()
    {
        std::unique_ptr<PostgresStore> store = open();
        QVERIFY(store);
        const QByteArray before = generation();
        QVERIFY(!before.isEmpty());
        for (int i = 0; i < 3; ++i) {
            int renewed = 0;
            store = open();
            QVERIFY(store);
            const ShardStore shard = store->forShard({{}, [&renewed] { ++renewed; }});
            QTRY_COMPARE(connections(), 8);
            QVERIFY(test::await(shard.database->ready()));
            QCOMPARE(generation(), before);
            QCOMPARE(renewed, 0);
        }
    }

    void getsAnotherGenerationElsewhere_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::newRow("restored into another cluster") << QByteArray("system_id = '4711'");
        QTest::newRow("on another timeline") << QByteArray("timeline = '00000007'");
    }
    /// However many connections find it elsewhere at once, it gets one new generation, of which the shard is told once.
    void getsAnotherGenerationElsewhere()
    {
        QFETCH(QByteArray, change);
        const std::unique_ptr<PostgresStore> store = open();
        QVERIFY(store);
        int renewed = 0;
        const ShardStore shard = store->forShard({{}, [&renewed] { ++renewed; }});
        QTRY_COMPARE(connections(), 8);
        QVERIFY(test::await(shard.database->ready()));
        const QByteArray before = generation();
        m_server.run("UPDATE server_place SET " + change, m_name);
        m_server.run("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = '" + m_name + "'");
        QTRY_COMPARE_WITH_TIMEOUT(renewed, 1, 30'000);
        const QByteArray after = generation();
        QVERIFY(after != before);
        QTRY_COMPARE_WITH_TIMEOUT(connections(), 8, 30'000);
        QVERIFY(test::await(shard.database->ready()));
        QCOMPARE(renewed, 1);
        QCOMPARE(generation(), after);
        QVERIFY(open()); // and stays, at the next start
        QCOMPARE(generation(), after);
    }

    void worksBehindAPoolerOfSessions()
    {
        test::PgBouncer bouncer;
        QVERIFY(bouncer.start(m_server.port(), {"pool_mode = session", "default_pool_size = 20"}));
        const std::unique_ptr<PostgresStore> store = open(bouncer.conninfo(m_name));
        QVERIFY2(store, qPrintable(m_failure.message));
        const ShardStore shard = store->forShard({});
        const auto name = u"Ada \U0001D54F"_s;
        const Statement add{"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) "
                            "VALUES (?, 'ada', 'ada', ?, '', 1)",
                            {m_ids.make<UserId>(), name},
                            1};
        const Result<BatchOutcome> added = test::await(shard.database->commit({add}));
        QVERIFY(added && added->committed());
        for (int i = 0; i < 100; ++i) {
            const auto found = test::await(shard.database->query({"SELECT display_name FROM users", {}, {}}));
            QVERIFY(found);
            QCOMPARE(found->first().first().toText(), name);
        }
    }

    void refusesAPoolerThatSharesConnections_data()
    {
        QTest::addColumn<QByteArray>("mode");
        QTest::newRow("by transaction") << QByteArray("transaction");
        QTest::newRow("by statement") << QByteArray("statement");
    }
    void refusesAPoolerThatSharesConnections()
    {
        QFETCH(QByteArray, mode);
        test::PgBouncer bouncer;
        QVERIFY(bouncer.start(m_server.port(), {"pool_mode = " + mode}));
        for (int i = 0; i < 10; ++i) {
            QVERIFY(!open(bouncer.conninfo(m_name)));
            QCOMPARE(m_failure.reason, OpenFailure::Reason::Configuration);
            QVERIFY2(m_failure.message.contains(u"pool_mode = session"_s), qPrintable(m_failure.message));
        }
        // Nothing was done over connections of somebody else.
        QCOMPARE(m_server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", m_name), "0");
    }

    void refusesAPoolOfOneConnection()
    {
        test::PgBouncer bouncer;
        QVERIFY(bouncer.start(m_server.port(), {"pool_mode = session", "default_pool_size = 1"}));
        QVERIFY(!open(bouncer.conninfo(m_name)));
        QCOMPARE(m_failure.reason, OpenFailure::Reason::Configuration);
        QVERIFY2(m_failure.message.contains(u"default_pool_size"_s), qPrintable(m_failure.message));
    }
};

CONFAB_TEST_CLASS(tst_PostgresStore)
#include "tst_PostgresStore.moc"
