// SPDX-License-Identifier: MIT
#include "server/backends/limits/redis/RedisBuckets.h"
#include "tests/contract/bus/RedisNode.h"
#include "tests/contract/limits/BucketsContract.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/RedisServer.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

#include <csignal>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// The contract over a real Redis, and what else holds there.
class tst_RedisBuckets : public BucketsContract
{
    Q_OBJECT

    RedisServer m_redis;
    std::unique_ptr<RedisBus> m_bus;
    std::unique_ptr<RedisBuckets> m_buckets;

    Buckets &buckets() override { return *m_buckets; }
    void letPass(int milliseconds) override
    {
        QElapsedTimer since;
        since.start();
        QTRY_VERIFY(since.elapsed() > milliseconds);
    }

    QByteArray keys() { return m_redis.run({u"KEYS"_s, u"*"_s}).trimmed(); }
    void set(const QString &name, const QString &value) { m_redis.run({u"CONFIG"_s, u"SET"_s, name, value}); }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_redis.start());
        m_bus = std::make_unique<RedisBus>(*RedisUrl::parse(m_redis.url()), shortTimings());
        m_buckets = std::make_unique<RedisBuckets>(*m_bus, RedisBuckets::Options{"a secret", 2000});
    }
    void init()
    {
        m_redis.run({u"FLUSHALL"_s});
        QTRY_VERIFY(m_bus->counters().isUp);
    }
    void cleanupTestCase()
    {
        m_buckets.reset();
        m_bus.reset();
    }

    void nodesOfOneSecretShareThem()
    {
        RedisBus bus(*RedisUrl::parse(m_redis.url()), shortTimings());
        RedisBuckets second(bus, {"a secret", 2000});
        RedisBuckets stranger(bus, {"another secret", 2000});
        QTRY_VERIFY(bus.counters().isUp);
        const Token token{newKey(), {2, 6}};
        QVERIFY(takes({token}));
        QVERIFY(!await(second.take({token}))->isRefused());
        QVERIFY(!takes({token}));
        QVERIFY(await(second.take({token}))->isRefused());
        QVERIFY(!await(stranger.take({token}))->isRefused());
    }

    void endByThemselvesAndNameNobody()
    {
        const Token address{u"a 192.0.2.17"_s, {10, 60}};
        const Token account{u"h grace"_s, {3, 6}};
        QVERIFY(takes({address, account}));
        const QByteArrayList names = keys().split('\n');
        QCOMPARE(names.size(), 2);
        QVERIFY(names.contains(m_buckets->nameOf(address.key)) && names.contains(m_buckets->nameOf(account.key)));
        for (const QByteArray &name : names) {
            QVERIFY2(!name.contains("192") && !name.contains("grace"), name);
            QVERIFY(!m_redis.run({u"GET"_s, QString::fromLatin1(name)}).contains("grace"));
        }
        const auto left = [&](const Token &token) {
            return m_redis.run({u"PTTL"_s, QString::fromLatin1(m_buckets->nameOf(token.key))}).trimmed().toInt();
        };
        QVERIFY(left(address) > 0 && left(address) <= 1000);
        QVERIFY(left(account) > 5000 && left(account) <= 10'000);
        buckets().giveBack(account);
        QTRY_COMPARE(keys(), ""); // one is full, and the other one is by now
    }

    void aStepOfRedisClockKeepsNobodyOut()
    {
        const Token token{newKey(), {3, 6}};
        m_redis.run({u"SET"_s, QString::fromLatin1(m_buckets->nameOf(token.key)), u"9000000000000000"_s});
        const Result<Taken> taken = take({token});
        QVERIFY(taken && taken->isRefused());
        QVERIFY2(taken->waitMs <= 10'000, QByteArray::number(taken->waitMs));
    }

    void withoutRedisTheyAreUnavailableAtOnce()
    {
        const Token token{newKey(), {2, 6}};
        m_redis.kill9();
        QTRY_VERIFY(!m_bus->counters().isUp);
        QElapsedTimer since;
        since.start();
        QCOMPARE(take({token}).error().code, ErrorCode::Unavailable);
        buckets().giveBack(token);
        QVERIFY(since.elapsed() < 200);
        QVERIFY(m_redis.start());
        QTRY_VERIFY(m_bus->counters().isUp);
        QVERIFY(takes({token}));
    }

    void aSilentRedisIsWaitedForBriefly()
    {
        RedisBuckets impatient(*m_bus, {"a secret", 100});
        m_redis.signal(SIGSTOP);
        QElapsedTimer since;
        since.start();
        const Result<Taken> taken = await(impatient.take({{newKey(), {2, 6}}}));
        const qint64 waited = since.elapsed();
        m_redis.signal(SIGCONT);
        QVERIFY(!taken);
        QCOMPARE(taken.error().code, ErrorCode::Unavailable);
        QVERIFY2(waited >= 90 && waited < 1000, QByteArray::number(waited));
    }

    void aFullRedis_data()
    {
        QTest::addColumn<QString>("policy");
        QTest::newRow("that evicts nothing") << u"noeviction"_s;
        QTest::newRow("that has nothing left to evict") << u"allkeys-lru"_s;
    }
    /// Case P6: of the two buckets none is written.
    void aFullRedis()
    {
        QFETCH(QString, policy);
        const Token kept{newKey(), {5, 6}};
        QVERIFY(takes({kept}));
        set(u"maxmemory-policy"_s, policy);
        set(u"maxmemory"_s, u"1"_s);
        const Token one{newKey(), {2, 6}};
        const Token other{newKey(), {2, 6}};
        const Result<Taken> taken = take({one, other});
        buckets().giveBack(kept);
        const Result<Taken> again = take({one, kept});
        set(u"maxmemory"_s, u"0"_s);
        QVERIFY(!taken && !again);
        QCOMPARE(taken.error().code, ErrorCode::Unavailable);
        QVERIFY(!keys().contains(m_buckets->nameOf(one.key)) && !keys().contains(m_buckets->nameOf(other.key)));
        QVERIFY(m_bus->counters().isUp);
        QVERIFY(takes({one, other}) && takes({one, other}) && !takes({one, other}));
    }

    void aReplicaKeepsNone()
    {
        RedisTimings unaware = shortTimings();
        unaware.heartbeatMs = unaware.silenceMs = 60'000;
        RedisBus bus(*RedisUrl::parse(m_redis.url()), unaware);
        RedisBuckets onReplica(bus, {"a secret", 2000});
        QTRY_VERIFY(bus.counters().isUp);
        const Token token{newKey(), {2, 6}};
        m_redis.run({u"REPLICAOF"_s, u"127.0.0.1"_s, u"1"_s});
        const Result<Taken> taken = await(onReplica.take({token}));
        m_redis.run({u"REPLICAOF"_s, u"NO"_s, u"ONE"_s});
        QVERIFY(!taken);
        QVERIFY(!await(onReplica.take({token}))->isRefused());
    }

    void anEmptiedRedisBeginsAnew()
    {
        const Token token{newKey(), {1, 6}};
        QVERIFY(takes({token}) && !takes({token}));
        m_redis.run({u"FLUSHALL"_s});
        QVERIFY(takes({token}) && !takes({token}));
    }

    /// What docs/admin.md says a user needs.
    void aUserOfFewRightsSuffices()
    {
        m_redis.run(u"ACL SETUSER few on >word ~confab:* &confab:* -@all +publish +subscribe +unsubscribe +role "
                    "+client|setname +pubsub|numsub +select +eval +time +get +set +del"_s.split(u' '));
        RedisUrl url = *RedisUrl::parse(m_redis.url() + u"/1"_s);
        url.user = "few";
        url.password = "word";
        const QUuid id = QUuid::createUuid();
        RedisBus bus(url, shortTimings(), id);
        RedisBuckets few(bus, {"a secret", 2000});
        QTRY_VERIFY(bus.counters().isUp);
        const Token token{newKey(), {1, 6}};
        QVERIFY(!await(few.take({token}))->isRefused());
        QVERIFY(await(few.take({token}))->isRefused());
        few.giveBack(token);
        QVERIFY(!await(few.take({token}))->isRefused());
        const QSet<QUuid> expected{id};
        QCOMPARE(*await(bus.present({id, QUuid::createUuid()})), expected);
        QCOMPARE(m_redis.run({u"ACL"_s, u"LOG"_s}).trimmed(), "");
    }

    void whatSomebodyElseKeepsThereIsNoBucket()
    {
        const Token token{newKey(), {1, 6}};
        const QString name = QString::fromLatin1(m_buckets->nameOf(token.key));
        m_redis.run({u"LPUSH"_s, name, u"x"_s});
        QVERIFY(!take({token}));
        m_redis.run({u"DEL"_s, name});
        m_redis.run({u"SET"_s, name, u"no number"_s});
        QVERIFY(takes({token}));
    }
};

CONFAB_TEST_CLASS(tst_RedisBuckets)
#include "tst_RedisBuckets.moc"
