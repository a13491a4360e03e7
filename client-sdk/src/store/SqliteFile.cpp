// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/SqliteFile.h"

#include "client-sdk/src/engine/Log.h"

#include <QtCore/QUuid>
#include <QtSql/QSqlError>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

constexpr int kSqliteIoError = 10;
constexpr int kSqliteFull = 13;

} // namespace

SqliteFile::~SqliteFile()
{
    close();
}

Result<Done> SqliteFile::open(const QString &path)
{
    m_name = u"confab-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);
    m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    m_database.setDatabaseName(path);
    m_database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=5000"_s);
    if (!m_database.open())
        return errorOf(m_database.lastError());
    for (const QString &pragma : {u"PRAGMA journal_mode=WAL"_s, u"PRAGMA synchronous=FULL"_s,
                                  u"PRAGMA foreign_keys=OFF"_s, u"PRAGMA journal_size_limit=16777216"_s}) {
        QSqlQuery query(m_database);
        if (!query.exec(pragma))
            return errorOf(query.lastError());
    }
    m_durability = Durability::Flushed;
    return Done{};
}

void SqliteFile::close()
{
    if (m_name.isEmpty())
        return;
    m_prepared.clear();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
    m_name.clear();
}

Result<Done> SqliteFile::write(Durability durability, const std::function<void()> &body)
{
    Q_ASSERT(!m_writing);
    m_error.reset();
    if (durability != m_durability) {
        // Not through the cache: SQLite carries this out when the statement is prepared.
        QSqlQuery pragma(m_database);
        if (pragma.exec(durability == Durability::Flushed ? u"PRAGMA synchronous=FULL"_s
                                                          : u"PRAGMA synchronous=NORMAL"_s))
            m_durability = durability;
    }
    m_writing = true;
    run(u"BEGIN IMMEDIATE"_s);
    const bool begun = !hasFailed();
    if (begun)
        body();
    run(u"COMMIT"_s);
    m_writing = false;
    if (!hasFailed()) {
        m_diskFull = false;
        return Done{};
    }
    const Error error = *m_error;
    m_error.reset();
    if (begun) {
        // After some errors SQLite has rolled back by itself; "no transaction is active" is then what we want.
        QSqlQuery rollback(m_database);
        rollback.exec(u"ROLLBACK"_s);
    }
    return error;
}

void SqliteFile::fail(const Error &error)
{
    if (!m_error)
        m_error = error;
}

void SqliteFile::run(const QString &sql, const QVariantList &values)
{
    if (m_error)
        return;
    QSqlQuery query = prepared(sql);
    if (execute(query, sql, values)) {
        m_lastInsertId = query.lastInsertId().toLongLong();
        m_changedRows = query.numRowsAffected();
    }
    keep(sql, std::move(query));
}

void SqliteFile::each(const QString &sql, const QVariantList &values, const std::function<void(const QSqlQuery &)> &row)
{
    if (m_error)
        return;
    QSqlQuery query = prepared(sql);
    if (execute(query, sql, values)) {
        while (query.next())
            row(query);
        // Rows that could not be read are not the end of the rows.
        if (query.lastError().isValid())
            statementFailed(query, sql);
    }
    keep(sql, std::move(query));
}

QVariant SqliteFile::value(const QString &sql, const QVariantList &values)
{
    QVariant first;
    bool found = false;
    each(sql, values, [&](const QSqlQuery &row) {
        if (!found)
            first = row.value(0);
        found = true;
    });
    return first;
}

bool SqliteFile::execute(QSqlQuery &query, const QString &sql, const QVariantList &values)
{
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(static_cast<int>(i), values.at(i));
    if (query.exec())
        return true;
    statementFailed(query, sql);
    return false;
}

void SqliteFile::statementFailed(const QSqlQuery &query, const QString &sql)
{
    const Error error = errorOf(query.lastError());
    qCWarning(lcStore) << "statement failed:" << error.message << "in" << sql.left(80);
    if (m_writing)
        fail(error);
}

// A statement is taken out of the cache while it runs, so that one may run inside the other's loop.
QSqlQuery SqliteFile::prepared(const QString &sql)
{
    const auto found = m_prepared.find(sql);
    if (found != m_prepared.end()) {
        QSqlQuery query = std::move(found.value());
        m_prepared.erase(found);
        return query;
    }
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql) && m_writing)
        fail(errorOf(query.lastError()));
    return query;
}

void SqliteFile::keep(const QString &sql, QSqlQuery query)
{
    query.finish();
    m_prepared.insert(sql, std::move(query));
}

Error SqliteFile::errorOf(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff;
    m_diskFull = code == kSqliteFull;
    if (m_diskFull)
        return Error::unavailable(u"The disk is full. Free some space; nothing is lost."_s);
    if (code == kSqliteIoError)
        return Error::unavailable(u"The disk cannot be read or written."_s);
    return Error::internal(u"The local store failed (SQLite %1)."_s.arg(error.nativeErrorCode()));
}

QVariant sqlId(const IdBase &id)
{
    return id.uuid().toRfc4122();
}

QVariant sqlText(const QString &text)
{
    return text.isNull() ? u""_s : text;
}

} // namespace confab::client
