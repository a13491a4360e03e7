// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QHash>
#include <QtCore/QVariant>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlQuery>

#include <functional>

namespace confab::client {

/// How long a write may be lost for after power fails. A killed process loses neither.
enum class Durability {
    Flushed, ///< On the disk when write() returns: what a person entrusted to us.
    Soon,    ///< In order, but perhaps not the last of them: what the server has as well.
};

/// One SQLite file with one connection: statements prepared once, transactions as functions.
///
/// Belongs to the thread that opened it. The file is never touched by other means while open: closing any descriptor
/// of it would drop SQLite's locks in this process.
class SqliteFile
{
public:
    SqliteFile() = default;
    ~SqliteFile();
    Q_DISABLE_COPY_MOVE(SqliteFile)

    Result<Done> open(const QString &path);
    void close();
    bool isOpen() const { return m_database.isOpen(); }

    /// Runs \a body in one transaction: all of it is stored, or nothing and the error says why. When a statement
    /// fails, those after it do nothing. Not nested.
    Result<Done> write(Durability durability, const std::function<void()> &body);
    /// Fails the running transaction by a rule of the caller's.
    void fail(const Error &error);
    bool hasFailed() const { return m_error.has_value(); }

    void run(const QString &sql, const QVariantList &values = {});
    /// Calls \a row for each row. The statement is reset before this returns, so that no reader stops a checkpoint.
    void each(const QString &sql, const QVariantList &values, const std::function<void(const QSqlQuery &)> &row);
    /// The first column of the first row; invalid when there is none.
    QVariant value(const QString &sql, const QVariantList &values = {});
    qint64 lastInsertId() const { return m_lastInsertId; }
    /// Rows changed by the last run().
    int changedRows() const { return m_changedRows; }

    /// Whether the last failed write failed because the disk is full.
    bool isDiskFull() const { return m_diskFull; }

private:
    bool execute(QSqlQuery &query, const QString &sql, const QVariantList &values);
    void statementFailed(const QSqlQuery &query, const QString &sql);
    QSqlQuery prepared(const QString &sql);
    void keep(const QString &sql, QSqlQuery query);
    Error errorOf(const QSqlError &error);

    QSqlDatabase m_database;
    QString m_name;
    QHash<QString, QSqlQuery> m_prepared;
    std::optional<Error> m_error;
    bool m_writing = false;
    bool m_diskFull = false;
    Durability m_durability = Durability::Flushed;
    qint64 m_lastInsertId = 0;
    int m_changedRows = 0;
};

// Ids are stored as their 16 bytes, texts never as NULL.
QVariant sqlId(const IdBase &id);
QVariant sqlText(const QString &text);

template<typename AnyId>
AnyId idFrom(const QVariant &value)
{
    return AnyId(QUuid::fromRfc4122(value.toByteArray()));
}

} // namespace confab::client
