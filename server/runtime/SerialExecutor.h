// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/WorkQueue.h"

namespace confab::server {

/// One named worker thread that runs blocking work in order, for coroutines of any thread.
class SerialExecutor final
{
public:
    explicit SerialExecutor(const QString &name) : m_queue(name, 1, 0) { }

    /// Queues \a work; `co_await` on the answer gives what it returned, as Result<T>. Thread-safe.
    /// After stop() the answer is `unavailable`.
    template<typename F>
    Completion<detail::WorkResultOf<F>> run(F work)
    {
        Completion<detail::WorkResultOf<F>> completion;
        // A refused job is dropped with its completer, which answers `unavailable`.
        m_queue.push([completer = completion.completer(), shared = std::make_shared<F>(std::move(work))] {
            detail::runWork(*shared, completer);
        });
        return completion;
    }

    /// Queues \a job without an answer. Thread-safe; false after stop().
    bool post(WorkQueue::Job job) { return m_queue.push(std::move(job)); }

    /// Finishes what was queued and ends the thread. Blocks; not from a job.
    void stop() { m_queue.stop(); }

private:
    WorkQueue m_queue;
};

} // namespace confab::server
