// SPDX-License-Identifier: MIT
#include "server/backends/limits/local/LocalBuckets.h"
#include "server/backends/limits/redis/RedisBuckets.h"
#include "server/services/auth/FloodLimits.h"
#include "shared/core/Clock.h"
#include "tests/contract/bus/RedisNode.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/RedisServer.h"

#include <QtTest/QTest>

#include <csignal>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr auto kAddress = "192.0.2.1"_L1;

/// A node's limits: ten attempts of an address, three for an account, and then six a minute.
struct Node
{
    explicit Node(const QString &url)
        : redis(*RedisUrl::parse(url), shortTimings()), buckets(redis, {"a secret", 500}),
          limits(own, {{10, 6}, {3, 6}}, &buckets)
    {
    }

    bool isUp() const { return redis.counters().isUp; }
    Result<Done> admit(const QString &handle, const QString &address = kAddress)
    {
        return await(limits.admit(address, handle));
    }

    ManualClock clock;
    LocalBuckets own{clock};
    RedisBus redis;
    RedisBuckets buckets;
    FloodLimits limits;
};

} // namespace

/// Attempts to sign in, counted by two nodes together, and by each alone where Redis does not help.
class tst_SharedFloodLimits : public QObject
{
    Q_OBJECT

    RedisServer m_redis;
    std::unique_ptr<Node> m_one;
    std::unique_ptr<Node> m_two;

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_redis.start()); }
    void init()
    {
        m_redis.run({u"FLUSHALL"_s});
        m_one = std::make_unique<Node>(m_redis.url());
        m_two = std::make_unique<Node>(m_redis.url());
        QTRY_VERIFY(m_one->isUp() && m_two->isUp());
    }
    void cleanup()
    {
        m_one.reset();
        m_two.reset();
    }

    void attemptsAtOneNodeCountAtTheOther()
    {
        QVERIFY(m_one->admit(u"ann"_s));
        QVERIFY(m_one->admit(u"ann"_s));
        QVERIFY(m_two->admit(u"ann"_s));
        for (Node *node : {m_one.get(), m_two.get()}) {
            const Result<Done> refused = node->admit(u"ann"_s, u"198.51.100.1"_s);
            QCOMPARE(refused.error().code, ErrorCode::RateLimited);
            QCOMPARE(refused.error().field, u"handle"_s);
            QVERIFY(refused.error().retryAfterMs > 5000 && refused.error().retryAfterMs <= 10'000);
            QCOMPARE(node->limits.refusedAccounts(), 1U);
            QCOMPARE(node->limits.judgedAlone(), 0U);
        }
        for (int i = 0; i < 7; ++i)
            QVERIFY((i % 2 ? m_one : m_two)->admit(u"person%1"_s.arg(i)));
        QVERIFY(m_one->admit(u"bob"_s).error().message.contains("from one address"_L1));
        QVERIFY(m_two->admit(u"bob"_s, u"2001:db8::1"_s));
        QCOMPARE(m_one->limits.refusedAddresses(), 1U);
    }

    void aSuccessAtOneNodeCountsAtTheOther()
    {
        QVERIFY(m_one->admit(u"ann"_s) && m_one->admit(u"ann"_s) && m_two->admit(u"ann"_s));
        QVERIFY(!m_two->admit(u"ann"_s));
        m_one->limits.succeeded(u"ann"_s);
        // It is given back behind the caller's back; what is refused until then costs nothing.
        bool isAdmitted = false;
        QTRY_VERIFY(isAdmitted = isAdmitted || m_two->admit(u"ann"_s));
        QVERIFY(!m_two->admit(u"ann"_s));
    }

    /// What the others refuse costs nothing of the node's own count, by which it judges alone afterwards.
    void withoutRedisANodesOwnCountStands()
    {
        QVERIFY(m_one->admit(u"ann"_s) && m_one->admit(u"ann"_s) && m_one->admit(u"ann"_s));
        for (int i = 0; i < 5; ++i)
            QVERIFY(!m_two->admit(u"ann"_s));
        m_redis.kill9();
        QTRY_VERIFY(!m_two->isUp() && !m_one->isUp());
        QVERIFY(!m_one->admit(u"ann"_s));
        QCOMPARE(m_one->limits.judgedAlone(), 0U); // it needed nobody to refuse
        for (int i = 0; i < 3; ++i)
            QVERIFY(m_two->admit(u"ann"_s));
        QVERIFY(!m_two->admit(u"ann"_s));
        QCOMPARE(m_two->limits.judgedAlone(), 3U);
        QVERIFY(m_redis.start());
    }

    void aRedisEmptiedInTheMiddleLiftsNoNodesOwnLimit()
    {
        QVERIFY(m_one->admit(u"ann"_s) && m_one->admit(u"ann"_s) && m_one->admit(u"ann"_s));
        m_redis.run({u"FLUSHALL"_s});
        QVERIFY(!m_one->admit(u"ann"_s));
        for (int i = 0; i < 3; ++i)
            QVERIFY(m_two->admit(u"ann"_s));
        QVERIFY(!m_two->admit(u"ann"_s));
    }

    void aFullOrSilentRedisKeepsNobodyOut()
    {
        m_redis.run({u"CONFIG"_s, u"SET"_s, u"maxmemory"_s, u"1"_s});
        QVERIFY(m_one->admit(u"ann"_s));
        m_redis.run({u"CONFIG"_s, u"SET"_s, u"maxmemory"_s, u"0"_s});
        QCOMPARE(m_one->limits.judgedAlone(), 1U);
        m_redis.signal(SIGSTOP);
        const Result<Done> admitted = m_one->admit(u"ann"_s);
        m_redis.signal(SIGCONT);
        QVERIFY(admitted);
        QCOMPARE(m_one->limits.judgedAlone(), 2U);
        QTRY_VERIFY(m_one->isUp());
        QVERIFY(m_one->admit(u"ann"_s));
        QVERIFY(!m_one->admit(u"ann"_s));
    }
};

CONFAB_TEST_CLASS(tst_SharedFloodLimits)
#include "tst_SharedFloodLimits.moc"
