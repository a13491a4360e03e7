// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresDatabase.h"
#include "server/backends/database/postgres/PostgresWire.h"
#include "tests/contract/database/DatabaseContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/faults/FaultProxy.h"
#include "tests/support/server/PostgresServer.h"

#include <QtTest/QTest>

#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// PostgreSQL under the contract, and what it promises beyond it.
class tst_PostgresDatabase : public confab::test::DatabaseContract
{
    Q_OBJECT

    test::PostgresServer m_server;
    std::unique_ptr<PostgresDatabase> m_database;
    QByteArray m_name;
    int m_count = 0;
    int m_uncertain = 0; ///< How often a commit was reported whose outcome nobody knows.

    Database &database() override { return *m_database; }

    PostgresDatabase::Options options()
    {
        PostgresDatabase::Options options;
        options.conninfo = m_server.conninfo(m_name) + " application_name=" + m_name;
        options.events.uncertain = [this] { ++m_uncertain; };
        return options;
    }

    /// Ends the backends of all connections, as an administrator or a failover does.
    void endConnections()
    {
        m_server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" + m_name +
                     "'");
    }

    qint64 amount()
    {
        const auto rows = test::await(m_database->query({"SELECT amount FROM counters WHERE id = 1", {}, {}}));
        return rows && !rows->isEmpty() ? rows->first().at(0).toInt() : -1;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init()
    {
        m_name = "test" + QByteArray::number(++m_count);
        m_uncertain = 0;
        m_server.makeDatabase(m_name);
        m_database = std::make_unique<PostgresDatabase>(options());
    }
    void cleanup() { m_database.reset(); }

    void numbersPlaceholders()
    {
        QCOMPARE(numberedPlaceholders("SELECT ? + ?"), "SELECT $1 + $2");
        QCOMPARE(numberedPlaceholders("SELECT '?', \"a?\", ?, 'it''s ?'"), "SELECT '?', \"a?\", $1, 'it''s ?'");
    }

    void readsSumsOfBigNumbers()
    {
        for (const qint64 number :
             {Q_INT64_C(0), Q_INT64_C(7), Q_INT64_C(-7), Q_INT64_C(10'000), Q_INT64_C(120'000'000),
              Q_INT64_C(9'223'372'036'854'775'807), Q_INT64_C(-9'007'199'254'740'993)}) {
            const auto rows = test::await(m_database->query({"SELECT sum(x) FROM (SELECT ? AS x) t", {number}, {}}));
            QVERIFY(rows);
            QCOMPARE(rows->first().at(0).toInt(), number);
        }
    }

    /// Connections that are ended at any moment cost no acknowledged batch and store none twice. What is answered
    /// `unavailable` was either stored or not.
    void endedConnectionsLoseNothingThatWasAcknowledged()
    {
        QVERIFY(
            test::await(m_database->commit({{"CREATE TABLE counters (id bigint PRIMARY KEY, amount bigint)", {}, {}},
                                            {"CREATE TABLE marks (mark bigint PRIMARY KEY)", {}, {}},
                                            {"INSERT INTO counters VALUES (1, 0)", {}, 1}})));
        qint64 acknowledged = 0;
        qint64 unknown = 0;
        qint64 mark = 0;
        for (int round = 0; round < 30; ++round) {
            std::vector<QCoro::Task<Result<BatchOutcome>>> tasks;
            for (int i = 0; i < 40; ++i) {
                tasks.push_back(m_database->commit({{"INSERT INTO marks VALUES (?)", {++mark}, 1},
                                                    {"UPDATE counters SET amount = amount + 1 WHERE id = 1", {}, 1}}));
            }
            endConnections();
            for (auto &task : tasks) {
                const Result<BatchOutcome> outcome = test::await(std::move(task));
                if (outcome)
                    ++acknowledged;
                else if (outcome.error().code == ErrorCode::Unavailable)
                    ++unknown;
                else
                    QFAIL(qPrintable(outcome.error().message));
            }
        }
        QVERIFY2(acknowledged > 100, qPrintable(QString::number(acknowledged)));
        const qint64 stored = amount();
        QVERIFY(stored >= acknowledged);
        QVERIFY(stored <= acknowledged + unknown);
        const auto marks = test::await(m_database->query({"SELECT count(*) FROM marks", {}, {}}));
        QVERIFY(marks);
        QCOMPARE(marks->first().at(0).toInt(), stored);
    }

    /// A connection that is lost during a commit: it stands although it is answered as failed, and whoever tells of
    /// changes hears of that.
    void reportsACommitOfUnknownOutcome()
    {
        QVERIFY(test::await(m_database->commit({{"CREATE TABLE marks (mark bigint PRIMARY KEY)", {}, {}},
                                                {"CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
                                                 "'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END'",
                                                 {},
                                                 {}},
                                                {"CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON marks DEFERRABLE "
                                                 "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()",
                                                 {},
                                                 {}}})));
        test::FaultProxy proxy(m_server.port());
        PostgresDatabase::Options throughProxy = options();
        throughProxy.conninfo += " port=" + QByteArray::number(proxy.port());
        throughProxy.lockTimeoutMs = 60'000;
        PostgresDatabase database(throughProxy);
        std::shared_ptr<void> held = m_server.hold("DO 'BEGIN PERFORM pg_advisory_xact_lock(1); END'", m_name);
        auto committing = database.commit({{"INSERT INTO marks VALUES (1)", {}, 1}});
        QTRY_COMPARE_WITH_TIMEOUT(m_server.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                                               "granted"),
                                  "1", 30'000);
        QCOMPARE(m_uncertain, 0);
        proxy.drop();
        const Result<BatchOutcome> outcome = test::await(std::move(committing));
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Unavailable);
        QCOMPARE(m_uncertain, 1);
        held.reset();
        QTRY_COMPARE_WITH_TIMEOUT(m_server.run("SELECT count(*) FROM marks", m_name), "1", 30'000);
    }

    /// What decides a batch is judged before the rest is run. Behind a miss the others would take their locks without
    /// the first one, in another order than everybody else, and end in deadlocks.
    void runsNothingBehindAMiss()
    {
        QVERIFY(
            test::await(m_database->commit({{"CREATE TABLE counters (id bigint PRIMARY KEY, amount bigint)", {}, {}},
                                            {"CREATE SEQUENCE runs", {}, {}}})));
        const Batch batch{{"UPDATE counters SET amount = amount + 1 WHERE id = 3", {}, 1},
                          {"SELECT nextval('runs')", {}, {}}}; // no roll-back takes a number back
        const Result<BatchOutcome> missed = test::await(m_database->commit(batch));
        QVERIFY2(missed, missed ? "" : qPrintable(missed.error().message));
        QCOMPARE(missed->missed, 0);
        const Statement numbers{"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM runs", {}, {}};
        const auto none = test::await(m_database->query(numbers));
        QVERIFY(none);
        QCOMPARE(none->first().at(0).toInt(), 0);
        QVERIFY(test::await(m_database->commit({{"INSERT INTO counters VALUES (3, 0)", {}, 1}})));
        const Result<BatchOutcome> committed = test::await(m_database->commit(batch));
        QVERIFY(committed);
        QVERIFY(committed->committed());
        QCOMPARE(committed->results.size(), 2);
        const auto one = test::await(m_database->query(numbers));
        QVERIFY(one);
        QCOMPARE(one->first().at(0).toInt(), 1);
    }

    /// Who waits longer than lock_timeout for somebody else's lock is told to try again, not that something is wrong.
    void isUnavailableBehindALockThatIsKept()
    {
        PostgresDatabase::Options impatient = options();
        impatient.lockTimeoutMs = 50;
        PostgresDatabase database(impatient);
        QVERIFY(test::await(database.commit({{"CREATE TABLE counters (id bigint PRIMARY KEY, amount bigint)", {}, {}},
                                             {"INSERT INTO counters VALUES (1, 0)", {}, 1}})));
        const Statement add{"UPDATE counters SET amount = amount + 1 WHERE id = 1", {}, 1};
        std::shared_ptr<void> held = m_server.hold("UPDATE counters SET amount = 7 WHERE id = 1", m_name);
        const Result<BatchOutcome> refused = test::await(database.commit({add}));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Unavailable);
        MetricsPage page; // five attempts
        database.measure(page);
        QVERIFY2(page.text().contains("confab_postgres_failed_transactions_total{reason=\"lock_timeout\"} 5\n"),
                 page.text());
        QVERIFY(page.text().contains("confab_database_rollbacks_total 5\n"));
        held.reset();
        QVERIFY(test::await(database.commit({add})));
        QCOMPARE(amount(), 1);
    }

    void waitsForAServerThatComesBack()
    {
        QVERIFY(test::await(m_database->query({"SELECT 1", {}, {}})));
        m_server.signal(SIGINT); // a fast shutdown
        QTRY_VERIFY_WITH_TIMEOUT(!m_server.isRunning(), 60'000);
        auto reading = m_database->query({"SELECT 2", {}, {}});
        auto writing = m_database->commit({{"CREATE TABLE later (a bigint)", {}, {}}});
        QVERIFY(m_server.start());
        const auto rows = test::await(std::move(reading));
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().message));
        QCOMPARE(rows->first().at(0).toInt(), 2);
        QVERIFY(test::await(std::move(writing)));
    }

    void isUnavailableWhileTheServerIsAway()
    {
        PostgresDatabase::Options away = options();
        away.conninfo = "host=127.0.0.1 port=1 dbname=nothing";
        away.patienceMs = 200;
        PostgresDatabase nowhere(away);
        const auto rows = test::await(nowhere.query({"SELECT 1", {}, {}}));
        QVERIFY(!rows);
        QCOMPARE(rows.error().code, ErrorCode::Unavailable);
        const auto outcome = test::await(nowhere.commit({{"SELECT 1", {}, {}}}));
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Unavailable);
    }

    /// The kernel's own patience with a machine that vanished without a word is a quarter of an hour.
    void noticesAMachineThatVanished()
    {
        const PostgresConnection::Handle connection = PostgresConnection::open(m_server.conninfo(m_name));
        const auto option = [&](int name) {
            int value = 0;
            socklen_t size = sizeof value;
            return ::getsockopt(PQsocket(connection.get()), IPPROTO_TCP, name, &value, &size) == 0 ? value : -1;
        };
        QCOMPARE(option(TCP_USER_TIMEOUT), 20'000); // while an answer is awaited
        QCOMPARE(option(TCP_KEEPIDLE) + option(TCP_KEEPINTVL) * option(TCP_KEEPCNT), 25);
    }

    /// Batches that lock rows in crossing orders end in one deadlock after the other; each is tried again.
    void deadlocksAreTriedAgain()
    {
        QVERIFY(
            test::await(m_database->commit({{"CREATE TABLE counters (id bigint PRIMARY KEY, amount bigint)", {}, {}},
                                            {"INSERT INTO counters VALUES (1, 0), (2, 0)", {}, 2}})));
        const QByteArray add = "UPDATE counters SET amount = amount + 1 WHERE id = ?";
        std::vector<QCoro::Task<Result<BatchOutcome>>> tasks;
        for (int i = 0; i < 200; ++i)
            tasks.push_back(m_database->commit({{add, {1 + i % 2}, 1}, {add, {2 - i % 2}, 1}}));
        for (auto &task : tasks) {
            const Result<BatchOutcome> outcome = test::await(std::move(task));
            QVERIFY2(outcome, outcome ? "" : qPrintable(outcome.error().message));
        }
        QCOMPARE(amount(), 200);
    }
};

CONFAB_TEST_CLASS(tst_PostgresDatabase)
#include "tst_PostgresDatabase.moc"
