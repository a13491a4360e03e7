// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteReaders.h"

#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

SqliteReaders::SqliteReaders(const QString &path, int threads, int busyTimeoutMs, WorkRunner runner)
    : m_path(path), m_busyTimeoutMs(busyTimeoutMs), m_runner(std::move(runner)),
      m_self(std::make_shared<SqliteReaders *>(this))
{
    for (int i = 0; i < threads && !m_runner; ++i) {
        m_threads.push_back(std::make_unique<FunctionThread>([this] { work(); }, u"sqlite-reader-%1"_s.arg(i)));
        m_threads.back()->start();
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
            if (m_runner) {
                m_runner([self = std::weak_ptr(m_self)] {
                    if (const auto readers = self.lock())
                        (*readers)->runTurn();
                });
            }
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
    while (m_runner && !m_jobs.empty())
        runTurn();
    m_connection.reset();
}

size_t SqliteReaders::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return m_jobs.size();
}

std::optional<SqliteReaders::Job> SqliteReaders::take()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_stopping || !m_jobs.empty(); });
    return takeQueued();
}

/// With m_mutex held.
std::optional<SqliteReaders::Job> SqliteReaders::takeQueued()
{
    if (m_jobs.empty())
        return std::nullopt;
    Job job = std::move(m_jobs.front());
    m_jobs.pop_front();
    return job;
}

void SqliteReaders::work()
{
    std::unique_ptr<SqliteConnection> connection;
    while (const std::optional<Job> job = take())
        answer(connection, *job);
}

void SqliteReaders::runTurn()
{
    std::optional<Job> job;
    {
        const std::lock_guard lock(m_mutex);
        job = takeQueued();
    }
    if (job)
        answer(m_connection, *job);
}

void SqliteReaders::answer(std::unique_ptr<SqliteConnection> &connection, const Job &job)
{
    m_answered.fetch_add(1, std::memory_order_relaxed);
    if (!connection) {
        auto opened = std::make_unique<SqliteConnection>(m_path, SqliteConnection::Mode::ReadOnly, m_busyTimeoutMs);
        if (!opened->open()) {
            qCWarning(lcDatabase).noquote() << "the database cannot be opened for reading:" << opened->lastError();
            job.completer.complete(Error::unavailable(u"The database cannot be used for now."_s));
            return;
        }
        connection = std::move(opened);
    }
    job.completer.complete(connection->run(job.statement));
}

} // namespace confab::server
