// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteReaders.h"

#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

SqliteReaders::SqliteReaders(const QString &path, int threads, int busyTimeoutMs)
    : m_path(path), m_busyTimeoutMs(busyTimeoutMs)
{
    for (int i = 0; i < threads; ++i) {
        std::unique_ptr<QThread> thread(QThread::create([this] { work(); }));
        thread->setObjectName(u"sqlite-reader-%1"_s.arg(i));
        thread->start();
        m_threads.push_back(std::move(thread));
    }
}

SqliteReaders::~SqliteReaders()
{
    stop();
}

void SqliteReaders::push(Statement statement, Completer<Rows> completer)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_stopping) {
            m_jobs.push_back({std::move(statement), std::move(completer)});
            m_changed.notify_one();
            return;
        }
    }
    completer.complete(Error::unavailable(u"The server is stopping."_s));
}

void SqliteReaders::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_changed.notify_all();
    }
    for (const auto &thread : m_threads)
        thread->wait();
}

std::optional<SqliteReaders::Job> SqliteReaders::take()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_stopping || !m_jobs.empty(); });
    if (m_jobs.empty())
        return std::nullopt;
    Job job = std::move(m_jobs.front());
    m_jobs.pop_front();
    return job;
}

void SqliteReaders::work()
{
    SqliteConnection connection(m_path, SqliteConnection::Mode::ReadOnly, m_busyTimeoutMs);
    bool open = false;
    while (std::optional<Job> job = take()) {
        if (!open)
            open = connection.open();
        if (!open) {
            qCWarning(lcDatabase).noquote() << "the database cannot be opened for reading:" << connection.lastError();
            job->completer.complete(Error::unavailable(u"The database cannot be used for now."_s));
            continue;
        }
        job->completer.complete(connection.run(job->statement));
    }
}

} // namespace confab::server
