// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/WorkQueue.h"

#include <atomic>

namespace confab::server {

/// A fixed number of threads for heavy work behind a queue that refuses at once when it is full.
class BoundedPool final
{
public:
    /// \a capacity is how many jobs may wait beside those that run. \a retryAfterMs is what the refused are told.
    BoundedPool(const QString &name, int threads, std::size_t capacity, qint64 retryAfterMs = 1000)
        : m_queue(name, threads, capacity), m_retryAfterMs(retryAfterMs)
    {
        Q_ASSERT(capacity > 0);
    }

    /// Queues \a work, or answers `rateLimited` at once when the queue is full. Thread-safe.
    template<typename F>
    Completion<detail::WorkResultOf<F>> tryRun(F work)
    {
        using T = detail::WorkResultOf<F>;
        Completion<T> completion;
        const Completer<T> completer = completion.completer();
        const bool taken = m_queue.push(
            [completer, shared = std::make_shared<F>(std::move(work))] { detail::runWork(*shared, completer); });
        if (!taken) {
            m_refused.fetch_add(1, std::memory_order_relaxed);
            completer.complete(Error::rateLimited(QStringLiteral("Too much is waiting already."), m_retryAfterMs));
        }
        return completion;
    }

    std::size_t waiting() const { return m_queue.waiting(); }

    /// How many jobs found the queue full so far.
    quint64 refused() const { return m_refused.load(std::memory_order_relaxed); }

    /// Finishes what was queued and ends the threads. Blocks; not from a job.
    void stop() { m_queue.stop(); }

private:
    WorkQueue m_queue;
    const qint64 m_retryAfterMs;
    std::atomic<quint64> m_refused = 0;
};

} // namespace confab::server
