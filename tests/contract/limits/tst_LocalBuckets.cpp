// SPDX-License-Identifier: MIT
#include "server/backends/limits/local/LocalBuckets.h"
#include "shared/core/Clock.h"
#include "tests/contract/limits/BucketsContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;

/// The contract in the memory of one node.
class tst_LocalBuckets : public BucketsContract
{
    Q_OBJECT

    ManualClock m_clock;
    LocalBuckets m_buckets{m_clock, 1000};

    Buckets &buckets() override { return m_buckets; }
    void letPass(int milliseconds) override { m_clock.advance(milliseconds); }

private Q_SLOTS:
    void areBounded()
    {
        LocalBuckets few(m_clock, 100);
        for (int i = 0; i < 10'000; ++i) {
            QVERIFY(await(few.take({{newKey(), {5, 1}}, {newKey(), {5, 1}}})));
            QVERIFY(few.count() <= 200);
        }
    }

    void oneInUseOutlivesAFloodOfOthers()
    {
        LocalBuckets few(m_clock, 100);
        const Token token{newKey(), {5, 1}};
        for (int i = 0; i < 5; ++i)
            QVERIFY(!await(few.take({token}))->isRefused());
        for (int i = 0; i < 1000; ++i) {
            QVERIFY(!await(few.take({{newKey(), {5, 1}}}))->isRefused());
            QVERIFY(await(few.take({token}))->isRefused());
        }
    }
};

CONFAB_TEST_CLASS(tst_LocalBuckets)
#include "tst_LocalBuckets.moc"
