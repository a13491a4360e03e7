// SPDX-License-Identifier: MIT
#include "server/runtime/Shard.h"
#include "server/runtime/ShardPool.h"
#include "tests/support/TestClass.h"

#include <QtCore/QMutex>
#include <QtCore/QSet>
#include <QtCore/QThread>
#include <QtCore/QTimer>

#include <atomic>
#include <semaphore>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

class tst_Shard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsPostedWorkInOrderOnItsNamedThread()
    {
        Shard shard(3);
        shard.start();
        QList<int> order;
        for (int i = 0; i < 100; ++i)
            QVERIFY(shard.post([&order, i] { order << i; }));
        QString name;
        bool current = false;
        shard.run([&] {
            name = QThread::currentThread()->objectName();
            current = shard.isCurrent() && shard.context().thread() == QThread::currentThread();
        });
        QCOMPARE(name, u"shard-3"_s);
        QVERIFY(current);
        QVERIFY(!shard.isCurrent());
        QCOMPARE(order.size(), 100);
        QVERIFY(std::is_sorted(order.begin(), order.end()));
    }

    void timersRunOnIt()
    {
        Shard shard(0);
        shard.start();
        std::binary_semaphore fired(0);
        QThread *firedOn = nullptr;
        shard.run([&] {
            QTimer::singleShot(1, &shard.context(), [&] {
                firedOn = QThread::currentThread();
                fired.release();
            });
        });
        QVERIFY(fired.try_acquire_for(std::chrono::seconds(30)));
        QCOMPARE(firedOn, shard.context().thread());
    }

    void stopFinishesPostedWorkAndDeletesItsObjectsOnItsThread()
    {
        Shard shard(0);
        shard.start();
        int ran = 0;
        QThread *deletedOn = nullptr;
        QThread *thread = shard.context().thread();
        shard.run([&] {
            QObject::connect(new QObject(&shard.context()), &QObject::destroyed,
                             [&] { deletedOn = QThread::currentThread(); });
        });
        for (int i = 0; i < 1000; ++i)
            shard.post([&ran] { ++ran; });
        shard.stop();
        QCOMPARE(ran, 1000);
        QCOMPARE(deletedOn, thread);
        QVERIFY(!shard.post([] {}));
        QVERIFY(!shard.isRunning());
        shard.start();
        shard.run([&ran] { ++ran; });
        QCOMPARE(ran, 1001);
    }

    void poolStartsEveryShardWithItsOwnThread()
    {
        ShardPool pool;
        QList<int> indices;
        QSet<QThread *> threads;
        const auto started = pool.start(4, [&](Shard &shard) -> Result<Done> {
            indices << shard.index();
            threads << QThread::currentThread();
            return Done{};
        });
        QVERIFY(started.has_value());
        QCOMPARE(pool.size(), 4);
        QCOMPARE(indices, (QList<int>{0, 1, 2, 3}));
        QCOMPARE(threads.size(), 4);
        std::atomic<int> visits = 0;
        pool.forEach([&](Shard &shard) { visits += shard.isCurrent() ? 1 : 100; });
        pool.runOnEach([&](Shard &shard) { visits += shard.isCurrent() ? 1 : 100; });
        QCOMPARE(visits.load(), 8);
        int finished = 0;
        QMutex mutex;
        pool.stop([&](Shard &) {
            const QMutexLocker lock(&mutex);
            ++finished;
        });
        QCOMPARE(finished, 4);
        QCOMPARE(pool.size(), 0);
    }

    void poolReturnsTheFirstErrorAndStops()
    {
        ShardPool pool;
        int begun = 0;
        const auto started = pool.start(3, [&](Shard &shard) -> Result<Done> {
            ++begun;
            if (shard.index() == 1)
                return Error::unavailable(u"no port"_s);
            return Done{};
        });
        QVERIFY(!started);
        QCOMPARE(started.error().message, u"no port"_s);
        QCOMPARE(begun, 2);
        QCOMPARE(pool.size(), 0);
    }

    void poolDefaultsToTheCores()
    {
        ShardPool pool;
        QVERIFY(pool.start(0, {}).has_value());
        QCOMPARE(pool.size(), ShardPool::defaultCount());
        QVERIFY(pool.size() >= 1);
    }
};

CONFAB_TEST_CLASS(tst_Shard)
#include "tst_Shard.moc"
