// SPDX-License-Identifier: MIT
#include "server/app/move/MoveSource.h"

#include <QtCore/QFileInfo>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kBusyTimeoutMs = 30'000;

/// SQLite writes the types that it knows by itself in capitals.
std::optional<ColumnType> typeOf(const QString &type)
{
    const QString declared = type.toLower();
    if (declared == "bigint"_L1)
        return ColumnType::Number;
    if (declared == "text"_L1)
        return ColumnType::Text;
    if (declared == "bytea"_L1)
        return ColumnType::Bytes;
    if (declared == "uuid"_L1)
        return ColumnType::Uuid;
    return std::nullopt;
}

} // namespace

MoveSource::MoveSource(std::unique_ptr<DataDirectory> directory, const QString &path)
    : m_directory(std::move(directory)), m_path(path),
      m_connection(path, SqliteConnection::Mode::ReadWrite, kBusyTimeoutMs)
{
}

std::unique_ptr<MoveSource> MoveSource::open(const QString &dataDir, OpenFailure *failure)
{
    const QString path = QFileInfo(dataDir + "/confab.db"_L1).absoluteFilePath();
    if (!QFileInfo(path).isFile()) {
        *failure = {OpenFailure::Reason::Moved, u"There is no store %1."_s.arg(path)};
        return nullptr;
    }
    std::unique_ptr<DataDirectory> directory = DataDirectory::claim(dataDir, failure);
    if (!directory)
        return nullptr;
    std::unique_ptr<MoveSource> source(new MoveSource(std::move(directory), path));
    const Result<Done> looked = source->m_connection.open() ? source->look() : Error::internal(QString());
    if (looked)
        return source;
    const QString why = looked.error().message.isEmpty() ? source->m_connection.lastError() : looked.error().message;
    *failure = {OpenFailure::Reason::Damaged, u"The store %1 cannot be read: %2."_s.arg(path, why)};
    return nullptr;
}

Result<Done> MoveSource::look()
{
    const Result<Rows> meta = m_connection.run("SELECT schema_version, generation FROM server_meta WHERE id = 1", {});
    if (!meta || meta->isEmpty())
        return Error::internal(u"it is no store of Confab"_s);
    m_schemaVersion = meta->first().at(0).toInt();
    m_generation = meta->first().at(1).toId<GenerationId>();
    const Result<std::optional<MovedMark>> mark = MovedMark::read(m_connection);
    if (!mark)
        return mark.error();
    m_mark = *mark;
    // Made one after the other by the same steps as PostgreSQL's, in which what is referred to comes first.
    const Result<Rows> names = m_connection.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                                                "'sqlite\\_%' ESCAPE '\\' AND name NOT IN ('server_meta', 'moved_to') "
                                                "ORDER BY rowid",
                                                {});
    if (!names)
        return names.error();
    for (const Row &row : names->rows) {
        const Result<TableShape> shape = shapeOf(row.first().toText().toUtf8());
        if (!shape)
            return shape.error();
        m_tables.append(*shape);
    }
    return Done{};
}

Result<TableShape> MoveSource::shapeOf(const QByteArray &name)
{
    // pk is the column's place in the primary key, from 1 on.
    const Result<Rows> columns =
        m_connection.run("SELECT name, type, pk FROM pragma_table_info('" + name + "') ORDER BY pk = 0, pk, cid", {});
    if (!columns)
        return columns.error();
    TableShape shape{name, {}, 0};
    for (const Row &row : columns->rows) {
        const std::optional<ColumnType> type = typeOf(row.at(1).toText());
        if (!type)
            return Error::internal(u"its table %1 has a column of the unknown type \"%2\""_s.arg(
                QString::fromUtf8(name), row.at(1).toText()));
        shape.columns.append({row.at(0).toText().toUtf8(), *type});
        shape.keyColumns += row.at(2).toInt() > 0 ? 1 : 0;
    }
    if (shape.keyColumns == 0)
        return Error::internal(u"its table %1 has no primary key"_s.arg(QString::fromUtf8(name)));
    return shape;
}

Result<qint64> MoveSource::count(const TableShape &table)
{
    const Result<Rows> rows = m_connection.run("SELECT count(*) FROM \"" + table.name + '"', {});
    if (!rows)
        return rows.error();
    return rows->first().first().toInt();
}

Result<Done> MoveSource::read(const TableShape &table, const std::optional<Row> &lastKey,
                              const std::function<Result<Done>(const Row &row)> &take)
{
    QByteArray sql = "SELECT " + table.columnList() + " FROM \"" + table.name + '"';
    if (lastKey) {
        const QByteArrayList places(table.keyColumns, "?");
        sql += " WHERE (" + table.keyList() + ") > (" + places.join(", ") + ')';
    }
    return m_connection.read(sql + " ORDER BY " + table.keyList(), lastKey.value_or(Row()), take);
}

} // namespace confab::server
