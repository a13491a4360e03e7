// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/runtime/DispatcherFixture.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QTimer>
#include <QtTest/QSignalSpy>

#include <functional>
#include <memory>
#include <thread>

using namespace confab::server;
using namespace confab::server::test;

class tst_EpollEventDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timersFireInTheOrderOfTheirDeadlines()
    {
        onDispatcher([](EpollEventDispatcher &) {
            QEventLoop loop;
            QList<int> order;
            for (const int ms : {30, 10, 20, 0}) {
                QTimer::singleShot(ms, Qt::PreciseTimer, &loop, [&order, &loop, ms] {
                    order << ms;
                    if (ms == 30)
                        loop.quit();
                });
            }
            loop.exec();
            QCOMPARE(order, (QList<int>{0, 10, 20, 30}));
        });
    }

    void timersNeverFireEarly_data()
    {
        QTest::addColumn<Qt::TimerType>("type");
        QTest::addRow("precise") << Qt::PreciseTimer;
        QTest::addRow("coarse, short") << Qt::CoarseTimer;
    }
    void timersNeverFireEarly()
    {
        QFETCH(Qt::TimerType, type);
        onDispatcher([type](EpollEventDispatcher &) {
            for (int ms = 1; ms < 12; ++ms) {
                QElapsedTimer elapsed;
                QEventLoop loop;
                elapsed.start();
                QTimer::singleShot(ms, type, &loop, &QEventLoop::quit);
                loop.exec();
                QVERIFY(elapsed.nsecsElapsed() >= ms * 1'000'000);
            }
        });
    }

    void zeroTimerFiresOnceATurn()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            int fired = 0;
            QTimer timer;
            connect(&timer, &QTimer::timeout, &timer, [&fired] { ++fired; });
            timer.start(0);
            for (int turn = 1; turn <= 5; ++turn) {
                QVERIFY(dispatcher.processEvents(QEventLoop::WaitForMoreEvents));
                QCOMPARE(fired, turn);
            }
        });
    }

    void zeroTimerDoesNotStarveSocketsAndPostedEvents()
    {
        onDispatcher([](EpollEventDispatcher &) {
            QEventLoop loop;
            QTimer timer;
            timer.start(0);
            const Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            bool posted = false;
            connect(&notifier, &QSocketNotifier::activated, &loop, [&] {
                pair.drain();
                if (posted)
                    loop.quit();
                pair.makeReadable();
            });
            QVERIFY(pair.makeReadable());
            QMetaObject::invokeMethod(
                &loop, [&posted] { posted = true; }, Qt::QueuedConnection);
            loop.exec();
            QVERIFY(posted);
        });
    }

    void timerStoppedOrDeletedByAnotherDoesNotFire()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            QTimer first;
            QTimer second;
            auto third = std::make_unique<QTimer>();
            int fired = 0;
            connect(&first, &QTimer::timeout, &first, [&] {
                ++fired;
                second.stop();
                third.reset();
            });
            connect(&second, &QTimer::timeout, &second, [&fired] { fired += 100; });
            connect(third.get(), &QTimer::timeout, third.get(), [&fired] { fired += 100; });
            first.start(0);
            second.start(0);
            third->start(0);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(fired, 1);
        });
    }

    void timerMayDeleteItselfAndRestart()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            int fired = 0;
            auto *timer = new QTimer;
            connect(timer, &QTimer::timeout, [&fired, timer] {
                timer->start(0);
                if (++fired == 3)
                    delete timer;
            });
            timer->start(0);
            settle(dispatcher);
            QCOMPARE(fired, 3);
        });
    }

    void nestedLoopRunsOtherTimersButNotTheOneInDelivery()
    {
        onDispatcher([](EpollEventDispatcher &) {
            QEventLoop outer;
            int entered = 0;
            int others = 0;
            QTimer zero;
            QTimer other;
            connect(&other, &QTimer::timeout, &other, [&others] { ++others; });
            connect(&zero, &QTimer::timeout, &zero, [&] {
                ++entered;
                QEventLoop inner;
                other.start(1);
                QTimer::singleShot(10, &inner, &QEventLoop::quit);
                inner.exec();
                zero.stop();
                outer.quit();
            });
            zero.start(0);
            outer.exec();
            QCOMPARE(entered, 1);
            QVERIFY(others >= 1);
        });
    }

    void remainingTimeAndRegisteredTimers()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            QObject object;
            const int id = object.startTimer(60'000, Qt::PreciseTimer);
            const int remaining = dispatcher.remainingTime(id);
            QVERIFY(remaining <= 60'000 && remaining > 0);
            QCOMPARE(dispatcher.registeredTimers(&object).size(), 1);
            object.killTimer(id);
            QCOMPARE(dispatcher.remainingTime(id), -1);
            QVERIFY(dispatcher.registeredTimers(&object).isEmpty());
            QVERIFY(!dispatcher.unregisterTimer(id));
            QVERIFY(!dispatcher.unregisterTimers(&object));
        });
    }

    void timersMoveWithTheirObjectToAnotherThread()
    {
        QTimer timer;
        QThread *firedOn = nullptr;
        QThread thread;
        thread.setEventDispatcher(new EpollEventDispatcher);
        connect(
            &timer, &QTimer::timeout, &timer,
            [&] {
                firedOn = QThread::currentThread();
                timer.stop();
                thread.quit();
            },
            Qt::DirectConnection);
        timer.start(1);
        timer.moveToThread(&thread);
        thread.start();
        QVERIFY(thread.wait());
        QCOMPARE(firedOn, &thread);
    }

    void excludedSocketsWaitAndAreNotLost()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            const Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            QSignalSpy fired(&notifier, &QSocketNotifier::activated);
            QVERIFY(pair.makeReadable());
            bool timeout = false;
            QTimer::singleShot(2, &notifier, [&timeout] { timeout = true; });
            while (!timeout)
                dispatcher.processEvents(QEventLoop::ExcludeSocketNotifiers | QEventLoop::WaitForMoreEvents);
            QCOMPARE(fired.size(), 0);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(fired.size(), 1);
        });
    }

    void turnWithoutWorkReturnsFalse()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            settle(dispatcher);
            QVERIFY(!dispatcher.processEvents(QEventLoop::AllEvents));
            QObject object;
            bool ran = false;
            QMetaObject::invokeMethod(
                &object, [&ran] { ran = true; }, Qt::QueuedConnection);
            QVERIFY(dispatcher.processEvents(QEventLoop::WaitForMoreEvents));
            QVERIFY(ran);
        });
    }

    void signalsTellWhenItBlocksAndWakes()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            settle(dispatcher);
            QSignalSpy awake(&dispatcher, &QAbstractEventDispatcher::awake);
            QSignalSpy blocking(&dispatcher, &QAbstractEventDispatcher::aboutToBlock);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(awake.size(), 1);
            QCOMPARE(blocking.size(), 0);
            QTimer::singleShot(1, &dispatcher, [] {});
            dispatcher.processEvents(QEventLoop::WaitForMoreEvents);
            QCOMPARE(awake.size(), 2);
            QCOMPARE(blocking.size(), 1);
        });
    }

    void eventPostedInAboutToBlockIsNotSleptOver()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            QEventLoop loop;
            connect(&dispatcher, &QAbstractEventDispatcher::aboutToBlock, &loop,
                    [&loop] { QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection); });
            loop.exec();
        });
    }

    void wakeUpFromAnotherThreadEndsTheWait()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            for (const auto flags : {QEventLoop::AllEvents, QEventLoop::ExcludeSocketNotifiers}) {
                settle(dispatcher);
                std::thread other([&dispatcher] { dispatcher.wakeUp(); });
                QVERIFY(dispatcher.processEvents(flags | QEventLoop::WaitForMoreEvents));
                other.join();
            }
        });
    }

    void noWakeUpIsLostBetweenThreads()
    {
        // Two loops that pass one event to and fro: a lost wake-up leaves both asleep.
        constexpr int kRounds = 20'000;
        QObject ping;
        QObject pong;
        QThread pingThread;
        QThread pongThread;
        for (QThread *thread : {&pingThread, &pongThread})
            thread->setEventDispatcher(new EpollEventDispatcher);
        ping.moveToThread(&pingThread);
        pong.moveToThread(&pongThread);
        int rounds = 0;
        std::function<void()> toPing;
        const std::function<void()> toPong = [&] {
            QMetaObject::invokeMethod(
                &ping, [&] { toPing(); }, Qt::QueuedConnection);
        };
        toPing = [&] {
            if (++rounds == kRounds) {
                pongThread.quit();
                pingThread.quit();
                return;
            }
            QMetaObject::invokeMethod(&pong, toPong, Qt::QueuedConnection);
        };
        pingThread.start();
        pongThread.start();
        QMetaObject::invokeMethod(
            &ping, [&] { toPing(); }, Qt::QueuedConnection);
        QVERIFY(pingThread.wait(60'000));
        QVERIFY(pongThread.wait(60'000));
        QCOMPARE(rounds, kRounds);
    }

    void quitFromAnotherThreadIsNeverMissed()
    {
        for (int round = 0; round < 500; ++round) {
            QThread thread;
            thread.setEventDispatcher(new EpollEventDispatcher);
            thread.start();
            thread.quit();
            QVERIFY(thread.wait(60'000));
        }
    }

    void interruptEndsTheTurn()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            QEventLoop loop;
            std::thread other;
            QTimer::singleShot(0, &loop, [&] { other = std::thread([&loop] { loop.exit(7); }); });
            QCOMPARE(loop.exec(), 7);
            other.join();
            settle(dispatcher);
            bool interrupted = false;
            QMetaObject::invokeMethod(
                &loop,
                [&] {
                    interrupted = true;
                    dispatcher.interrupt();
                },
                Qt::QueuedConnection);
            dispatcher.processEvents(QEventLoop::WaitForMoreEvents);
            QVERIFY(interrupted);
        });
    }

    void threadEndsWithTimersAndNotifiersAlive()
    {
        const Pair pair;
        auto *timer = new QTimer;
        QThread thread;
        thread.setEventDispatcher(new EpollEventDispatcher);
        timer->moveToThread(&thread);
        auto *notifier = new QSocketNotifier(pair.ours, QSocketNotifier::Read);
        notifier->setEnabled(false);
        notifier->moveToThread(&thread);
        connect(&thread, &QThread::started, timer, [&] {
            notifier->setEnabled(true);
            timer->start(60'000);
            thread.quit();
        });
        connect(&thread, &QThread::finished, timer, &QObject::deleteLater);
        thread.start();
        QVERIFY(thread.wait(60'000));
        delete notifier;
    }
};

CONFAB_TEST_CLASS(tst_EpollEventDispatcher)
#include "tst_EpollEventDispatcher.moc"
