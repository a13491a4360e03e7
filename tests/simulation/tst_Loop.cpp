// SPDX-License-Identifier: MIT
#include "tests/simulation/Runner.h"
#include "tests/support/TestClass.h"

#include <QtCore/QTimer>

namespace confab::simulation {

using namespace Qt::StringLiterals;

/// What a simulation stands on: virtual time, and chance that a seed decides.
class tst_Loop : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timersFireInTheOrderOfTheirTimes()
    {
        QStringList fired;
        qint64 lasted = 0;
        withLoop([&](Loop &loop) {
            QObject context;
            QTimer::singleShot(86'400'000, &context, [&] { fired.append(u"a day"_s); });
            QTimer::singleShot(10, &context, [&] { fired.append(u"10 ms"_s); });
            loop.after(5, [&] {
                fired.append(u"5 ms"_s);
                QTimer::singleShot(1, &context, [&] { fired.append(u"6 ms"_s); });
            });
            loop.runUntil(86'400'000);
            lasted = loop.nowMs();
        });
        QCOMPARE(fired, (QStringList{u"5 ms"_s, u"6 ms"_s, u"10 ms"_s, u"a day"_s}));
        QCOMPARE(lasted, 86'400'000);
    }

    void postedEventsGoBeforeTimeMovesOn()
    {
        QStringList order;
        withLoop([&](Loop &loop) {
            QObject context;
            loop.after(1, [&] { order.append(u"later"_s); });
            loop.after(0, [&] {
                QMetaObject::invokeMethod(
                    &context,
                    [&] {
                        order.append(u"posted"_s);
                        QMetaObject::invokeMethod(
                            &context, [&] { order.append(u"posted by that"_s); }, Qt::QueuedConnection);
                    },
                    Qt::QueuedConnection);
            });
            loop.runUntil(2);
        });
        QCOMPARE(order, (QStringList{u"posted"_s, u"posted by that"_s, u"later"_s}));
    }

    void periodicTimersKeepTheirRhythm()
    {
        QList<qint64> times;
        withLoop([&](Loop &loop) {
            QTimer timer;
            timer.setInterval(30);
            QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
                times.append(loop.nowMs());
                if (times.size() == 3)
                    timer.stop();
            });
            timer.start();
            loop.runUntil(20);
            QCOMPARE(timer.remainingTime(), 10);
            loop.runUntil(1'000);
        });
        QCOMPARE(times, (QList<qint64>{30, 60, 90}));
    }

    void atTheSameMomentTheSmallerLaneGoesFirst()
    {
        QList<int> order;
        withLoop([&](Loop &loop) {
            loop.after(
                3, [&] { order.append(2); }, 2);
            loop.after(
                3, [&] { order.append(1); }, 1);
            loop.after(
                3, [&] { order.append(22); }, 2);
            loop.runUntil(3);
            loop.runUntil(4);
        });
        QCOMPARE(order, (QList<int>{1, 2, 22}));
    }

    void idsComeFromTheSeed()
    {
        const auto draw = [](quint64 seed) {
            QUuid uuid;
            withLoop([&](Loop &loop) {
                const VirtualClock clock(loop);
                const SeededIds ids(seed);
                uuid = IdGenerator(clock).makeUuid();
            });
            return uuid;
        };
        QCOMPARE(draw(1), draw(1));
        QVERIFY(draw(1) != draw(2));
    }
};

CONFAB_TEST_CLASS(tst_Loop)

} // namespace confab::simulation

#include "tst_Loop.moc"
