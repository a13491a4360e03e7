// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisBus.h"
#include "server/runtime/Async.h"
#include "tests/contract/bus/BusContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/RedisServer.h"

#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <csignal>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

RedisTimings shortTimings()
{
    RedisTimings timings;
    timings.connectMs = 1000;
    timings.heartbeatMs = 50;
    timings.silenceMs = 400;
    timings.backoffBaseMs = 5;
    timings.backoffMaxMs = 40;
    return timings;
}

/// Waits until what was subscribed has effect.
Task<Done> confirmed(Bus &bus)
{
    auto subscribed = bus.subscribed();
    const Result<Done> done = co_await subscribed;
    co_return done;
}

/// A node as another process would be: a link of its own.
struct Node
{
    explicit Node(const QString &url, const RedisTimings &timings = shortTimings())
        : bus(*RedisUrl::parse(url), timings), endpoint(bus.makeEndpoint())
    {
        endpoint->setHandler(
            [this](const QByteArray &topic, const QByteArray &payload) { got.append(topic + ':' + payload); });
        endpoint->setRestoredHandler([this] { ++restored; });
    }

    bool isUp() const { return bus.counters().isUp; }
    void subscribe(const QByteArray &topic)
    {
        endpoint->subscribe(topic);
        QVERIFY(await(confirmed(*endpoint)));
    }

    RedisBus bus;
    std::unique_ptr<Bus> endpoint;
    QList<QByteArray> got;
    int restored = 0;
};

} // namespace

/// The bus between nodes over a real Redis: the contract inside of one node, and what holds between two.
class tst_RedisBus : public BusContract
{
    Q_OBJECT

    RedisServer m_redis;
    std::unique_ptr<RedisBus> m_bus;

    std::unique_ptr<Bus> makeEndpoint() override { return m_bus->makeEndpoint(); }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_redis.start());
        m_bus = std::make_unique<RedisBus>(*RedisUrl::parse(m_redis.url()), shortTimings());
        QTRY_VERIFY(m_bus->counters().isUp);
    }
    void cleanupTestCase() { m_bus.reset(); }

    void carriesBytesBetweenNodesInOrder()
    {
        Node one(m_redis.url());
        Node two(m_redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        two.subscribe("tea");
        QList<QByteArray> sent;
        for (int i = 0; i < 2000; ++i) {
            const QByteArray payload = QByteArray::number(i) + QByteArray("\0\r\n\xff", 4);
            one.endpoint->publish("tea", payload);
            one.endpoint->publish("coffee", payload);
            sent.append("tea:" + payload);
        }
        QTRY_COMPARE(two.got.size(), 2000);
        QCOMPARE(two.got, sent);
        QCOMPARE(two.bus.counters().received.load(), 2000U);
    }

    void aNodeHearsItselfOnceThoughRedisRepeatsIt()
    {
        Node one(m_redis.url());
        Node two(m_redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        one.subscribe("tea");
        two.subscribe("tea");
        one.endpoint->publish("tea", "1");
        two.endpoint->publish("tea", "2");
        QTRY_COMPARE(one.got, (QList<QByteArray>{"tea:1", "tea:2"}));
        QTRY_COMPARE(two.got.size(), 2);
        QCOMPARE(one.bus.counters().received.load(), 1U);
    }

    /// What is counted in a node is one subscription at Redis.
    void subscribesOnceForAllAndEndsWithTheLast()
    {
        Node one(m_redis.url());
        QTRY_VERIFY(one.isUp());
        const std::unique_ptr<Bus> other = one.bus.makeEndpoint();
        one.subscribe("counted");
        one.subscribe("counted");
        other->subscribe("counted");
        QCOMPARE(subscribers("counted"), 1);
        one.endpoint->unsubscribe("counted");
        one.endpoint->unsubscribe("counted");
        other->unsubscribe("counted");
        QTRY_COMPARE(subscribers("counted"), 0);
        // Back and forth, with confirmations on their way.
        for (int i = 0; i < 200; ++i) {
            other->subscribe("counted");
            other->unsubscribe("counted");
        }
        one.subscribe("counted");
        QCOMPARE(subscribers("counted"), 1);
        Node two(m_redis.url());
        QTRY_VERIFY(two.isUp());
        two.endpoint->publish("counted", "x");
        QTRY_COMPARE(one.got, QList<QByteArray>{"counted:x"});
    }

    void subscribesToManyInFewCommands()
    {
        Node one(m_redis.url());
        Node two(m_redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        for (int i = 0; i < 3000; ++i)
            one.endpoint->subscribe("many/" + QByteArray::number(i));
        one.subscribe("many/last");
        two.endpoint->publish("many/0", "");
        two.endpoint->publish("many/2999", "");
        QTRY_COMPARE(one.got, (QList<QByteArray>{"many/0:", "many/2999:"}));
    }

    void installationsWithDatabasesOfTheirOwnDoNotMix()
    {
        Node one(m_redis.url() + u"/1"_s);
        Node two(m_redis.url() + u"/2"_s);
        Node alsoTwo(m_redis.url() + u"/2"_s);
        QTRY_VERIFY(one.isUp() && two.isUp() && alsoTwo.isUp());
        one.subscribe("tea");
        alsoTwo.subscribe("tea");
        two.endpoint->publish("tea", "for two");
        QTRY_COMPARE(alsoTwo.got.size(), 1);
        QVERIFY(one.got.isEmpty());
    }

    void killedRedisIsFoundAndAllSubscriptionsComeBack()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        Node one(redis.url());
        Node two(redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        two.subscribe("tea");
        two.subscribe("coffee");
        const int before = two.restored;
        redis.kill9();
        QTRY_VERIFY(!one.isUp() && !two.isUp());
        QVERIFY(two.endpoint->isLost());
        // Inside of the node all goes on; nobody waits for what cannot be confirmed.
        two.subscribe("cocoa");
        two.endpoint->publish("cocoa", "here");
        one.endpoint->publish("tea", "lost");
        QTRY_COMPARE(two.got, QList<QByteArray>{"cocoa:here"});
        QTRY_COMPARE(one.bus.counters().dropped.load(), 1U);
        QVERIFY(redis.start());
        QTRY_VERIFY(one.isUp() && two.isUp());
        QTRY_VERIFY(two.restored > before);
        for (const QByteArray &topic : {"tea", "coffee", "cocoa"})
            one.endpoint->publish(topic, "again");
        QTRY_COMPARE(two.got, (QList<QByteArray>{"cocoa:here", "tea:again", "coffee:again", "cocoa:again"}));
    }

    void redisMayComeLater()
    {
        RedisServer redis;
        Q_UNUSED(redis.port())
        Node one(redis.url());
        one.subscribe("tea");
        QVERIFY(!one.isUp());
        QVERIFY(redis.start());
        QTRY_VERIFY(one.isUp());
        QTRY_COMPARE(one.restored, 1);
        Node two(redis.url());
        QTRY_VERIFY(two.isUp());
        two.endpoint->publish("tea", "1");
        QTRY_COMPARE(one.got, QList<QByteArray>{"tea:1"});
    }

    /// A partition that drops instead of closing: nothing answers, nothing fails.
    void silentRedisIsFoundByTheHeartbeat()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        Node one(redis.url());
        QTRY_VERIFY(one.isUp());
        one.subscribe("tea");
        redis.signal(SIGSTOP);
        QTRY_VERIFY(!one.isUp());
        redis.signal(SIGCONT);
        QTRY_VERIFY(one.isUp());
        QCOMPARE(one.bus.counters().losses.load(), 1U);
        Node two(redis.url());
        QTRY_VERIFY(two.isUp());
        two.endpoint->publish("tea", "1");
        QTRY_COMPARE(one.got, QList<QByteArray>{"tea:1"});
    }

    /// Each of the two connections may be cut by an administrator, or for a reader that is too slow.
    void eitherConnectionThatIsCutComesBack_data()
    {
        QTest::addColumn<QString>("type");
        QTest::newRow("publishing") << u"normal"_s;
        QTest::newRow("listening") << u"pubsub"_s;
    }
    void eitherConnectionThatIsCutComesBack()
    {
        QFETCH(QString, type);
        Node one(m_redis.url());
        Node two(m_redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        one.subscribe("cut");
        const int before = one.restored;
        m_redis.run({u"CLIENT"_s, u"KILL"_s, u"TYPE"_s, type});
        QTRY_COMPARE(one.bus.counters().losses.load(), 1U);
        QTRY_VERIFY(one.isUp() && two.isUp());
        QTRY_VERIFY(one.restored > before);
        two.endpoint->publish("cut", "1");
        QTRY_COMPARE(one.got, QList<QByteArray>{"cut:1"});
    }

    /// What a node published while it alone was cut off reached nobody: the others are told to compare.
    void othersCompareWhenANodeIsBack()
    {
        Node one(m_redis.url());
        QTRY_VERIFY(one.isUp());
        one.subscribe("tea");
        const int before = one.restored;
        Node two(m_redis.url());
        QTRY_VERIFY(two.isUp());
        QTRY_VERIFY(one.restored > before);
        QCOMPARE(one.bus.counters().losses.load(), 0U);
    }

    /// Case P4.
    void aMasterThatBecameAReplicaIsLeft()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        Node one(redis.url());
        QTRY_VERIFY(one.isUp());
        redis.run({u"REPLICAOF"_s, u"127.0.0.1"_s, QString::number(m_redis.port())});
        QTRY_VERIFY(!one.isUp());
        redis.run({u"REPLICAOF"_s, u"NO"_s, u"ONE"_s});
        QTRY_VERIFY(one.isUp());
    }

    /// Case P1.
    void subscriptionsOutliveManyFailedAttempts()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        Node one(redis.url());
        Node two(redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        two.subscribe("tea");
        redis.kill9();
        QTRY_VERIFY(!two.isUp());
        // A server that takes connections and ends them, again and again.
        QTcpServer door;
        QVERIFY(door.listen(QHostAddress::LocalHost, redis.port()));
        int visits = 0;
        connect(&door, &QTcpServer::newConnection, this, [&] {
            ++visits;
            delete door.nextPendingConnection();
        });
        QTRY_VERIFY(visits > 20);
        door.close();
        QVERIFY(redis.start());
        QTRY_VERIFY(one.isUp() && two.isUp());
        one.endpoint->publish("tea", "1");
        QTRY_COMPARE(two.got, QList<QByteArray>{"tea:1"});
    }

    void aListenerThatRedisFindsTooSlowHeals()
    {
        RedisServer redis;
        QVERIFY(redis.start({u"--client-output-buffer-limit"_s, u"pubsub 256kb 0 0"_s}));
        Node one(redis.url());
        Node two(redis.url());
        QTRY_VERIFY(one.isUp() && two.isUp());
        one.subscribe("flood");
        const int before = one.restored;
        // One reply to the listener alone is beyond the limit.
        two.endpoint->publish("flood", QByteArray(1024 * 1024, 'x'));
        QTRY_COMPARE(one.bus.counters().losses.load(), 1U);
        QTRY_VERIFY(one.restored > before);
        QTRY_VERIFY(one.isUp() && two.isUp());
        two.endpoint->publish("flood", "small");
        QTRY_VERIFY(one.got.contains("flood:small"));
    }

    void whatRedisDoesNotTakeIsBounded()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        RedisTimings timings = shortTimings();
        timings.publishBytes = 64 * 1024;
        timings.silenceMs = 60'000;
        Node one(redis.url(), timings);
        QTRY_VERIFY(one.isUp());
        redis.signal(SIGSTOP);
        for (int i = 0; i < 100; ++i)
            one.endpoint->publish("much", QByteArray(4096, 'x'));
        QTRY_VERIFY(one.bus.counters().dropped + one.bus.counters().published == 100U);
        QCOMPARE(one.bus.counters().published.load(), 15U);
        redis.signal(SIGCONT);
        QTRY_VERIFY([&] {
            one.endpoint->publish("much", "x");
            return one.bus.counters().published > 15U;
        }());
    }

    void passwordsAndUsersSignIn()
    {
        RedisServer redis;
        QVERIFY(redis.start({u"--requirepass"_s, u"open@sesame"_s, u"--user"_s, u"confab"_s, u"on"_s, u">pw"_s, u"~*"_s,
                             u"&*"_s, u"+@all"_s}));
        Node byPassword(redis.url(u":open%40sesame@"_s));
        Node byName(redis.url(u"confab:pw@"_s));
        QTRY_VERIFY(byPassword.isUp() && byName.isUp());
    }

    void refusalsAreLoggedOnceAndWithoutThePassword()
    {
        RedisServer redis;
        QVERIFY(redis.start({u"--requirepass"_s, u"right"_s}));
        static QStringList logged;
        logged.clear();
        static QtMessageHandler before = nullptr;
        before = qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &, const QString &text) {
            static QMutex mutex;
            const QMutexLocker lock(&mutex);
            if (type == QtWarningMsg)
                logged.append(text);
        });
        const auto restore = qScopeGuard([] { qInstallMessageHandler(before); });
        {
            Node wrong(redis.url(u":hunter2@"_s));
            const QStringList asked{u"-a"_s, u"right"_s, u"--no-auth-warning"_s, u"INFO"_s, u"stats"_s};
            static const QRegularExpression attempts(u"total_connections_received:(\\d+)"_s);
            QTRY_VERIFY(attempts.match(QString::fromUtf8(redis.run(asked))).captured(1).toInt() > 20);
            QVERIFY(!wrong.isUp());
        }
        QCOMPARE(logged.size(), 1);
        QVERIFY(logged.first().contains("refuses the password"_L1));
        QVERIFY(!logged.first().contains("hunter2"_L1));
    }

private:
    int subscribers(const QByteArray &topic)
    {
        return m_redis.run({u"PUBSUB"_s, u"NUMSUB"_s, u"confab:0:"_s + QString::fromLatin1(topic)})
            .split('\n')
            .value(1)
            .toInt();
    }
};

CONFAB_TEST_CLASS(tst_RedisBus)
#include "tst_RedisBus.moc"
