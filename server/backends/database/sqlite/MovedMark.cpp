// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/MovedMark.h"

#include <QtCore/QDateTime>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

Result<Done> runAll(SqliteConnection &connection, const Batch &batch)
{
    for (const Statement &statement : batch) {
        const Result<Rows> rows = connection.run(statement);
        if (!rows) {
            const Result<Rows> undone = connection.run("ROLLBACK", {});
            Q_UNUSED(undone)
            return rows.error();
        }
    }
    return Done{};
}

} // namespace

Result<std::optional<MovedMark>> MovedMark::read(SqliteConnection &connection)
{
    const Result<Rows> table =
        connection.run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", {QString::fromLatin1(kTable)});
    if (!table)
        return table.error();
    if (table->isEmpty())
        return std::optional<MovedMark>();
    const Result<Rows> rows = connection.run("SELECT target, moved_at, move_id FROM moved_to", {});
    if (!rows)
        return rows.error();
    if (rows->isEmpty())
        return std::optional<MovedMark>();
    const Row &row = rows->first();
    return std::optional(MovedMark{row.at(0).toText(), row.at(1).toInt(), row.at(2).toUuid()});
}

Result<Done> MovedMark::write(SqliteConnection &connection) const
{
    return runAll(
        connection,
        {{"BEGIN IMMEDIATE", {}, {}},
         {"CREATE TABLE IF NOT EXISTS moved_to (id bigint NOT NULL PRIMARY KEY, target text NOT "
          "NULL, moved_at bigint NOT NULL, move_id uuid NOT NULL)",
          {},
          {}},
         {"INSERT INTO moved_to (id, target, moved_at, move_id) VALUES (1, ?, ?, ?)", {target, movedAt, moveId}, {}},
         {"COMMIT", {}, {}}});
}

Result<Done> MovedMark::erase(SqliteConnection &connection, const GenerationId &generation)
{
    return runAll(connection, {{"BEGIN IMMEDIATE", {}, {}},
                               {"DROP TABLE moved_to", {}, {}},
                               {"UPDATE server_meta SET generation = ? WHERE id = 1", {generation}, {}},
                               {"COMMIT", {}, {}}});
}

OpenFailure MovedMark::refusal() const
{
    const QString when = QDateTime::fromMSecsSinceEpoch(movedAt, Qt::UTC).toString(u"yyyy-MM-dd HH:mm 'UTC'"_s);
    return {OpenFailure::Reason::Moved,
            u"This store was moved to %1 at %2: serve that one (database.url). To go on here instead, without what was "
            u"written there since, run `confabd migrate --undo`."_s.arg(target, when)};
}

} // namespace confab::server
