// SPDX-License-Identifier: MIT
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <csignal>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Which confabd may serve a database that another one serves.
class tst_Nodes : public QObject
{
    Q_OBJECT

    PostgresServer m_postgres;
    RedisServer m_redis;
    QByteArray m_name;
    int m_count = 0;

    QStringList alone() const { return {u"--database-url"_s, QString::fromLatin1(m_postgres.url(m_name))}; }
    QStringList onRedis() const { return alone() + QStringList{u"--redis-url"_s, m_redis.url()}; }
    QByteArray rows() { return m_postgres.run("SELECT count(*) FROM nodes", m_name); }

    static bool isServing(const ConfabdProcess &node)
    {
        return RestClient(node.url()).request("GET", u"/readyz"_s).status == 200;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_postgres.start());
        QVERIFY(m_redis.start());
    }
    void init()
    {
        m_name = "served" + QByteArray::number(++m_count);
        m_postgres.makeDatabase(m_name);
    }

    void aSecondServerIsRefused_data()
    {
        QTest::addColumn<bool>("isFirstOnRedis");
        QTest::addColumn<bool>("isSecondOnRedis");
        QTest::newRow("both without Redis") << false << false;
        QTest::newRow("one that forgets redis.url") << true << false;
        QTest::newRow("beside one that forgot redis.url") << false << true;
    }
    void aSecondServerIsRefused()
    {
        QFETCH(bool, isFirstOnRedis);
        QFETCH(bool, isSecondOnRedis);
        ConfabdProcess first(cheapServer() + (isFirstOnRedis ? onRedis() : alone()));
        QVERIFY(first.start());
        ConfabdProcess second(cheapServer() + (isSecondOnRedis ? onRedis() : alone()));
        QVERIFY(!second.start());
        QCOMPARE(second.exitCode(), 75);
        const QByteArray errors = second.errorOutput();
        const QByteArray process = "(process " + QByteArray::number(first.pid()) + ',';
        QVERIFY2(errors.contains("Another confabd serves this database") && errors.contains(process) &&
                     errors.contains("redis.url"),
                 errors);
        QVERIFY(isServing(first));
        QCOMPARE(first.terminate(), 0);
        QCOMPARE(rows(), "0");
        QVERIFY(second.start());
    }

    void serversOnOneRedisServeTogether()
    {
        ConfabdProcess first(cheapServer() + onRedis());
        ConfabdProcess second(cheapServer() + onRedis());
        QVERIFY(first.start());
        QVERIFY(second.start());
        QVERIFY(isServing(first) && isServing(second));
        const auto seen = [](const ConfabdProcess &node) {
            return RestClient(node.url()).request("GET", u"/metrics"_s).body.contains("\nconfab_nodes 2\n");
        };
        QVERIFY(waitUntil([&] { return seen(first) && seen(second); }));
    }

    void aServerOnAnotherRedisIsRefused()
    {
        RedisServer other;
        QVERIFY(other.start());
        ConfabdProcess first(cheapServer() + onRedis());
        QVERIFY(first.start());
        ConfabdProcess second(cheapServer() + alone() + QStringList{u"--redis-url"_s, other.url()});
        QVERIFY(!second.start());
        QCOMPARE(second.exitCode(), 75);
        const QByteArray errors = second.errorOutput();
        QVERIFY2(errors.contains("is not to be found on this one's Redis"), errors);
        QVERIFY(isServing(first));
    }

    /// As a supervisor does after a crash: the lease of the one before has not ended.
    void aKilledServerStartsAgainAtOnce()
    {
        ConfabdProcess server(cheapServer() + alone());
        QVERIFY(server.start());
        for (int round = 0; round < 3; ++round) {
            server.kill9();
            QCOMPARE(rows(), "1");
            QElapsedTimer since;
            since.start();
            QVERIFY(server.start());
            const qint64 took = since.elapsed();
            QVERIFY2(took < 5000, QByteArray::number(took));
            QCOMPARE(rows(), "1");
        }
    }

    /// On another machine nobody can see that it crashed; its lease is waited for.
    void aServerThatCrashedElsewhereHoldsUpItsSuccessorForItsLease()
    {
        ConfabdProcess server(cheapServer() + alone());
        QVERIFY(server.start());
        m_postgres.run("UPDATE nodes SET process_space = 'another machine'", m_name);
        server.kill9();
        QElapsedTimer since;
        since.start();
        QVERIFY(server.start());
        const qint64 took = since.elapsed();
        QVERIFY2(took > 5000 && took < 20'000, QByteArray::number(took));
        qInfo("a successor elsewhere served after %lld ms", took);
    }

    void ofTwoAtATimeOneServes()
    {
        for (int round = 0; round < 3; ++round) {
            init();
            QProcess both[2];
            for (int i = 0; i < 2; ++i) {
                QTemporaryDir directory;
                both[i].start(ConfabdProcess::program(),
                              cheapServer() + alone() +
                                  QStringList{u"--listen"_s, u"127.0.0.1:0"_s, u"--data-dir"_s, directory.path()});
            }
            const auto ended = [&] {
                return int(both[0].state() == QProcess::NotRunning) + int(both[1].state() == QProcess::NotRunning);
            };
            QVERIFY(waitUntil([&] { return ended() == 1; }));
            QProcess &refused = both[0].state() == QProcess::NotRunning ? both[0] : both[1];
            QProcess &serving = both[0].state() == QProcess::NotRunning ? both[1] : both[0];
            QCOMPARE(refused.exitCode(), 75);
            QVERIFY(waitUntil([&] { return serving.readAllStandardOutput().contains("listening on"); }));
            QCOMPARE(rows(), "1");
            serving.terminate();
            QVERIFY(serving.waitForFinished());
            QCOMPARE(rows(), "0");
        }
    }
};

CONFAB_TEST_CLASS(tst_Nodes)
#include "tst_Nodes.moc"
