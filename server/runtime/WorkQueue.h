// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Completion.h"
#include "shared/core/FunctionThread.h"

#include <QtCore/QString>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

namespace confab::server {

namespace detail {

template<typename R>
struct WorkResult
{
    using Type = R;
};
template<>
struct WorkResult<void>
{
    using Type = Done;
};
template<typename T>
struct WorkResult<Result<T>>
{
    using Type = T;
};

/// T for work that returns T or Result<T>, Done for work that returns nothing.
template<typename F>
using WorkResultOf = typename WorkResult<std::invoke_result_t<F &>>::Type;

/// Runs \a work and gives its result to \a completer; what it throws becomes `internal`.
template<typename F>
void runWork(F &work, const Completer<WorkResultOf<F>> &completer)
{
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F &>>) {
            work();
            completer.complete(Done{});
        } else {
            completer.complete(work());
        }
    } catch (...) {
        completer.complete(Error::internal(QStringLiteral("The work ended by an exception.")));
    }
}

} // namespace detail

/// Named threads that take jobs from one queue in order.
class WorkQueue final
{
public:
    using Job = std::function<void()>;

    /// \a capacity is how many jobs may wait (not counting those that run); 0 means any number.
    WorkQueue(const QString &name, int threads, std::size_t capacity);

    /// Finishes every job taken, then ends the threads. Blocks until they are done.
    ~WorkQueue();
    Q_DISABLE_COPY_MOVE(WorkQueue)

    /// Thread-safe. False when the queue is full or stopped; the job is then not kept.
    bool push(Job job);

    /// Finishes every job taken, then ends the threads. Later jobs are refused. Not from a job.
    void stop();

    std::size_t waiting() const;

private:
    void work();

    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Job> m_jobs;  // guarded by m_mutex
    bool m_stopping = false; // guarded by m_mutex
    std::size_t m_free;      // guarded by m_mutex; threads without a job
    std::vector<std::unique_ptr<FunctionThread>> m_threads;
};

} // namespace confab::server
