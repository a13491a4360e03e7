// SPDX-License-Identifier: MIT
#include "tests/contract/bus/BusContract.h"
#include "tests/contract/bus/RedisNode.h"
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
        RedisNode one(m_redis.url());
        RedisNode two(m_redis.url());
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
        RedisNode one(m_redis.url());
        RedisNode two(m_redis.url());
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
        RedisNode one(m_redis.url());
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
        RedisNode two(m_redis.url());
        QTRY_VERIFY(two.isUp());
        two.endpoint->publish("counted", "x");
        QTRY_COMPARE(one.got, QList<QByteArray>{"counted:x"});
    }

    void subscribesToManyInFewCommands()
    {
        RedisNode one(m_redis.url());
        RedisNode two(m_redis.url());
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
        RedisNode one(m_redis.url() + u"/1"_s);
        RedisNode two(m_redis.url() + u"/2"_s);
        RedisNode alsoTwo(m_redis.url() + u"/2"_s);
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
        RedisNode one(redis.url());
        RedisNode two(redis.url());
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
        RedisNode one(redis.url());
        one.subscribe("tea");
        QVERIFY(!one.isUp());
        QVERIFY(redis.start());
        QTRY_VERIFY(one.isUp());
        QTRY_COMPARE(one.restored, 1);
        RedisNode two(redis.url());
        QTRY_VERIFY(two.isUp());
        two.endpoint->publish("tea", "1");
        QTRY_COMPARE(one.got, QList<QByteArray>{"tea:1"});
    }

    /// A partition that drops instead of closing: nothing answers, nothing fails.
    void silentRedisIsFoundByTheHeartbeat()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        RedisNode one(redis.url());
        QTRY_VERIFY(one.isUp());
        one.subscribe("tea");
        redis.signal(SIGSTOP);
        QTRY_VERIFY(!one.isUp());
        redis.signal(SIGCONT);
        QTRY_VERIFY(one.isUp());
        QCOMPARE(one.bus.counters().losses.load(), 1U);
        RedisNode two(redis.url());
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
        RedisNode one(m_redis.url());
        RedisNode two(m_redis.url());
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
        RedisNode one(m_redis.url());
        QTRY_VERIFY(one.isUp());
        one.subscribe("tea");
        const int before = one.restored;
        RedisNode two(m_redis.url());
        QTRY_VERIFY(two.isUp());
        QTRY_VERIFY(one.restored > before);
        QCOMPARE(one.bus.counters().losses.load(), 0U);
    }

    /// Case P4.
    void aMasterThatBecameAReplicaIsLeft()
    {
        RedisServer redis;
        QVERIFY(redis.start());
        RedisNode one(redis.url());
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
        RedisNode one(redis.url());
        RedisNode two(redis.url());
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
        RedisNode one(redis.url());
        RedisNode two(redis.url());
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
        RedisNode one(redis.url(), timings);
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
        RedisNode byPassword(redis.url(u":open%40sesame@"_s));
        RedisNode byName(redis.url(u"confab:pw@"_s));
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
            RedisNode wrong(redis.url(u":hunter2@"_s));
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
