// SPDX-License-Identifier: MIT
#include "tests/unit/tsan/PlantedRaces.h"

#include "client-sdk/src/engine/Answer.h"
#include "client-sdk/src/engine/Workers.h"
#include "server/backends/bus/local/LocalBus.h"
#include "server/runtime/BoundedPool.h"
#include "server/runtime/SerialExecutor.h"
#include "server/runtime/ShardPool.h"
#include "shared/core/FunctionThread.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QMutex>
#include <QtCore/QSemaphore>
#include <QtCore/QThread>

#include <functional>
#include <map>

namespace confab::test {

using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

/// What both threads write, from a function whose name is looked for in the reports.
struct Shared
{
    int number = 0;

    Q_NEVER_INLINE void writeShared(int value) { number = value; }
};

/// Lives in the other thread and writes when it is told to, in every way Qt knows.
class Receiver final : public QObject
{
    Q_OBJECT

public:
    Receiver(Shared &shared, QSemaphore &written) : m_shared(shared), m_written(written) { }
    ~Receiver() override
    {
        if (m_writesAtEnd)
            write();
    }

    void write()
    {
        m_shared.writeShared(2);
        m_written.release();
    }
    void writeAtEnd() { m_writesAtEnd = true; }

protected:
    void customEvent(QEvent *) override { write(); }

private:
    Shared &m_shared;
    QSemaphore &m_written;
    bool m_writesAtEnd = false;
};

/// Emits from the thread it is used in.
class Sender final : public QObject
{
    Q_OBJECT

Q_SIGNALS:
    void happened();
};

/// A thread with Qt's own event loop and a receiver in it; ends when that has written.
struct Loop
{
    QThread thread;
    QSemaphore written;
    Receiver *receiver;

    explicit Loop(Shared &shared) : receiver(new Receiver(shared, written))
    {
        receiver->moveToThread(&thread);
        QObject::connect(&thread, &QThread::finished, receiver, &QObject::deleteLater);
        thread.start();
    }
    ~Loop()
    {
        written.acquire();
        thread.quit();
        thread.wait();
    }
    Q_DISABLE_COPY_MOVE(Loop)
};

/// Writes here before or, for a race, after \a handOver made the other thread write.
void beforeOrAfter(Shared &shared, bool ordered, const std::function<void()> &handOver)
{
    if (ordered)
        shared.writeShared(1);
    handOver();
    if (!ordered)
        shared.writeShared(1);
}

void queuedSignal(Shared &shared, bool ordered)
{
    Sender sender;
    Loop loop(shared);
    QObject::connect(&sender, &Sender::happened, loop.receiver, &Receiver::write);
    beforeOrAfter(shared, ordered, [&] { Q_EMIT sender.happened(); });
}

void queuedCall(Shared &shared, bool ordered)
{
    Loop loop(shared);
    beforeOrAfter(shared, ordered, [&] {
        QMetaObject::invokeMethod(
            loop.receiver, [receiver = loop.receiver] { receiver->write(); }, Qt::QueuedConnection);
    });
}

void postedEvent(Shared &shared, bool ordered)
{
    Loop loop(shared);
    beforeOrAfter(shared, ordered, [&] { QCoreApplication::postEvent(loop.receiver, new QEvent(QEvent::User)); });
}

void deletedLater(Shared &shared, bool ordered)
{
    Loop loop(shared);
    loop.receiver->writeAtEnd();
    beforeOrAfter(shared, ordered, [&] { loop.receiver->deleteLater(); });
}

void joinedThread(Shared &shared, bool ordered)
{
    const auto thread = std::make_unique<FunctionThread>([&shared] { shared.writeShared(2); });
    thread->start();
    if (ordered)
        thread->wait();
    shared.writeShared(1);
    thread->wait();
}

void mutex(Shared &shared, bool ordered)
{
    QMutex mutex;
    const auto thread = std::make_unique<FunctionThread>([&] {
        for (int i = 0; i < 1000; ++i) {
            const QMutexLocker lock(&mutex);
            shared.writeShared(2);
        }
    });
    thread->start();
    for (int i = 0; i < 1000; ++i) {
        if (ordered)
            mutex.lock();
        shared.writeShared(1);
        if (ordered)
            mutex.unlock();
    }
    thread->wait();
}

void semaphore(Shared &shared, bool ordered)
{
    QSemaphore semaphore;
    const auto thread = std::make_unique<FunctionThread>([&] {
        semaphore.acquire();
        shared.writeShared(2);
    });
    thread->start();
    beforeOrAfter(shared, ordered, [&] { semaphore.release(); });
    thread->wait();
}

void runOnEach(Shared &shared, bool ordered)
{
    ShardPool pool;
    if (!pool.start(2, {}))
        return;
    // All shards at the same time is what it promises, so two that write are a race.
    pool.runOnEach([&](Shard &shard) {
        if (!ordered || shard.index() == 0)
            shared.writeShared(shard.index());
    });
    shared.writeShared(1);
    pool.stop();
}

/// For a race both write once the job has begun: a thread that starts late would come after the lock of stop().
template<typename Take>
void writeInJob(Shared &shared, bool ordered, const Take &take)
{
    QSemaphore begun;
    if (ordered)
        shared.writeShared(1);
    take([&] {
        begun.release();
        shared.writeShared(2);
    });
    begun.acquire();
    if (!ordered)
        shared.writeShared(1);
}

void shardPost(Shared &shared, bool ordered)
{
    Shard shard(0);
    shard.start();
    writeInJob(shared, ordered, [&shard](const auto &job) { shard.post(job); });
    shard.stop();
}

void shardStop(Shared &shared, bool ordered)
{
    QSemaphore begun;
    Shard shard(0);
    shard.start();
    shard.post([&] {
        begun.release();
        shared.writeShared(2);
    });
    begun.acquire();
    if (ordered)
        shard.stop();
    shared.writeShared(1);
    shard.stop();
}

/// The topic is a literal, which has no reference count. Of a counted one both threads would drop a share, and who
/// drops second has seen all that the first did: an order that is real, and hides the race whenever it is kept.
void localBus(Shared &shared, bool ordered)
{
    const QByteArray topic = "topic"_ba;
    LocalBus bus;
    const auto publisher = bus.makeEndpoint();
    std::unique_ptr<Bus> subscriber;
    std::function<void()> delivered; // itself handed over by the bus
    Shard shard(0);
    shard.start();
    shard.run([&] {
        subscriber = bus.makeEndpoint();
        subscriber->setHandler([&](const QByteArray &, const QByteArray &) { delivered(); });
        subscriber->subscribe(topic);
    });
    writeInJob(shared, ordered, [&](const auto &job) {
        delivered = job;
        publisher->publish(topic, {});
    });
    shard.run([&] { subscriber.reset(); });
    shard.stop();
}

void serialExecutor(Shared &shared, bool ordered)
{
    SerialExecutor executor(u"planted"_s);
    writeInJob(shared, ordered, [&executor](const auto &job) { executor.post(job); });
    executor.stop();
}

void boundedPool(Shared &shared, bool ordered)
{
    BoundedPool pool(u"planted"_s, 2, 8);
    writeInJob(shared, ordered, [&pool](const auto &job) {
        const auto answer = pool.tryRun(job);
        Q_UNUSED(answer)
    });
    pool.stop();
}

void sdkAnswer(Shared &shared, bool ordered)
{
    const auto relay = std::make_shared<QObject>();
    const auto workers = client::Workers::shared();
    const client::Answer<int> answer(relay);
    QObject inStorage;
    inStorage.moveToThread(workers->storage());
    QMetaObject::invokeMethod(
        &inStorage,
        [&] {
            if (ordered)
                shared.writeShared(2);
            answer(1);
            if (!ordered)
                shared.writeShared(2);
        },
        Qt::QueuedConnection);
    while (!answer.future().isFinished())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    shared.writeShared(1);
    QSemaphore done;
    QMetaObject::invokeMethod(
        &inStorage,
        [&] {
            inStorage.moveToThread(QCoreApplication::instance()->thread());
            done.release();
        },
        Qt::QueuedConnection);
    done.acquire();
}

using Handover = void (*)(Shared &shared, bool ordered);

const std::map<QString, Handover> &table()
{
    static const std::map<QString, Handover> handovers{
        {u"queuedSignal"_s, queuedSignal}, {u"queuedCall"_s, queuedCall},     {u"postedEvent"_s, postedEvent},
        {u"deletedLater"_s, deletedLater}, {u"joinedThread"_s, joinedThread}, {u"mutex"_s, mutex},
        {u"semaphore"_s, semaphore},       {u"shardPost"_s, shardPost},       {u"shardStop"_s, shardStop},
        {u"runOnEach"_s, runOnEach},       {u"boundedPool"_s, boundedPool},   {u"serialExecutor"_s, serialExecutor},
        {u"localBus"_s, localBus},         {u"sdkAnswer"_s, sdkAnswer}};
    return handovers;
}

} // namespace

QStringList handovers()
{
    QStringList names;
    for (const auto &[name, handover] : table())
        names << name;
    return names;
}

bool writeFromTwoThreads(const QString &handover, bool ordered)
{
    const auto found = table().find(handover);
    if (found == table().end())
        return false;
    Shared shared;
    found->second(shared, ordered);
    return true;
}

} // namespace confab::test

#include "PlantedRaces.moc"
