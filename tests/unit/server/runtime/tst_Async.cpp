// SPDX-License-Identifier: MIT
#include "server/runtime/Async.h"
#include "server/runtime/BoundedPool.h"
#include "server/runtime/Log.h"
#include "server/runtime/SerialExecutor.h"
#include "shared/core/FunctionThread.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

#include <QtCore/QEventLoop>
#include <QtCore/QThread>

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

/// Counts the events that reach one thread's objects, whatever they are.
class EventCounter : public QObject
{
public:
    int count = 0;
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() >= QEvent::User)
            ++count;
        return false;
    }
};

Task<int> sum(Completion<int> first, Completion<int> second)
{
    const Result<int> a = co_await first;
    if (!a)
        co_return a.error();
    const Result<int> b = co_await second;
    if (!b)
        co_return b.error();
    co_return *a + *b;
}

template<typename T>
Task<T> awaited(Completion<T> completion)
{
    co_return co_await completion;
}

Task<Done> failing(Completion<Done> start)
{
    const Result<Done> started = co_await start;
    Q_UNUSED(started)
    co_return Error::conflict(u"handle"_s, u"taken"_s);
}

Task<Done> throwing(Completion<Done> start)
{
    const Result<Done> started = co_await start;
    if (started)
        throw std::runtime_error("secret");
    co_return Done{};
}

Task<QThread *> resumedOn(Completion<int> completion)
{
    const Result<int> value = co_await completion;
    if (!value)
        co_return value.error();
    co_return QThread::currentThread();
}

} // namespace

class tst_Async : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void completionThatIsReadyDoesNotSuspend()
    {
        const Task<int> task = sum(Completion<int>::ready(1), Completion<int>::ready(2));
        QVERIFY(task.isReady());
    }

    void completionResumesOnTheThreadThatAwaited()
    {
        Completion<int> completion;
        std::thread producer([completer = completion.completer()] { completer.complete(5); });
        const auto thread = test::await(resumedOn(std::move(completion)));
        producer.join();
        QVERIFY(thread.has_value());
        QCOMPARE(*thread, QThread::currentThread());
    }

    void completingOnTheSameThreadResumesFromTheLoopNotInline()
    {
        Completion<int> completion;
        const Completer<int> completer = completion.completer();
        Task<int> task = awaited(std::move(completion));
        QVERIFY(completer.complete(1));
        QVERIFY(!task.isReady());
        QCOMPARE(test::await(std::move(task)).value_or(0), 1);
    }

    void firstResultStands()
    {
        Completion<int> completion;
        const Completer<int> completer = completion.completer();
        QVERIFY(completer.complete(1));
        QVERIFY(!completer.complete(2));
        QCOMPARE(test::await(awaited(std::move(completion))).value_or(0), 1);
    }

    void oneOfManyThreadsWins()
    {
        for (int round = 0; round < 50; ++round) {
            Completion<int> completion;
            std::atomic<int> won = 0;
            std::latch together(4);
            std::vector<std::thread> producers;
            for (int i = 0; i < 4; ++i) {
                producers.emplace_back([&, i, completer = completion.completer()] {
                    together.arrive_and_wait();
                    if (completer.complete(i + 1))
                        ++won;
                });
            }
            const auto value = test::await(awaited(std::move(completion)));
            for (std::thread &producer : producers)
                producer.join();
            QVERIFY(value.has_value());
            QCOMPARE(won.load(), 1);
        }
    }

    void droppedCompleterAnswersUnavailable()
    {
        Completion<int> completion;
        Task<int> task;
        {
            const Completer<int> completer = completion.completer();
            const Completer<int> copy = completer;
            task = awaited(std::move(completion));
        }
        const auto result = test::await(std::move(task));
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Unavailable);
    }

    void moveOnlyValuesPass()
    {
        Completion<std::unique_ptr<int>> completion;
        completion.completer().complete(std::make_unique<int>(3));
        const auto result = test::await(awaited(std::move(completion)));
        QVERIFY(result.has_value());
        QCOMPARE(**result, 3);
    }

    void manyCompletionsInOneGoCostOneWakeUp()
    {
        EventCounter counter;
        qApp->installEventFilter(&counter);
        constexpr int kMany = 1000;
        std::vector<Completer<int>> completers;
        int done = 0;
        TaskScope scope(lcRuntime());
        for (int i = 0; i < kMany; ++i) {
            Completion<int> completion;
            completers.push_back(completion.completer());
            scope.spawn(count(std::move(completion), done));
        }
        std::thread producer([&completers] {
            for (int i = 0; i < kMany; ++i)
                completers[static_cast<std::size_t>(i)].complete(i);
        });
        producer.join();
        QCOMPARE(done, 0);
        QTRY_COMPARE(done, kMany);
        qApp->removeEventFilter(&counter);
        QCOMPARE(counter.count, 1);
    }

    void nestedLoopInAnItemRunsTheItemsBehindIt()
    {
        const auto inbox = ThreadInbox::current();
        QEventLoop nested;
        QStringList order;
        inbox->post([&] {
            order << u"outer"_s;
            nested.exec();
            order << u"outer ends"_s;
        });
        inbox->post([&] { order << u"second"_s; });
        inbox->post([&] {
            order << u"third"_s;
            nested.quit();
        });
        QTRY_COMPARE(order, (QStringList{u"outer"_s, u"second"_s, u"third"_s, u"outer ends"_s}));
    }

    void itemsPostedByItemsRunLater()
    {
        const auto inbox = ThreadInbox::current();
        int depth = 0;
        std::function<void()> again = [&] {
            if (++depth < 100)
                inbox->post(again);
        };
        inbox->post(again);
        QTRY_COMPARE(depth, 100);
    }

    void inboxOfAnEndedThreadDropsWork()
    {
        std::shared_ptr<ThreadInbox> inbox;
        const auto canary = std::make_shared<int>(1);
        const auto thread = std::make_unique<FunctionThread>([&] {
            inbox = ThreadInbox::current();
            inbox->post([canary] { QFAIL("the thread never ran its loop"); });
        });
        thread->start();
        QVERIFY(thread->wait());
        QVERIFY(!inbox->post([] {}));
        QCOMPARE(canary.use_count(), 1L);
    }

    void inboxOfAPlainThreadClosesToo()
    {
        std::shared_ptr<ThreadInbox> inbox;
        std::thread([&] { inbox = ThreadInbox::current(); }).join();
        QVERIFY(!inbox->post([] {}));
    }

    void completingForAnEndedThreadIsDropped()
    {
        Completion<int> completion;
        const Completer<int> completer = completion.completer();
        bool resumed = false;
        std::coroutine_handle<> frame;
        const auto thread = std::make_unique<FunctionThread>([&] {
            const Task<Done> task = mark(completion, resumed, frame);
            QVERIFY(!task.isReady());
        });
        thread->start();
        QVERIFY(thread->wait());
        QVERIFY(completer.complete(1));
        QCoreApplication::processEvents();
        QVERIFY(!resumed);
        // The frame stays suspended for good; the test frees it so that leak checkers stay quiet.
        frame.destroy();
    }

    void scopeCountsAndDrains()
    {
        TaskScope scope(lcRuntime());
        Completion<int> first;
        Completion<int> second;
        const Completer<int> firstCompleter = first.completer();
        const Completer<int> secondCompleter = second.completer();
        scope.spawn(awaited(std::move(first)));
        scope.spawn(awaited(std::move(second)));
        QCOMPARE(scope.count(), 2);
        Task<Done> drained = scope.drained();
        firstCompleter.complete(1);
        QTRY_COMPARE(scope.count(), 1);
        QVERIFY(!drained.isReady());
        secondCompleter.complete(2);
        QVERIFY(test::await(std::move(drained)).has_value());
        QCOMPARE(scope.count(), 0);
        QVERIFY(test::await(scope.drained()).has_value());
    }

    void scopeWaitsForItsTasksWhenItGoes()
    {
        SerialExecutor executor(u"worker"_s);
        std::latch mayRun(1);
        executor.post([&mayRun] { mayRun.wait(); });
        bool ran = false;
        {
            TaskScope scope(lcRuntime());
            scope.spawn(setWhenDone(executor, ran));
            const bool ranTooEarly = ran;
            mayRun.count_down();
            QVERIFY(!ranTooEarly);
        }
        QVERIFY(ran);
    }

    void scopeLogsErrorsByNameAndCode()
    {
        TaskScope scope(lcRuntime());
        QTest::ignoreMessage(QtWarningMsg, "fetching failed: conflict: taken");
        scope.spawn(failing(Completion<Done>::ready(Done{})), "fetching");
        QCOMPARE(scope.count(), 0);
    }

    void scopeLogsExceptionsWithoutWhatTheySay()
    {
        TaskScope scope(lcRuntime());
        QTest::ignoreMessage(QtCriticalMsg, "fetching ended by an exception");
        scope.spawn(throwing(Completion<Done>::ready(Done{})), "fetching");
        QCOMPARE(scope.count(), 0);
    }

    void awaitReturnsWhenTheTaskThrowsOrNeverEnds()
    {
        QCOMPARE(test::await(throwing(Completion<Done>::ready(Done{}))).error().code, ErrorCode::Internal);
        Completion<int> completion;
        const Completer<int> completer = completion.completer();
        QCOMPARE(test::await(awaited(std::move(completion)), 1).error().code, ErrorCode::Unavailable);
        completer.complete(1);
        QCoreApplication::processEvents();
    }

    void executorRunsInOrderOnItsNamedThread()
    {
        SerialExecutor executor(u"worker"_s);
        QList<int> order;
        for (int i = 0; i < 100; ++i)
            QVERIFY(executor.post([&order, i] { order << i; }));
        const auto name = test::await(awaited(executor.run([] { return QThread::currentThread()->objectName(); })));
        QCOMPARE(name.value_or(QString()), u"worker"_s);
        QCOMPARE(order.size(), 100);
        QVERIFY(std::is_sorted(order.begin(), order.end()));
    }

    void executorPassesValuesErrorsAndExceptions()
    {
        SerialExecutor executor(u"worker"_s);
        QVERIFY(test::await(awaited(executor.run([] {}))).has_value());
        const auto refused =
            test::await(awaited(executor.run([]() -> Result<int> { return Error::notFound(u"no"_s); })));
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
        const auto thrown = test::await(awaited(executor.run([]() -> int { throw std::runtime_error("secret"); })));
        QCOMPARE(thrown.error().code, ErrorCode::Internal);
        QVERIFY(!thrown.error().message.contains(u"secret"));
    }

    void executorFinishesItsQueueWhenStoppedAndRefusesLater()
    {
        SerialExecutor executor(u"worker"_s);
        int ran = 0;
        for (int i = 0; i < 100; ++i)
            executor.post([&ran] { ++ran; });
        executor.stop();
        QCOMPARE(ran, 100);
        QVERIFY(!executor.post([] {}));
        QCOMPARE(test::await(awaited(executor.run([] { return 1; }))).error().code, ErrorCode::Unavailable);
    }

    void poolRefusesAtOnceWhenFull()
    {
        BoundedPool pool(u"hash"_s, 2, 3, 250);
        std::latch open(1);
        const auto work = [&open] {
            open.wait();
            return 1;
        };
        std::vector<Task<int>> taken;
        for (int i = 0; i < 5; ++i)
            taken.push_back(awaited(pool.tryRun(work)));
        Task<int> refused = awaited(pool.tryRun(work));
        QVERIFY(refused.isReady());
        const auto answer = test::await(std::move(refused));
        QCOMPARE(answer.error().code, ErrorCode::RateLimited);
        QCOMPARE(answer.error().retryAfterMs, 250);
        open.count_down();
        for (Task<int> &task : taken)
            QCOMPARE(test::await(std::move(task)).value_or(0), 1);
        QCOMPARE(test::await(awaited(pool.tryRun(work))).value_or(0), 1);
        QCOMPARE(pool.waiting(), std::size_t(0));
    }

    void poolUsesAllItsThreads()
    {
        BoundedPool pool(u"hash"_s, 3, 1);
        std::latch together(3);
        const auto work = [&together] { together.arrive_and_wait(); };
        std::vector<Task<Done>> tasks;
        for (int i = 0; i < 3; ++i)
            tasks.push_back(awaited(pool.tryRun(work)));
        for (Task<Done> &task : tasks)
            QVERIFY(test::await(std::move(task)).has_value());
    }

private:
    static Task<int> count(Completion<int> completion, int &done)
    {
        const Result<int> value = co_await completion;
        if (value)
            ++done;
        co_return *value;
    }

    static Task<Done> setWhenDone(SerialExecutor &executor, bool &ran)
    {
        const auto work = [] { return 1; };
        const Result<int> result = co_await executor.run(work);
        ran = result.has_value();
        co_return Done{};
    }

    /// Gives away the handle of the coroutine that awaits it.
    struct KeepHandle
    {
        std::coroutine_handle<> &kept;
        bool await_ready() const { return false; }
        bool await_suspend(std::coroutine_handle<> handle)
        {
            kept = handle;
            return false;
        }
        void await_resume() const { }
    };

    static Task<Done> mark(Completion<int> completion, bool &resumed, std::coroutine_handle<> &frame)
    {
        KeepHandle keep{frame};
        co_await keep;
        const Result<int> value = co_await completion;
        resumed = value.has_value();
        co_return Done{};
    }
};

CONFAB_TEST_CLASS(tst_Async)
#include "tst_Async.moc"
