// SPDX-License-Identifier: MIT
#include "server/runtime/WorkQueue.h"

#include <algorithm>

namespace confab::server {

WorkQueue::WorkQueue(const QString &name, int threads, std::size_t capacity)
    : m_capacity(capacity), m_free(static_cast<std::size_t>(std::max(1, threads)))
{
    for (int i = 0; i < std::max(1, threads); ++i) {
        m_threads.push_back(std::make_unique<FunctionThread>(
            [this] { work(); }, threads > 1 ? name + QLatin1Char('-') + QString::number(i) : name));
        m_threads.back()->start();
    }
}

WorkQueue::~WorkQueue()
{
    stop();
}

bool WorkQueue::push(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        // A job that a free thread will take at once does not count as waiting.
        if (m_stopping || (m_capacity > 0 && m_jobs.size() >= m_capacity + m_free))
            return false;
        m_jobs.push_back(std::move(job));
    }
    m_changed.notify_one();
    return true;
}

void WorkQueue::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    for (const auto &thread : m_threads)
        thread->wait();
}

std::size_t WorkQueue::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return m_jobs.size();
}

void WorkQueue::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_stopping || !m_jobs.empty(); });
        if (m_jobs.empty())
            return;
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        --m_free;
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
        ++m_free;
    }
}

} // namespace confab::server
