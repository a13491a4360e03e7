// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"

#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlQuery>

#include <functional>
#include <memory>
#include <unordered_map>

namespace confab::server {

/// One connection to the file, used on the thread that opened it, with its prepared statements kept by their SQL.
///
/// Every statement is finished before run() returns, so no read transaction stays open.
class SqliteConnection
{
public:
    enum class Mode { ReadWrite, ReadOnly };

    SqliteConnection(const QString &path, Mode mode, int busyTimeoutMs);
    ~SqliteConnection();
    Q_DISABLE_COPY_MOVE(SqliteConnection)

    /// Opens the file; on failure lastError() says why in words for the log.
    bool open();

    /// Runs one statement to its end. `affected` is the number of rows it changed or, where it gives rows, gave.
    Result<Rows> run(const QByteArray &sql, const QList<Value> &parameters);
    Result<Rows> run(const Statement &statement) { return run(statement.sql, statement.parameters); }

    /// Gives the rows of a query to \a take one by one, none of which stays in memory; ends at the first error of it.
    /// Other statements may be run meanwhile, though not the same.
    Result<Done> read(const QByteArray &sql, const QList<Value> &parameters,
                      const std::function<Result<Done>(const Row &row)> &take);

    /// True after an error by which SQLite may have undone more than the statement (disk full, I/O, memory, locks):
    /// the whole transaction is then to be given up.
    bool lastErrorIsFatal() const { return m_fatal; }
    const QString &lastError() const { return m_lastError; }

private:
    struct Prepared
    {
        QSqlQuery query;
        int columns = -1; // known after the first run
    };

    Prepared *prepared(const QByteArray &sql);
    Result<Prepared *> executed(const QByteArray &sql, const QList<Value> &parameters);
    static Row rowOf(Prepared &statement);
    Error fail(QSqlQuery &query, const QByteArray &sql);

    QString m_name;
    QSqlDatabase m_database;
    // Keyed by the SQL's bytes; statements are literals or built from few shapes, so that the cache stays small.
    std::unordered_map<std::string, std::unique_ptr<Prepared>> m_statements;
    QString m_lastError;
    Error m_prepareError;
    bool m_fatal = false;
};

} // namespace confab::server
