// SPDX-License-Identifier: MIT
#include "server/app/move/MoveTarget.h"

#include "server/backends/database/postgres/PostgresMigrator.h"
#include "server/backends/database/postgres/PostgresPooler.h"
#include "server/backends/database/postgres/PostgresWire.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kBinary = 1;

/// One move at a time. The connection of one that was killed may outlive it for a moment.
const QByteArray kSetUp = "SET client_encoding = 'UTF8'; SET client_min_messages = warning; SET lock_timeout = '20s'; "
                          "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
                          "SET default_transaction_read_only = off; SELECT pg_advisory_lock(73909370741091)";

QByteArray quoted(const QByteArray &name)
{
    return '"' + name + '"';
}

} // namespace

std::unique_ptr<MoveTarget> MoveTarget::open(const QByteArray &conninfo, OpenFailure *failure)
{
    if (const std::optional<OpenFailure> refusal = refusalOfPooler(conninfo)) {
        *failure = *refusal;
        return nullptr;
    }
    std::unique_ptr<MoveTarget> target(new MoveTarget(conninfo, PostgresConnection::open(conninfo)));
    PGconn *connection = target->m_connection.get();
    if (const std::optional<QString> trouble = PostgresConnection::trouble(connection)) {
        *failure = {OpenFailure::Reason::Unreachable, u"The database server cannot be reached: %1"_s.arg(*trouble)};
        return nullptr;
    }
    PQsetNoticeReceiver(
        connection, [](void *, const PGresult *) {}, nullptr);
    const Answer answer(PQexec(connection, kSetUp.constData()));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
        const QByteArray state = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
        const QString why = state == "55P03" ? u"another `confabd migrate` works on it"_s
                                             : QString::fromUtf8(PQerrorMessage(connection)).simplified();
        *failure = {OpenFailure::Reason::Moved, u"The database cannot be moved into: %1."_s.arg(why)};
        return nullptr;
    }
    if (const QByteArray encoding = PQparameterStatus(connection, "server_encoding"); encoding != "UTF8") {
        *failure = {
            OpenFailure::Reason::Moved,
            u"The database's encoding is %1, in which not every text can be kept; make one with ENCODING 'UTF8'."_s.arg(
                QString::fromLatin1(encoding))};
        return nullptr;
    }
    return target;
}

Result<MoveTarget::Standing> MoveTarget::standing()
{
    const Result<Rows> tables =
        query("SELECT count(*), count(*) FILTER (WHERE relname = 'server_meta'), count(*) FILTER (WHERE relname = '" +
              QByteArray(PostgresMigrator::kMoveTable) +
              "') FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = (SELECT oid FROM "
              "pg_namespace WHERE nspname = current_schema())");
    if (!tables)
        return tables.error();
    Standing standing;
    const Row &counts = tables->first();
    const bool isStore = counts.at(1).toInt() > 0;
    const bool isMoving = counts.at(2).toInt() > 0;
    if (isMoving) {
        const Result<Rows> move = query("SELECT generation, move_id FROM move_under_way");
        if (!move)
            return move.error();
        standing.state = Standing::State::HalfDone;
        standing.generation = move->first().at(0).toId<GenerationId>();
        standing.moveId = move->first().at(1).toUuid();
    } else if (counts.at(0).toInt() > 0) {
        standing.state = isStore ? Standing::State::Whole : Standing::State::Foreign;
    }
    if (isStore) {
        const Result<Rows> meta = query("SELECT schema_version, generation FROM server_meta WHERE id = 1");
        if (!meta)
            return meta.error();
        standing.schemaVersion = meta->isEmpty() ? 0 : meta->first().at(0).toInt();
        if (!isMoving && !meta->isEmpty())
            standing.generation = meta->first().at(1).toId<GenerationId>();
    }
    return standing;
}

Result<Done> MoveTarget::begin(const QUuid &moveId, const GenerationId &generation)
{
    // A server that starts holds the same lock while it looks whether a move is under way and makes its tables.
    Result<Done> done = run("BEGIN; SELECT pg_advisory_xact_lock(" + QByteArray::number(PostgresMigrator::kLock) + ')');
    if (!done)
        return done;
    const Result<Standing> found = standing();
    if (!found)
        return found.error();
    if (found->state == Standing::State::Empty) {
        const QByteArray table = PostgresMigrator::kMoveTable;
        done = run("CREATE TABLE " + table +
                   " (id bigint NOT NULL PRIMARY KEY, move_id uuid NOT NULL, generation uuid NOT NULL); INSERT INTO " +
                   table + " VALUES (1, '" + moveId.toByteArray(QUuid::WithoutBraces) + "', '" +
                   generation.uuid().toByteArray(QUuid::WithoutBraces) + "')");
    } else if (found->state != Standing::State::HalfDone) {
        return Error::conflict({}, u"Somebody else has put tables into the database meanwhile."_s);
    }
    if (done)
        done = run("COMMIT");
    if (!done)
        return done;
    const std::optional<OpenFailure> failure =
        PostgresMigrator(m_conninfo, migrations()).run(generation, PostgresMigrator::Purpose::Fill);
    if (!failure)
        return Done{};
    return failure->reason == OpenFailure::Reason::Unreachable ? Error::unavailable(failure->message)
                                                               : Error::conflict({}, failure->message);
}

Result<qint64> MoveTarget::count(const TableShape &table)
{
    const Result<Rows> rows = query("SELECT count(*) FROM " + quoted(table.name));
    if (!rows)
        return rows.error();
    return rows->first().first().toInt();
}

Result<std::optional<Row>> MoveTarget::lastKey(const TableShape &table)
{
    // SQLite compares texts by their bytes.
    const QByteArray descending = table.keyList(" COLLATE \"C\"").replace(", ", " DESC, ") + " DESC";
    const Result<Rows> rows =
        query("SELECT " + table.keyList() + " FROM " + quoted(table.name) + " ORDER BY " + descending + " LIMIT 1");
    if (!rows)
        return rows.error();
    return rows->isEmpty() ? std::optional<Row>() : std::optional(rows->first());
}

Result<Done> MoveTarget::beginRows(const TableShape &table)
{
    // What was committed last is on the disk with the commit that lets the store be served, and all before it, too.
    Result<Done> begun = run("BEGIN; SET LOCAL synchronous_commit = off");
    if (!begun)
        return begun;
    const Result<Done> started = startCopy(
        "COPY " + quoted(table.name) + " (" + table.columnList() + ") FROM STDIN (FORMAT binary)", PGRES_COPY_IN);
    return started ? put(copyHead()) : started;
}

Result<Done> MoveTarget::put(const QByteArray &tuple)
{
    if (PQputCopyData(m_connection.get(), tuple.constData(), int(tuple.size())) != 1)
        return failed();
    return Done{};
}

Result<Done> MoveTarget::commitRows()
{
    Result<Done> ended = put(copyEnd());
    if (!ended)
        return ended;
    if (PQputCopyEnd(m_connection.get(), nullptr) != 1)
        return failed();
    const Result<Done> copied = endCopy();
    return copied ? run("COMMIT") : copied;
}

Result<Done> MoveTarget::beginReading(const TableShape &table)
{
    m_reader = CopyReader();
    return startCopy("COPY (SELECT " + table.columnList() + " FROM " + quoted(table.name) + " ORDER BY " +
                         table.keyList(" COLLATE \"C\"") + ") TO STDOUT (FORMAT binary)",
                     PGRES_COPY_OUT);
}

Result<std::optional<QByteArray>> MoveTarget::next()
{
    while (true) {
        std::optional<QByteArray> tuple = m_reader.next();
        if (tuple)
            return tuple;
        char *piece = nullptr;
        const int size = PQgetCopyData(m_connection.get(), &piece, 0);
        if (size == -2)
            return failed();
        if (size == -1) {
            Result<Done> ended = endCopy();
            return ended ? Result<std::optional<QByteArray>>(std::optional<QByteArray>()) : ended.error();
        }
        m_reader.add(QByteArrayView(piece, size));
        PQfreemem(piece);
    }
}

Result<Done> MoveTarget::finish()
{
    Result<Done> analyzed = run("ANALYZE");
    if (!analyzed)
        return analyzed;
    return run("BEGIN; SET LOCAL synchronous_commit = on; DROP TABLE " + QByteArray(PostgresMigrator::kMoveTable) +
               "; COMMIT");
}

Result<Done> MoveTarget::run(const QByteArray &sql)
{
    const Answer answer(PQexec(m_connection.get(), sql.constData()));
    const ExecStatusType status = PQresultStatus(answer.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? Result<Done>(Done{}) : failed(answer.get());
}

Result<Rows> MoveTarget::query(const QByteArray &sql)
{
    const Answer answer(
        PQexecParams(m_connection.get(), sql.constData(), 0, nullptr, nullptr, nullptr, nullptr, kBinary));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
        return failed(answer.get());
    return rowsOf(answer.get());
}

Result<Done> MoveTarget::startCopy(const QByteArray &sql, ExecStatusType expected)
{
    const Answer answer(PQexec(m_connection.get(), sql.constData()));
    return PQresultStatus(answer.get()) == expected ? Result<Done>(Done{}) : failed(answer.get());
}

Result<Done> MoveTarget::endCopy()
{
    Result<Done> done = Done{};
    while (const Answer answer{PQgetResult(m_connection.get())}) {
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
            done = failed(answer.get());
    }
    return done;
}

Error MoveTarget::failed(const PGresult *result) const
{
    if (PQstatus(m_connection.get()) != CONNECTION_OK) {
        return Error::unavailable(
            u"The connection to the database was lost: %1. Run this again; it goes on where it was."_s.arg(
                QString::fromUtf8(PQerrorMessage(m_connection.get())).simplified()));
    }
    // The detail and the context of a message can hold values; the rest tells of names.
    const QString message = QString::fromUtf8(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    return Error::conflict(
        {}, u"PostgreSQL refused: %1."_s.arg(
                message.isEmpty() ? QString::fromUtf8(PQerrorMessage(m_connection.get())).simplified() : message));
}

} // namespace confab::server
