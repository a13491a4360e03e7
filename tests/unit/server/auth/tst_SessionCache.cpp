// SPDX-License-Identifier: MIT
#include "server/services/auth/SessionCache.h"
#include "shared/core/Clock.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;

namespace {
Authenticated someone(UserId userId = UserId(QUuid::createUuid()))
{
    Authenticated entry;
    entry.caller.userId = userId;
    entry.caller.sessionId = SessionId(QUuid::createUuid());
    return entry;
}
} // namespace

class tst_SessionCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsAnEntryForItsLifetime()
    {
        ManualClock clock;
        SessionCache cache(clock);
        cache.insert("a", someone(), cache.epoch());
        clock.advance(SessionCache::kLifetimeMs - 1);
        QVERIFY(cache.find("a"));
        QVERIFY(!cache.find("b"));
        clock.advance(1);
        QVERIFY(!cache.find("a"));
    }

    void forgetsASessionOrAllOfAPerson()
    {
        ManualClock clock;
        SessionCache cache(clock);
        const UserId ann(QUuid::createUuid());
        const Authenticated first = someone(ann);
        cache.insert("a", first, cache.epoch());
        cache.insert("b", someone(ann), cache.epoch());
        cache.insert("c", someone(), cache.epoch());
        cache.remove(first.caller.sessionId);
        QVERIFY(!cache.find("a"));
        QVERIFY(cache.find("b"));
        cache.remove(ann);
        QVERIFY(!cache.find("b"));
        QVERIFY(cache.find("c"));
    }

    void refusesWhatWasReadBeforeARemoval()
    {
        ManualClock clock;
        SessionCache cache(clock);
        const quint64 epoch = cache.epoch();
        cache.remove(SessionId(QUuid::createUuid()));
        cache.insert("a", someone(), epoch);
        QVERIFY(!cache.find("a"));
    }

    void neverHoldsMoreThanItMay()
    {
        ManualClock clock;
        SessionCache cache(clock, 10);
        for (int i = 0; i < 100; ++i) {
            cache.insert(QByteArray::number(i), someone(), cache.epoch());
            QVERIFY(cache.find(QByteArray::number(i)));
            QVERIFY(cache.size() <= 10);
            clock.advance(100);
        }
    }
};

CONFAB_TEST_CLASS(tst_SessionCache)
#include "tst_SessionCache.moc"
