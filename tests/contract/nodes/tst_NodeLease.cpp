// SPDX-License-Identifier: MIT
#include "server/app/nodes/NodeLease.h"
#include "server/backends/bus/redis/RedisBus.h"
#include "server/backends/database/postgres/PostgresStore.h"
#include "server/runtime/metrics/MetricsPage.h"
#include "shared/core/Clock.h"
#include "shared/core/FunctionThread.h"
#include "tests/contract/bus/RedisNode.h"
#include "tests/support/TestClass.h"
#include "tests/support/faults/FaultProxy.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"

#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpServer>
#include <QtTest/QTest>

#include <atomic>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

NodeTimings quickly()
{
    NodeTimings timings;
    timings.leaseMs = 1500;
    timings.renewMs = 100;
    timings.lookMs = 20;
    timings.bondMs = 3000;
    timings.meetMs = 700;
    timings.unheardMs = 50;
    return timings;
}

/// What a node is made of that has a Redis.
struct NodeOnRedis
{
    NodeOnRedis(const QString &url, const QByteArray &conninfo) : NodeOnRedis(url, conninfo, url) { }
    NodeOnRedis(const QString &url, const QByteArray &conninfo, const QString &bus)
        : redis(*RedisUrl::parse(url), shortTimings(), id),
          lease(NodeLease::take({conninfo, u"1.2.3"_s, id, bus, &redis, quickly()}, &failure))
    {
    }

    const QUuid id = QUuid::createUuid();
    RedisBus redis;
    OpenFailure failure;
    std::unique_ptr<NodeLease> lease;
};

double metric(const NodeLease &lease, const QByteArray &name)
{
    MetricsPage page;
    lease.measure(page);
    const QByteArray text = page.text();
    for (const QByteArray &line : text.split('\n')) {
        if (line.startsWith(name + ' '))
            return line.sliced(name.size() + 1).toDouble();
    }
    return -1;
}

} // namespace

/// Who may serve a database beside whom, on a real PostgreSQL and real Redis.
class tst_NodeLease : public QObject
{
    Q_OBJECT

    PostgresServer m_postgres;
    RedisServer m_redis;
    RedisServer m_otherRedis;
    QByteArray m_name;
    int m_count = 0;
    OpenFailure m_failure;

    QByteArray conninfo() { return m_postgres.conninfo(m_name); }
    QByteArray run(const QByteArray &sql) { return m_postgres.run(sql, m_name); }
    QByteArray rows() { return run("SELECT count(*) FROM nodes"); }
    QString redisUrl(RedisServer &redis) const { return redis.url() + u'/' + QString::number(m_count % 16); }

    std::unique_ptr<NodeLease> takeAlone()
    {
        m_failure = {};
        return NodeLease::take({conninfo(), u"1.2.3"_s, QUuid::createUuid(), {}, nullptr, quickly()}, &m_failure);
    }

    /// A node of which only its row is there, for so long.
    void enter(const ProcessIdentity &process, int leaseMs, const QByteArray &bus = {})
    {
        run("INSERT INTO nodes SELECT gen_random_uuid(), '" + process.host.toUtf8() + "', " +
            QByteArray::number(process.pid) + ", '" + process.space.toUtf8() + "', " +
            QByteArray::number(process.started) + ", '1.0', '" + bus + "', 1, now, now + " +
            QByteArray::number(leaseMs) +
            " FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint) t(now)");
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_postgres.start());
        QVERIFY(m_redis.start());
        QVERIFY(m_otherRedis.start());
    }
    void init()
    {
        m_name = "nodes" + QByteArray::number(++m_count);
        m_postgres.makeDatabase(m_name);
        SystemClock clock;
        const IdGenerator ids(clock);
        PostgresDatabase::Options options;
        options.conninfo = conninfo();
        QVERIFY(PostgresStore::open(options, ids, &m_failure));
    }

    void aRowSaysWhoServesAndGoesWithTheLease()
    {
        std::unique_ptr<NodeLease> lease = takeAlone();
        QVERIFY(lease);
        QCOMPARE(run("SELECT pid FROM nodes").toLongLong(), QCoreApplication::applicationPid());
        QCOMPARE(run("SELECT host FROM nodes"), QSysInfo::machineHostName().toUtf8());
        QCOMPARE(run("SELECT version FROM nodes"), "1.2.3");
        QCOMPARE(lease->others().size(), 0);
        QCOMPARE(metric(*lease, "confab_nodes"), 1.0);
        const QByteArray first = run("SELECT lease_end FROM nodes");
        QTRY_VERIFY(run("SELECT lease_end FROM nodes").toLongLong() > first.toLongLong());
        lease.reset();
        QCOMPARE(rows(), "0");
        QVERIFY(takeAlone());
    }

    void aSecondNodeThatWouldNotHearTheFirstIsRefused_data()
    {
        QTest::addColumn<bool>("isFirstOnRedis");
        QTest::addColumn<bool>("isSecondOnRedis");
        QTest::newRow("both alone") << false << false;
        QTest::newRow("the first on Redis") << true << false;
        QTest::newRow("the second on Redis") << false << true;
    }
    void aSecondNodeThatWouldNotHearTheFirstIsRefused()
    {
        QFETCH(bool, isFirstOnRedis);
        QFETCH(bool, isSecondOnRedis);
        std::unique_ptr<NodeOnRedis> onRedis;
        std::unique_ptr<NodeLease> first;
        if (isFirstOnRedis)
            onRedis = std::make_unique<NodeOnRedis>(redisUrl(m_redis), conninfo());
        else
            first = takeAlone();
        QVERIFY(isFirstOnRedis ? bool(onRedis->lease) : bool(first));
        QElapsedTimer since;
        since.start();
        if (isSecondOnRedis) {
            const NodeOnRedis second(redisUrl(m_redis), conninfo());
            QVERIFY(!second.lease);
            m_failure = second.failure;
        } else {
            QVERIFY(!takeAlone());
        }
        QVERIFY(since.elapsed() < 1000); // it lives, so its lease is not waited for
        QCOMPARE(m_failure.reason, OpenFailure::Reason::AlreadyRunning);
        const QString process = u"%1 (process %2, version 1.2.3, since 20"_s.arg(QSysInfo::machineHostName())
                                    .arg(QCoreApplication::applicationPid());
        QVERIFY2(m_failure.message.contains(process), qPrintable(m_failure.message));
        QVERIFY(m_failure.message.contains("redis.url"_L1));
        QCOMPARE(rows(), "1");
    }

    void theLeaseOfANodeThatCrashedElsewhereIsWaitedFor()
    {
        enter({u"chat-2"_s, 17, u"another machine"_s, 3}, 1200);
        QElapsedTimer since;
        since.start();
        const std::unique_ptr<NodeLease> lease = takeAlone();
        QVERIFY(lease);
        QVERIFY2(since.elapsed() >= 1000 && since.elapsed() < 2500, QByteArray::number(since.elapsed()));
    }

    void aPredecessorIsNotWaitedFor_data()
    {
        QTest::addColumn<qint64>("pid");
        QProcess gone;
        gone.start(u"true"_s, QStringList());
        QVERIFY(gone.waitForStarted());
        const qint64 pid = gone.processId();
        QVERIFY(gone.waitForFinished());
        QTest::newRow("no process has its number") << pid;
        QTest::newRow("another process has its number") << QCoreApplication::applicationPid();
    }
    void aPredecessorIsNotWaitedFor()
    {
        QFETCH(qint64, pid);
        ProcessIdentity predecessor = ProcessIdentity::own();
        QVERIFY(!predecessor.hasEnded());
        predecessor.pid = pid;
        predecessor.started -= 1;
        enter(predecessor, 60'000);
        QElapsedTimer since;
        since.start();
        const std::unique_ptr<NodeLease> lease = takeAlone();
        QVERIFY(lease);
        QVERIFY(since.elapsed() < 1000);
        QCOMPARE(rows(), "1");
    }

    void ofSeveralAtATimeOneWins()
    {
        for (int round = 0; round < 3; ++round) {
            std::atomic<int> in = 0;
            std::atomic<int> refused = 0;
            std::atomic<int> ended = 0;
            std::vector<std::unique_ptr<FunctionThread>> threads;
            for (int i = 0; i < 4; ++i) {
                threads.push_back(std::make_unique<FunctionThread>([&] {
                    OpenFailure failure;
                    const std::unique_ptr<NodeLease> lease =
                        NodeLease::take({conninfo(), u"1"_s, QUuid::createUuid(), {}, nullptr, quickly()}, &failure);
                    ++(lease ? in : refused);
                    ++ended;
                    while (ended < 4) // a lease that is given back lets another one in
                        QThread::yieldCurrentThread();
                }));
                threads.back()->start();
            }
            for (const auto &thread : threads)
                thread->wait();
            QCOMPARE(in, 1);
            QCOMPARE(refused, 3);
        }
    }

    void nodesOnOneRedisServeTogether()
    {
        std::optional<NodeOnRedis> one(std::in_place, redisUrl(m_redis), conninfo());
        QVERIFY(one->lease);
        // By another address, as it would be on the machine of the Redis itself.
        const QString sameByName = redisUrl(m_redis).replace(u"127.0.0.1"_s, u"localhost"_s);
        QElapsedTimer since;
        since.start();
        const NodeOnRedis two(sameByName, conninfo());
        QVERIFY2(two.lease, qPrintable(two.failure.message));
        QVERIFY(since.elapsed() < 1000);
        QTRY_COMPARE(metric(*one->lease, "confab_nodes"), 2.0);
        QCOMPARE(metric(*two.lease, "confab_nodes"), 2.0);
        QCOMPARE(one->lease->others().constFirst().id, two.id);
        QTRY_VERIFY(one->lease->others().constFirst().hasBus);
        one.reset();
        QTRY_COMPARE(metric(*two.lease, "confab_nodes"), 1.0);
        QCOMPARE(metric(*two.lease, "confab_nodes_unheard"), 0.0);
    }

    /// It is not on this one's Redis, as it is nowhere.
    void aNodeOnRedisThatCrashedElsewhereIsInNobodysWay()
    {
        const NodeOnRedis one(redisUrl(m_redis), conninfo());
        QVERIFY(one.lease);
        enter({u"chat-2"_s, 17, u"another machine"_s, 3}, 3000, "redis://r");
        QTRY_COMPARE(metric(*one.lease, "confab_nodes"), 2.0);
        QElapsedTimer since;
        since.start();
        const NodeOnRedis two(redisUrl(m_redis), conninfo());
        QVERIFY2(two.lease, qPrintable(two.failure.message));
        QVERIFY(since.elapsed() < 1000);
        int unheard = 0;
        QVERIFY(QTest::qWaitFor([&] {
            unheard += static_cast<int>(metric(*one.lease, "confab_nodes_unheard"));
            return metric(*one.lease, "confab_nodes") == 2.0 && rows() == "3" &&
                   run("SELECT count(*) FROM nodes WHERE lease_end > extract(epoch FROM clock_timestamp()) * 1000") ==
                       "2";
        }));
        QCOMPARE(unheard, 0);
    }

    void nodesOnDifferentRedisDoNot_data()
    {
        QTest::addColumn<bool>("isOtherServer");
        QTest::newRow("another server") << true;
        QTest::newRow("another database number") << false;
    }
    /// Though both call it the same, as two machines do that name their own.
    void nodesOnDifferentRedisDoNot()
    {
        QFETCH(bool, isOtherServer);
        const QString local = u"redis://127.0.0.1:6379"_s;
        const NodeOnRedis one(redisUrl(m_redis), conninfo(), local);
        QVERIFY(one.lease);
        QTRY_COMPARE(run("SELECT has_bus FROM nodes"), "1");
        const NodeOnRedis two(isOtherServer ? redisUrl(m_otherRedis) : m_redis.url() + u"/15"_s, conninfo(), local);
        QVERIFY(!two.lease);
        QCOMPARE(two.failure.reason, OpenFailure::Reason::AlreadyRunning);
        QVERIFY2(two.failure.message.contains("is not to be found on this one's Redis"_L1),
                 qPrintable(two.failure.message));
        QCOMPARE(rows(), "1");
    }

    /// Nobody can tell which Redis it is, and people are served without it.
    void aNodeWhoseRedisIsAwayServes()
    {
        const NodeOnRedis one(redisUrl(m_redis), conninfo());
        QVERIFY(one.lease);
        QTcpServer nobody;
        QVERIFY(nobody.listen(QHostAddress::LocalHost));
        NodeOnRedis two(u"redis://127.0.0.1:%1"_s.arg(nobody.serverPort()), conninfo());
        QVERIFY(two.lease);
        QTRY_COMPARE(metric(*one.lease, "confab_nodes_unheard"), 1.0);
    }

    void aNodeThatAloneLosesRedisIsKnownToTheOthers()
    {
        FaultProxy proxy(m_redis.port());
        const QString through = u"redis://127.0.0.1:%1/%2"_s.arg(proxy.port()).arg(m_count % 16);
        const NodeOnRedis one(through, conninfo());
        const NodeOnRedis two(redisUrl(m_redis), conninfo());
        QVERIFY(one.lease && two.lease);
        std::atomic<int> told = 0;
        two.lease->setUnheardHandler([&told] { ++told; });
        QTRY_VERIFY(two.lease->others().constFirst().hasBus);
        QCOMPARE(told, 0);
        proxy.refuse();
        QTRY_VERIFY(!one.redis.counters().isUp);
        QTRY_COMPARE(metric(*two.lease, "confab_nodes_unheard"), 1.0);
        QTRY_VERIFY(told >= 3);
        proxy.heal();
        QTRY_COMPARE(metric(*two.lease, "confab_nodes_unheard"), 0.0);
        two.lease->setUnheardHandler({});
        const int last = told;
        const qint64 renewed = run("SELECT max(lease_end) FROM nodes").toLongLong();
        QTRY_VERIFY(run("SELECT max(lease_end) FROM nodes").toLongLong() > renewed + 200);
        QCOMPARE(told, last);
    }

    /// While the database was away for longer than a lease somebody else has begun: both go on, and say so.
    void aNodeThatLostItsLeaseGoesOn()
    {
        const std::unique_ptr<NodeLease> one = takeAlone();
        QVERIFY(one);
        std::atomic<int> told = 0;
        one->setUnheardHandler([&told] { ++told; });
        run("DELETE FROM nodes");
        QTRY_COMPARE(rows(), "1");
        QCOMPARE(told, 0);
        enter({u"chat-2"_s, 17, u"another machine"_s, 3}, 600);
        QTRY_COMPARE(metric(*one, "confab_nodes_unheard"), 1.0);
        QTRY_VERIFY(told >= 2);
        QCOMPARE(metric(*one, "confab_node_lease_held"), 1.0);
        QTRY_COMPARE(metric(*one, "confab_nodes_unheard"), 0.0);
    }

    void aLeaseEndsWhileTheDatabaseIsAway()
    {
        PostgresServer postgres;
        QVERIFY(postgres.start());
        postgres.makeDatabase("away");
        SystemClock clock;
        const IdGenerator ids(clock);
        PostgresDatabase::Options options;
        options.conninfo = postgres.conninfo("away");
        QVERIFY(PostgresStore::open(options, ids, &m_failure));
        const auto lease =
            NodeLease::take({options.conninfo, u"1"_s, QUuid::createUuid(), {}, nullptr, quickly()}, &m_failure);
        QVERIFY(lease);
        postgres.kill9();
        QTRY_COMPARE(metric(*lease, "confab_node_lease_held"), 0.0);
        QVERIFY(postgres.start());
        QTRY_COMPARE_WITH_TIMEOUT(metric(*lease, "confab_node_lease_held"), 1.0, 20'000);
        QCOMPARE(postgres.run("SELECT count(*) FROM nodes", "away"), "1");
    }

    void withoutADatabaseNobodyServes()
    {
        NodeTimings timings = quickly();
        timings.patienceMs = 300;
        QVERIFY(!NodeLease::take({"host=127.0.0.1 port=1 dbname=nowhere connect_timeout=2",
                                  u"1"_s,
                                  QUuid::createUuid(),
                                  {},
                                  nullptr,
                                  timings},
                                 &m_failure));
        QCOMPARE(m_failure.reason, OpenFailure::Reason::Unreachable);
    }
};

CONFAB_TEST_CLASS(tst_NodeLease)
#include "tst_NodeLease.moc"
