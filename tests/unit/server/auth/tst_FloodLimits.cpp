// SPDX-License-Identifier: MIT
#include "server/backends/limits/local/LocalBuckets.h"
#include "server/services/auth/FloodLimits.h"
#include "shared/core/Clock.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {
Result<Done> admit(FloodLimits &limits, const QString &address, const QString &handle)
{
    return test::await(limits.admit(address, handle));
}
} // namespace

class tst_FloodLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void admitsABurstThenTheRate()
    {
        ManualClock clock;
        LocalBuckets buckets(clock);
        FloodLimits limits(buckets, {{3, 60}, {0, 0}});
        for (int i = 0; i < 3; ++i)
            QVERIFY(admit(limits, u"192.0.2.1"_s, u"ann"_s));
        const auto refused = admit(limits, u"192.0.2.1"_s, u"bob"_s);
        QCOMPARE(refused.error().code, ErrorCode::RateLimited);
        QCOMPARE(refused.error().retryAfterMs, 1000);
        QCOMPARE(limits.refusedAddresses(), 1U);
        QCOMPARE(limits.refusedAccounts(), 0U);
        QVERIFY(admit(limits, u"192.0.2.2"_s, u"ann"_s));
        clock.advance(400);
        QCOMPARE(admit(limits, u"192.0.2.1"_s, u"ann"_s).error().retryAfterMs, 600);
        clock.advance(600);
        QVERIFY(admit(limits, u"192.0.2.1"_s, u"ann"_s));
        QVERIFY(!admit(limits, u"192.0.2.1"_s, u"ann"_s));
        clock.advance(3'600'000);
        for (int i = 0; i < 3; ++i)
            QVERIFY(admit(limits, u"192.0.2.1"_s, u"ann"_s));
        QVERIFY(!admit(limits, u"192.0.2.1"_s, u"ann"_s));
    }

    void oneNumberSetsBothLimits()
    {
        ManualClock clock;
        LocalBuckets buckets(clock);
        FloodLimits sixty(buckets, FloodLimits::optionsFor(60));
        for (int i = 0; i < 60; ++i)
            QVERIFY(admit(sixty, u"192.0.2.1"_s, u"person%1"_s.arg(i)));
        const Error ofAddress = admit(sixty, u"192.0.2.1"_s, u"ann"_s).error();
        QVERIFY(ofAddress.message.contains(u"60 attempts a minute from one address"_s));
        QVERIFY(ofAddress.field.isEmpty());
        for (int i = 0; i < 10; ++i)
            QVERIFY(admit(sixty, u"198.51.100.%1"_s.arg(i), u"ann"_s));
        const Error ofAccount = admit(sixty, u"198.51.100.99"_s, u"ann"_s).error();
        QVERIFY(ofAccount.message.contains(u"10 attempts a minute for one account"_s));
        QCOMPARE(ofAccount.field, u"handle"_s);
        FloodLimits off(buckets, FloodLimits::optionsFor(0));
        for (int i = 0; i < 1000; ++i)
            QVERIFY(admit(off, u"192.0.2.1"_s, u"ann"_s));
    }

    /// Case N6.
    void limitsAnAccountFromManyAddresses()
    {
        ManualClock clock;
        LocalBuckets buckets(clock);
        FloodLimits limits(buckets, {{10, 10}, {5, 5}});
        for (int i = 0; i < 5; ++i)
            QVERIFY(admit(limits, u"192.0.2.%1"_s.arg(i), u"ann"_s));
        QVERIFY(!admit(limits, u"192.0.2.99"_s, u"ann"_s));
        QVERIFY(admit(limits, u"192.0.2.99"_s, u"bob"_s));
        limits.succeeded(u"ann"_s);
        QVERIFY(admit(limits, u"192.0.2.99"_s, u"ann"_s));
    }

    void refusalTakesNoToken()
    {
        ManualClock clock;
        LocalBuckets buckets(clock);
        FloodLimits limits(buckets, {{2, 1}, {1, 1}});
        QVERIFY(admit(limits, u"192.0.2.1"_s, u"ann"_s));
        for (int i = 0; i < 10; ++i)
            QVERIFY(!admit(limits, u"192.0.2.1"_s, u"ann"_s));
        QVERIFY(admit(limits, u"192.0.2.1"_s, u"bob"_s));
    }

    void successNeverGivesMoreThanTheBurst()
    {
        ManualClock clock;
        LocalBuckets buckets(clock);
        FloodLimits limits(buckets, {{0, 0}, {1, 1}});
        for (int i = 0; i < 10; ++i)
            limits.succeeded(u"ann"_s);
        QVERIFY(admit(limits, u"192.0.2.1"_s, u"ann"_s));
        QVERIFY(!admit(limits, u"192.0.2.1"_s, u"ann"_s));
    }

    void jumpsOfTheWallClockGiveNothing()
    {
        ManualClock clock;
        LocalBuckets buckets(clock);
        FloodLimits limits(buckets, {{1, 1}, {0, 0}});
        QVERIFY(admit(limits, u"192.0.2.1"_s, u"ann"_s));
        clock.jumpUtc(3'600'000);
        QVERIFY(!admit(limits, u"192.0.2.1"_s, u"ann"_s));
    }

    void addressesCountByTheirNetwork_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::addColumn<bool>("same");
        QTest::newRow("one /64") << u"2001:db8:1:2::1"_s << u"2001:db8:1:2:ffff::9"_s << true;
        QTest::newRow("two /64") << u"2001:db8:1:2::1"_s << u"2001:db8:1:3::1"_s << false;
        QTest::newRow("mapped IPv4") << u"::ffff:192.0.2.1"_s << u"192.0.2.1"_s << true;
        QTest::newRow("two mapped IPv4") << u"::ffff:192.0.2.1"_s << u"::ffff:192.0.2.2"_s << false;
        QTest::newRow("two IPv4") << u"192.0.2.1"_s << u"192.0.2.2"_s << false;
        QTest::newRow("scope") << u"fe80::1%eth0"_s << u"fe80::2"_s << true;
    }
    void addressesCountByTheirNetwork()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QFETCH(bool, same);
        QCOMPARE(FloodLimits::addressKey(one) == FloodLimits::addressKey(other), same);
    }
};

CONFAB_TEST_CLASS(tst_FloodLimits)
#include "tst_FloodLimits.moc"
