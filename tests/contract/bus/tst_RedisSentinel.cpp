// SPDX-License-Identifier: MIT
#include "tests/contract/bus/RedisNode.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/RedisServer.h"

#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <array>
#include <csignal>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kFailoverMs = 30'000;

/// A master, its replica, and three Sentinels of which two decide.
struct Watched
{
    /// \a password: of the Redis and of its Sentinels, which is another one there.
    bool start(const QString &password = {})
    {
        QStringList redis;
        QStringList settings;
        if (!password.isEmpty()) {
            redis = {u"--requirepass"_s, password, u"--masterauth"_s, password};
            settings = {u"sentinel auth-pass chat "_s + password, u"requirepass sentinel-"_s + password};
        }
        if (!one.start(redis) || !two.startAsReplicaOf(one.port(), redis))
            return false;
        for (RedisServer &sentinel : sentinels) {
            if (!sentinel.startAsSentinel(u"chat"_s, one.port(), 2, settings))
                return false;
        }
        // They find each other, and the replica, through the master.
        const QStringList signIn = password.isEmpty()
                                       ? QStringList()
                                       : QStringList{u"--no-auth-warning"_s, u"-a"_s, u"sentinel-"_s + password};
        return QTest::qWaitFor(
            [&] {
                return std::all_of(sentinels.begin(), sentinels.end(), [&](const RedisServer &sentinel) {
                    const QByteArray known = sentinel.run(signIn + QStringList{u"SENTINEL"_s, u"MASTER"_s, u"chat"_s});
                    return known.contains("\nnum-other-sentinels\n2\n") && known.contains("\nnum-slaves\n1\n") &&
                           known.contains("\nflags\nmaster\n");
                });
            },
            kFailoverMs);
    }

    QString url()
    {
        QStringList places;
        for (RedisServer &sentinel : sentinels)
            places.append(u"127.0.0.1:%1"_s.arg(sentinel.port()));
        return u"redis+sentinel://%1/chat"_s.arg(places.join(u','));
    }

    RedisServer one;
    RedisServer two;
    std::array<RedisServer, 3> sentinels;
};

/// How many connections of nodes a Redis has.
int nodesAt(const RedisServer &redis)
{
    return static_cast<int>(redis.run({u"CLIENT"_s, u"LIST"_s}).count("name=confabd"));
}

QByteArray roleOf(const RedisServer &redis)
{
    return redis.run({u"ROLE"_s}).split('\n').first();
}

bool areUp(const RedisNode &one, const RedisNode &two)
{
    return one.isUp() && two.isUp();
}

} // namespace

/// The bus between nodes where Sentinels say which Redis is the master: real ones, that put another in its place.
class tst_RedisSentinel : public QObject
{
    Q_OBJECT

    /// What one publishes comes to the other.
    static bool crosses(RedisNode &one, RedisNode &two)
    {
        static int count = 0;
        const QByteArray text = QByteArray::number(++count);
        one.endpoint->publish("tea", text);
        return QTest::qWaitFor([&] { return two.got.contains("tea:" + text); });
    }

private Q_SLOTS:
    void aKilledMastersReplicaTakesItsPlace()
    {
        Watched redis;
        QVERIFY(redis.start());
        RedisNode one(redis.url());
        RedisNode two(redis.url());
        QTRY_VERIFY(areUp(one, two));
        QCOMPARE(nodesAt(redis.one), 4); // each publishes by one and listens by another
        QCOMPARE(nodesAt(redis.two), 0);
        two.subscribe("tea");
        QVERIFY(crosses(one, two));

        const int before = two.restored;
        QElapsedTimer since;
        since.start();
        redis.one.kill9();
        QTRY_VERIFY(!one.isUp() && !two.isUp());
        QTRY_VERIFY_WITH_TIMEOUT(areUp(one, two), kFailoverMs);
        qInfo("the bus was back %lld ms after kill -9 of the master", since.elapsed());
        QTRY_VERIFY(two.restored > before);
        QCOMPARE(nodesAt(redis.two), 4);
        QVERIFY(crosses(one, two));

        // The old master comes back as one; Sentinels make it a replica, and nobody goes there.
        QVERIFY(redis.one.start());
        QTRY_COMPARE_WITH_TIMEOUT(roleOf(redis.one), "slave", kFailoverMs);
        QVERIFY(crosses(one, two));
        QCOMPARE(nodesAt(redis.one), 0);
        QCOMPARE(nodesAt(redis.two), 4);
    }

    /// Case P4: nothing closes a connection, and publishing goes on without an error.
    void aMasterMadeAReplicaIsLeftForTheOneSentinelsName()
    {
        Watched redis;
        QVERIFY(redis.start());
        // They look every ten seconds otherwise, and give a master that says it is none two such looks.
        for (const RedisServer &sentinel : redis.sentinels)
            QCOMPARE(sentinel.run({u"SENTINEL"_s, u"DEBUG"_s, u"info-period"_s, u"1000"_s}), "OK");
        RedisNode one(redis.url());
        RedisNode two(redis.url());
        QTRY_VERIFY(areUp(one, two));
        two.subscribe("tea");
        QElapsedTimer since;
        since.start();
        QCOMPARE(redis.one.run({u"REPLICAOF"_s, u"127.0.0.1"_s, QString::number(redis.two.port())}), "OK");
        QTRY_VERIFY(!one.isUp() && !two.isUp());
        const qint64 left = since.elapsed();
        // Sentinels still name it for a while; it is refused each time.
        QTRY_VERIFY_WITH_TIMEOUT(areUp(one, two), kFailoverMs);
        qInfo("left after %lld ms, the bus was back after %lld ms", left, since.elapsed());
        QVERIFY(since.elapsed() < kFailoverMs);
        QCOMPARE(nodesAt(redis.two), 4);
        QVERIFY(crosses(one, two));
        QCOMPARE(one.bus.counters().losses.load(), 1U); // it was not up in between
    }

    /// One was killed, one takes connections and says nothing: the third is asked.
    void deadAndSilentSentinelsArePassedOver()
    {
        Watched redis;
        QVERIFY(redis.start());
        redis.sentinels[0].kill9();
        redis.sentinels[1].signal(SIGSTOP);
        RedisNode one(redis.url());
        RedisNode two(redis.url());
        QTRY_VERIFY(areUp(one, two));
        two.subscribe("tea");
        QVERIFY(crosses(one, two));
        redis.sentinels[1].signal(SIGCONT);
        redis.one.kill9();
        QTRY_COMPARE_WITH_TIMEOUT(nodesAt(redis.two), 4, kFailoverMs);
        QTRY_VERIFY(areUp(one, two));
        QVERIFY(crosses(one, two));
    }

    /// One that falls silent between the sign-in and the question, as each may in the worst moment.
    void aSentinelThatDoesNotAnswerIsPassedOver()
    {
        RedisServer redis;
        RedisServer sentinel;
        QVERIFY(redis.start());
        QVERIFY(sentinel.startAsSentinel(u"chat"_s, redis.port(), 1));
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        int asked = 0;
        connect(&silent, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *socket = silent.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [socket, &asked] {
                const QByteArray words = socket->readAll();
                if (words.contains("SETNAME"))
                    socket->write("+OK\r\n");
                asked += words.contains("SENTINEL");
            });
        });
        RedisNode node(
            u"redis+sentinel://127.0.0.1:%1,127.0.0.1:%2/chat"_s.arg(silent.serverPort()).arg(sentinel.port()));
        QTRY_VERIFY(node.isUp());
        QCOMPARE(asked, 1);
    }

    void sentinelsHavePasswordsOfTheirOwn()
    {
        Watched redis;
        QVERIFY(redis.start(u"sesame"_s));
        RedisUrl url = *RedisUrl::parse(redis.url());
        url.password = "sesame";
        url.sentinelPassword = "sentinel-sesame";
        RedisNode one(url);
        RedisNode two(url);
        QTRY_VERIFY(areUp(one, two));
        two.subscribe("tea");
        QVERIFY(crosses(one, two));
        redis.one.kill9();
        QTRY_VERIFY(!one.isUp() && !two.isUp());
        QTRY_VERIFY_WITH_TIMEOUT(areUp(one, two), kFailoverMs);
        QVERIFY(crosses(one, two));
    }

    /// The log says what is wrong, and repeats no password.
    void refusalsOfSentinelsAreLogged_data()
    {
        QTest::addColumn<QString>("master");
        QTest::addColumn<QByteArray>("password");
        QTest::addColumn<QString>("logged");
        QTest::newRow("wrong password") << u"chat"_s << QByteArray("hunter2") << u"refuses the password (WRONGPASS)"_s;
        QTest::newRow("no password") << u"chat"_s << QByteArray() << u"wants another password, or none (NOAUTH)"_s;
        QTest::newRow("another master") << u"news"_s << QByteArray("sesame") << u"it watches no news"_s;
    }
    void refusalsOfSentinelsAreLogged()
    {
        QFETCH(QString, master);
        QFETCH(QByteArray, password);
        QFETCH(QString, logged);
        RedisServer redis;
        QVERIFY(redis.start());
        RedisServer sentinel;
        QVERIFY(sentinel.startAsSentinel(u"chat"_s, redis.port(), 1, {u"requirepass sesame"_s}));
        static QStringList lines;
        static QMutex mutex;
        lines.clear();
        const QtMessageHandler before =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &text) {
                const QMutexLocker lock(&mutex);
                lines.append(text);
            });
        const auto restore = qScopeGuard([before] { qInstallMessageHandler(before); });
        RedisUrl url = *RedisUrl::parse(u"redis+sentinel://127.0.0.1:%1/%2"_s.arg(sentinel.port()).arg(master));
        url.sentinelPassword = password;
        RedisNode node(url);
        const auto isLogged = [] {
            const QMutexLocker lock(&mutex);
            return !lines.isEmpty();
        };
        QTRY_VERIFY(isLogged());
        const QMutexLocker lock(&mutex);
        QVERIFY2(lines.first().contains(logged), qPrintable(lines.first()));
        QVERIFY(!lines.first().contains("hunter2"_L1));
    }
};

CONFAB_TEST_CLASS(tst_RedisSentinel)
#include "tst_RedisSentinel.moc"
