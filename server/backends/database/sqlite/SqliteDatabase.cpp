// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteDatabase.h"

#include "server/backends/database/sqlite/MovedMark.h"
#include "server/backends/database/sqlite/SqliteConnection.h"
#include "server/backends/database/sqlite/SqliteMigrator.h"
#include "server/backends/database/sqlite/SqliteReaders.h"
#include "server/backends/database/sqlite/SqliteWriter.h"

#include <QtCore/QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxReaders = 4;

/// A batch of statements as the writer's work.
class BatchJob final : public WriteJob
{
public:
    BatchJob(Batch batch, Completer<BatchOutcome> completer)
        : m_batch(std::move(batch)), m_completer(std::move(completer))
    {
    }

    Step run(SqliteConnection &connection, Error *error) override
    {
        m_outcome = {};
        for (qsizetype i = 0; i < m_batch.size(); ++i) {
            Result<Rows> rows = connection.run(m_batch.at(i));
            if (!rows) {
                *error = rows.error();
                return Step::Fault;
            }
            const std::optional<qint64> mustAffect = m_batch.at(i).mustAffect;
            if (mustAffect && rows->affected != *mustAffect) {
                m_outcome.results.clear();
                m_outcome.missed = int(i);
                return Step::Undo;
            }
            m_outcome.results.append(std::move(*rows));
        }
        return Step::Keep;
    }

    bool needsSavepoint() const override { return m_batch.size() > 1 || m_batch.first().mustAffect; }
    void committed() override { m_completer.complete(std::move(m_outcome)); }
    void failed(const Error &error) override { m_completer.complete(error); }

private:
    Batch m_batch;
    Completer<BatchOutcome> m_completer;
    BatchOutcome m_outcome;
};

/// Makes the file with its mode before SQLite opens it; the -wal and -shm files take the mode over.
std::optional<OpenFailure> makeFile(const QString &path)
{
    const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return OpenFailure{OpenFailure::Reason::Unwritable, u"The database file %1 cannot be written to: %2."_s.arg(
                                                                path, QString::fromLocal8Bit(std::strerror(errno)))};
    }
    ::close(file);
    return std::nullopt;
}

/// The newest schema, where the store is still this one.
std::optional<OpenFailure> prepare(SqliteConnection &connection, const QList<Migration> &schema, const IdGenerator &ids)
{
    const Result<std::optional<MovedMark>> moved = MovedMark::read(connection);
    if (moved && *moved)
        return (*moved)->refusal();
    return SqliteMigrator(connection, schema)
        .run(ids.make<GenerationId>()); // says what is wrong with an unreadable one
}

} // namespace

std::unique_ptr<SqliteDatabase> SqliteDatabase::open(const Options &options, const IdGenerator &ids,
                                                     OpenFailure *failure)
{
    std::unique_ptr<DataDirectory> directory = DataDirectory::claim(options.dataDir, failure);
    if (!directory)
        return nullptr;
    const QString path = options.filePath.isEmpty() ? directory->filePath(u"confab.db"_s) : options.filePath;
    std::optional<OpenFailure> problem = makeFile(path);
    if (!problem) {
        SqliteConnection connection(path, SqliteConnection::Mode::ReadWrite, options.busyTimeoutMs);
        if (connection.open())
            problem = prepare(connection, options.schema, ids);
        else
            problem = OpenFailure{OpenFailure::Reason::Damaged,
                                  u"The database %1 cannot be opened: %2."_s.arg(path, connection.lastError())};
    }
    if (problem) {
        *failure = *problem;
        return nullptr;
    }
    return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(directory), path, options));
}

SqliteDatabase::SqliteDatabase(std::unique_ptr<DataDirectory> directory, const QString &filePath,
                               const Options &options)
    : m_directory(std::move(directory)), m_filePath(filePath),
      m_writer(std::make_unique<SqliteWriter>(filePath, options.busyTimeoutMs, options.runner)),
      m_readers(std::make_unique<SqliteReaders>(
          filePath, options.readers > 0 ? options.readers : std::clamp(QThread::idealThreadCount(), 1, kMaxReaders),
          options.busyTimeoutMs, options.runner))
{
}

SqliteDatabase::~SqliteDatabase()
{
    m_readers->stop();
    m_writer->stop();
}

const WriterCounters &SqliteDatabase::counters() const
{
    return m_writer->counters();
}

Task<Rows> SqliteDatabase::query(Statement statement)
{
    Completion<Rows> completion;
    m_readers->push(std::move(statement), completion.completer());
    co_return co_await completion;
}

Task<BatchOutcome> SqliteDatabase::commit(Batch batch)
{
    if (batch.isEmpty())
        co_return BatchOutcome{};
    Completion<BatchOutcome> completion;
    m_writer->push(std::make_unique<BatchJob>(std::move(batch), completion.completer()));
    co_return co_await completion;
}

Task<Done> SqliteDatabase::ready()
{
    const Statement statement{"SELECT 1", {}, {}};
    auto reading = query(statement);
    const Result<Rows> rows = co_await reading;
    if (!rows)
        co_return rows.error();
    co_return Done{};
}

} // namespace confab::server
