// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteWriter.h"

#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

/// Bounds how long the first job of a group waits for the last one, and how much a replay repeats.
constexpr size_t kMaxGroup = 512;

const QByteArray kBegin = "BEGIN IMMEDIATE";
const QByteArray kCommit = "COMMIT";
const QByteArray kRollBack = "ROLLBACK";
const QByteArray kSavepoint = "SAVEPOINT job";
const QByteArray kRelease = "RELEASE job";
const QByteArray kRollBackJob = "ROLLBACK TO job";

} // namespace

SqliteWriter::SqliteWriter(const QString &path, int busyTimeoutMs, WorkRunner runner)
    : m_path(path), m_busyTimeoutMs(busyTimeoutMs), m_runner(std::move(runner)),
      m_self(std::make_shared<SqliteWriter *>(this))
{
    if (m_runner)
        return;
    m_thread = std::make_unique<FunctionThread>([this] { work(); }, u"sqlite-writer"_s);
    m_thread->start();
}

SqliteWriter::~SqliteWriter()
{
    stop();
}

void SqliteWriter::push(std::unique_ptr<WriteJob> job)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_stopping) {
            m_jobs.push_back(std::move(job));
            m_changed.notify_one();
            if (m_runner && m_jobs.size() == 1) {
                m_runner([self = std::weak_ptr(m_self)] {
                    if (const auto writer = self.lock())
                        (*writer)->runTurn();
                });
            }
            return;
        }
    }
    job->failed(Error::unavailable(u"The server is stopping."_s));
}

void SqliteWriter::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_changed.notify_one();
    }
    if (m_thread) {
        m_thread->wait();
    } else {
        runTurn();
        m_connection.reset();
    }
}

size_t SqliteWriter::waiting() const
{
    const std::lock_guard lock(m_mutex);
    return m_jobs.size();
}

SqliteWriter::Group SqliteWriter::take()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_stopping || !m_jobs.empty(); });
    return takeQueued();
}

/// With m_mutex held.
SqliteWriter::Group SqliteWriter::takeQueued()
{
    Group group;
    while (!m_jobs.empty() && group.size() < kMaxGroup) {
        group.push_back(std::move(m_jobs.front()));
        m_jobs.pop_front();
    }
    return group;
}

void SqliteWriter::work()
{
    for (;;) {
        Group group = take();
        if (group.empty())
            break;
        write(group);
    }
    m_connection.reset();
}

void SqliteWriter::runTurn()
{
    for (;;) {
        Group group;
        {
            const std::lock_guard lock(m_mutex);
            group = takeQueued();
        }
        if (group.empty())
            return;
        write(group);
    }
}

void SqliteWriter::write(Group &group)
{
    if (!m_connection) {
        auto connection =
            std::make_unique<SqliteConnection>(m_path, SqliteConnection::Mode::ReadWrite, m_busyTimeoutMs);
        if (!connection->open()) {
            qCWarning(lcDatabase).noquote() << "the database cannot be opened for writing:" << connection->lastError();
            for (const auto &job : group)
                job->failed(Error::unavailable(u"The database cannot be used for now."_s));
            return;
        }
        m_connection = std::move(connection);
    }
    writeGroup(*m_connection, group);
}

void SqliteWriter::writeGroup(SqliteConnection &connection, Group &group)
{
    Error error;
    const Outcome outcome = tryGroup(connection, group, &error);
    if (outcome == Outcome::Committed)
        return;
    if (outcome == Outcome::NotBegun || group.size() == 1) {
        for (const auto &job : group)
            job->failed(error);
        return;
    }
    qCWarning(lcDatabase) << "a group of" << group.size() << "batches was rolled back; each is tried by itself";
    for (auto &job : group) {
        Group alone;
        alone.push_back(std::move(job));
        if (tryGroup(connection, alone, &error) != Outcome::Committed)
            alone.front()->failed(error);
    }
}

SqliteWriter::Outcome SqliteWriter::tryGroup(SqliteConnection &connection, Group &group, Error *error)
{
    if (Result<Rows> begun = connection.run(kBegin, {}); !begun) {
        // A transaction left open by an earlier failure would be refused here for ever.
        rollBack(connection);
        ++m_counters.undone;
        *error = begun.error();
        return Outcome::NotBegun;
    }
    std::vector<std::optional<Error>> faults(group.size());
    for (size_t i = 0; i < group.size(); ++i) {
        if (!runJob(connection, *group[i], &faults[i], error)) {
            rollBack(connection);
            ++m_counters.undone;
            return Outcome::RolledBack;
        }
    }
    const Stopwatch stopwatch;
    if (Result<Rows> done = connection.run(kCommit, {}); !done) {
        *error = done.error();
        rollBack(connection);
        ++m_counters.undone;
        return Outcome::RolledBack;
    }
    m_counters.commitDurations.record(stopwatch.nanoseconds());
    m_counters.groupSizes.record(qint64(group.size()));
    ++m_counters.commits;
    m_counters.batches += qint64(group.size());
    for (size_t i = 0; i < group.size(); ++i) {
        if (faults[i])
            group[i]->failed(*faults[i]);
        else
            group[i]->committed();
    }
    return Outcome::Committed;
}

/// False with \a fatal when the whole transaction is to be given up.
bool SqliteWriter::runJob(SqliteConnection &connection, WriteJob &job, std::optional<Error> *fault, Error *fatal)
{
    const bool savepoint = job.needsSavepoint();
    if (savepoint) {
        if (Result<Rows> set = connection.run(kSavepoint, {}); !set) {
            *fatal = set.error();
            return false;
        }
    }
    Error error;
    const WriteJob::Step step = job.run(connection, &error);
    if (step == WriteJob::Step::Fault) {
        if (connection.lastErrorIsFatal()) {
            *fatal = error;
            return false;
        }
        *fault = error;
    }
    if (!savepoint)
        return true;
    if (step != WriteJob::Step::Keep) {
        if (Result<Rows> undone = connection.run(kRollBackJob, {}); !undone) {
            *fatal = undone.error();
            return false;
        }
    }
    if (Result<Rows> released = connection.run(kRelease, {}); !released) {
        *fatal = released.error();
        return false;
    }
    return true;
}

void SqliteWriter::rollBack(SqliteConnection &connection)
{
    // SQLite may have rolled back already ("no transaction is active"), which is what is wanted.
    const Result<Rows> rolledBack = connection.run(kRollBack, {});
    Q_UNUSED(rolledBack)
}

} // namespace confab::server
