// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteConnection.h"

#include "server/runtime/Log.h"

#include <QtSql/QSqlError>
#include <QtSql/QSqlRecord>

#include <atomic>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t kMaxStatements = 256;

// Primary result codes, https://www.sqlite.org/rescode.html; the extended ones have them in their low byte.
enum SqliteCode {
    Busy = 5,
    Locked = 6,
    NoMemory = 7,
    ReadOnly = 8,
    Interrupt = 9,
    IoError = 10,
    Full = 13,
    CantOpen = 14
};

QString nextName()
{
    static std::atomic<int> count = 0;
    return u"confab-sqlite-%1"_s.arg(++count);
}

QVariant toVariant(const Value &value)
{
    struct Visitor
    {
        QVariant operator()(std::monostate) const { return {}; }
        QVariant operator()(qint64 number) const { return number; }
        // Qt's driver binds a null QString or QByteArray as NULL. It binds UTF-16, of which SQLite takes a byte order
        // mark off the beginning, once: a text that begins with one gets a second.
        QVariant operator()(const QString &text) const
        {
            if (text.startsWith(QChar(QChar::ByteOrderMark)))
                return QChar(QChar::ByteOrderMark) + text;
            return text.isNull() ? QStringLiteral("") : text;
        }
        QVariant operator()(const QByteArray &bytes) const { return bytes.isNull() ? QByteArray("", 0) : bytes; }
        QVariant operator()(const QUuid &uuid) const { return uuid.toRfc4122(); }
    };
    return std::visit(Visitor{}, value.variant());
}

Value toValue(const QVariant &variant)
{
    if (variant.isNull())
        return {};
    switch (variant.typeId()) {
    case QMetaType::LongLong:
    case QMetaType::Int:
    case QMetaType::Double:
        return variant.toLongLong();
    case QMetaType::QString:
        return variant.toString();
    default:
        return variant.toByteArray();
    }
}

} // namespace

SqliteConnection::SqliteConnection(const QString &path, Mode mode, int busyTimeoutMs)
    : m_name(nextName()), m_database(QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name))
{
    QString options = u"QSQLITE_BUSY_TIMEOUT=%1"_s.arg(busyTimeoutMs);
    if (mode == Mode::ReadOnly)
        options += ";QSQLITE_OPEN_READONLY"_L1;
    m_database.setConnectOptions(options);
    m_database.setDatabaseName(path);
}

SqliteConnection::~SqliteConnection()
{
    m_statements.clear();
    m_database.close();
    m_database = {};
    QSqlDatabase::removeDatabase(m_name);
}

bool SqliteConnection::open()
{
    if (!m_database.open()) {
        m_lastError = m_database.lastError().text();
        return false;
    }
    for (const char *pragma : {"PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL", "PRAGMA temp_store = MEMORY",
                               "PRAGMA cache_size = -16000", "PRAGMA journal_size_limit = 67108864"}) {
        if (!run(QByteArray(pragma), {}))
            return false;
    }
    return true;
}

SqliteConnection::Prepared *SqliteConnection::prepared(const QByteArray &sql)
{
    std::string key = sql.toStdString();
    if (const auto found = m_statements.find(key); found != m_statements.end())
        return found->second.get();
    if (m_statements.size() >= kMaxStatements)
        m_statements.clear();
    auto statement = std::make_unique<Prepared>(Prepared{QSqlQuery(m_database)});
    statement->query.setForwardOnly(true);
    if (!statement->query.prepare(QString::fromUtf8(sql))) {
        m_prepareError = fail(statement->query, sql);
        return nullptr;
    }
    return m_statements.emplace(std::move(key), std::move(statement)).first->second.get();
}

Result<SqliteConnection::Prepared *> SqliteConnection::executed(const QByteArray &sql, const QList<Value> &parameters)
{
    m_fatal = false;
    Prepared *statement = prepared(sql);
    if (!statement)
        return m_prepareError;
    QSqlQuery &query = statement->query;
    for (qsizetype i = 0; i < parameters.size(); ++i)
        query.bindValue(int(i), toVariant(parameters.at(i)));
    if (!query.exec())
        return fail(query, sql);
    if (query.isSelect() && statement->columns < 0)
        statement->columns = query.record().count();
    return statement;
}

Row SqliteConnection::rowOf(Prepared &statement)
{
    Row row;
    row.reserve(statement.columns);
    for (int column = 0; column < statement.columns; ++column)
        row.append(toValue(statement.query.value(column)));
    return row;
}

Result<Rows> SqliteConnection::run(const QByteArray &sql, const QList<Value> &parameters)
{
    const Result<Prepared *> statement = executed(sql, parameters);
    if (!statement)
        return statement.error();
    QSqlQuery &query = (*statement)->query;
    Rows rows;
    if (query.isSelect()) {
        while (query.next())
            rows.rows.append(rowOf(**statement));
        if (query.lastError().isValid())
            return fail(query, sql);
        rows.affected = rows.rows.size();
    } else {
        rows.affected = query.numRowsAffected();
    }
    query.finish();
    return rows;
}

Result<Done> SqliteConnection::read(const QByteArray &sql, const QList<Value> &parameters,
                                    const std::function<Result<Done>(const Row &row)> &take)
{
    const Result<Prepared *> statement = executed(sql, parameters);
    if (!statement)
        return statement.error();
    QSqlQuery &query = (*statement)->query;
    Result<Done> taken = Done{};
    while (taken && query.next())
        taken = take(rowOf(**statement));
    if (taken && query.lastError().isValid())
        return fail(query, sql);
    query.finish();
    return taken;
}

Error SqliteConnection::fail(QSqlQuery &query, const QByteArray &sql)
{
    const QSqlError error = query.lastError();
    const int code = error.nativeErrorCode().toInt() & 0xff;
    m_fatal = code == Busy || code == Locked || code == NoMemory || code == ReadOnly || code == Interrupt ||
              code == IoError || code == Full || code == CantOpen;
    m_lastError = error.databaseText().isEmpty() ? error.text() : error.databaseText();
    // The parameters hold what people wrote; the statement does not.
    qCWarning(lcDatabase).noquote() << u"SQLite: %1 (code %2) in: %3"_s.arg(m_lastError, error.nativeErrorCode(),
                                                                            QString::fromUtf8(sql).simplified());
    query.finish();
    if (code == Full)
        return Error::unavailable(u"The server's disk is full."_s);
    if (m_fatal)
        return Error::unavailable(u"The database cannot be used for now."_s);
    return Error::internal(u"The database refused a statement."_s);
}

} // namespace confab::server
