// SPDX-License-Identifier: MIT
#include "server/runtime/TimerQueue.h"
#include "tests/support/TestClass.h"

#include <cmath>

using namespace confab::server;

namespace {
constexpr qint64 kMs = 1'000'000;
constexpr qint64 kStart = 123'456'789'123; // not on any grid
} // namespace

class tst_TimerQueue : public QObject
{
    Q_OBJECT

    static QList<int> fire(TimerQueue &queue, qint64 now)
    {
        QList<int> fired;
        for (const TimerQueue::Due due : queue.due(now)) {
            if (queue.begin(due, now))
                fired << due.id;
            queue.end(due);
        }
        return fired;
    }

private Q_SLOTS:
    void preciseTimersAreDueExactlyAndInOrder()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 30, Qt::PreciseTimer, &object, kStart);
        queue.add(2, 10, Qt::PreciseTimer, &object, kStart);
        queue.add(3, 20, Qt::PreciseTimer, &object, kStart);
        queue.add(4, 20, Qt::PreciseTimer, &object, kStart);
        QCOMPARE(queue.nextDeadline(), std::optional(kStart + 10 * kMs));
        QCOMPARE(fire(queue, kStart + 10 * kMs - 1), QList<int>{});
        QCOMPARE(fire(queue, kStart + 10 * kMs), QList<int>{2});
        QCOMPARE(fire(queue, kStart + 30 * kMs), (QList<int>{3, 4, 2, 1}));
    }

    void periodicTimersKeepTheirRhythmAndSkipWhatTheyMissed()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 10, Qt::PreciseTimer, &object, kStart);
        QCOMPARE(fire(queue, kStart + 14 * kMs), QList<int>{1});
        QCOMPARE(queue.nextDeadline(), std::optional(kStart + 20 * kMs));
        QCOMPARE(fire(queue, kStart + 95 * kMs), QList<int>{1});
        QCOMPARE(queue.nextDeadline(), std::optional(kStart + 105 * kMs));
    }

    void zeroTimersAreAlwaysDueOncePerRound()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 0, Qt::PreciseTimer, &object, kStart);
        queue.add(2, 0, Qt::CoarseTimer, &object, kStart);
        for (int round = 0; round < 3; ++round)
            QCOMPARE(fire(queue, kStart), (QList<int>{1, 2}));
    }

    void coarseTimersMoveByFivePercentAtMost_data()
    {
        QTest::addColumn<int>("interval");
        for (const int interval : {1, 19, 20, 33, 100, 999, 1000, 20'000, 3'600'000})
            QTest::addRow("%d ms", interval) << interval;
    }
    void coarseTimersMoveByFivePercentAtMost()
    {
        QFETCH(int, interval);
        TimerQueue queue;
        QObject object;
        for (qint64 offset = 0; offset < 1000; offset += 7) {
            const qint64 start = kStart + offset * kMs;
            queue.add(1, interval, Qt::CoarseTimer, &object, start);
            qint64 now = start;
            for (int period = 0; period < 3; ++period) {
                const qint64 next = *queue.nextDeadline();
                QVERIFY(std::abs(next - now - interval * kMs) * 20 <= interval * kMs);
                now = next;
                QCOMPARE(fire(queue, now), QList<int>{1});
            }
        }
    }

    void coarseTimersFireTogether()
    {
        TimerQueue queue;
        QObject object;
        QSet<qint64> deadlines;
        for (int i = 0; i < 1000; ++i) {
            queue.add(i, 20'000, Qt::CoarseTimer, &object, kStart + i * 20 * kMs);
            TimerQueue alone;
            alone.add(i, 20'000, Qt::CoarseTimer, &object, kStart + i * 20 * kMs);
            deadlines << *alone.nextDeadline();
        }
        QVERIFY(deadlines.size() <= 42);
    }

    void veryCoarseTimersFireOnWholeSeconds()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 3000, Qt::VeryCoarseTimer, &object, kStart);
        const qint64 deadline = *queue.nextDeadline();
        QCOMPARE(deadline % (1000 * kMs), 0);
        QVERIFY(std::abs(deadline - kStart - 3000 * kMs) <= 500 * kMs);
    }

    void remainingTimeIsRoundedUpAndNeverNegative()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 50, Qt::PreciseTimer, &object, kStart);
        QCOMPARE(queue.remainingMs(1, kStart), 50);
        QCOMPARE(queue.remainingMs(1, kStart + 1), 50);
        QCOMPARE(queue.remainingMs(1, kStart + 49 * kMs), 1);
        QCOMPARE(queue.remainingMs(1, kStart + 80 * kMs), 0);
        QCOMPARE(queue.remainingMs(2, kStart), -1);
    }

    void removedTimersAreNotDelivered()
    {
        TimerQueue queue;
        QObject first;
        QObject second;
        queue.add(1, 5, Qt::PreciseTimer, &first, kStart);
        queue.add(2, 5, Qt::PreciseTimer, &first, kStart);
        queue.add(3, 5, Qt::PreciseTimer, &second, kStart);
        const auto due = queue.due(kStart + 5 * kMs);
        QCOMPARE(due.size(), std::size_t(3));
        QVERIFY(queue.remove(1));
        QVERIFY(!queue.remove(1));
        QVERIFY(!queue.begin(due[0], kStart + 5 * kMs));
        QCOMPARE(queue.timersOf(&first).size(), 1);
        QVERIFY(queue.removeAll(&first));
        QVERIFY(!queue.removeAll(&first));
        QVERIFY(!queue.begin(due[1], kStart + 5 * kMs));
        QCOMPARE(queue.begin(due[2], kStart + 5 * kMs), &second);
    }

    void timerInDeliveryDoesNotNest()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 0, Qt::PreciseTimer, &object, kStart);
        const auto due = queue.due(kStart);
        QVERIFY(queue.begin(due[0], kStart));
        QVERIFY(queue.due(kStart + kMs).empty());
        QVERIFY(!queue.nextDeadline());
        queue.end(due[0]);
        QCOMPARE(queue.due(kStart + kMs).size(), std::size_t(1));
    }

    void idReusedDuringDeliveryIsAnotherTimer()
    {
        TimerQueue queue;
        QObject object;
        queue.add(1, 5, Qt::PreciseTimer, &object, kStart);
        const auto old = queue.due(kStart + 5 * kMs);
        QVERIFY(queue.begin(old[0], kStart + 5 * kMs));
        queue.add(1, 1, Qt::PreciseTimer, &object, kStart + 5 * kMs);
        const auto fresh = queue.due(kStart + 6 * kMs);
        QVERIFY(queue.begin(fresh[0], kStart + 6 * kMs));
        queue.end(old[0]);
        QVERIFY2(queue.due(kStart + 20 * kMs).empty(), "the new timer is still being delivered");
        queue.end(fresh[0]);
        QCOMPARE(queue.due(kStart + 20 * kMs).size(), std::size_t(1));
    }

    void timersOfAnObjectAreListedAsRegistered()
    {
        TimerQueue queue;
        QObject object;
        queue.add(7, 1234, Qt::VeryCoarseTimer, &object, kStart);
        const auto timers = queue.timersOf(&object);
        QCOMPARE(timers.size(), 1);
        QCOMPARE(timers[0].timerId, 7);
        QCOMPARE(timers[0].interval, 1234);
        QCOMPARE(timers[0].timerType, Qt::VeryCoarseTimer);
    }
};

CONFAB_TEST_CLASS(tst_TimerQueue)
#include "tst_TimerQueue.moc"
