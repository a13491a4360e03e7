// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresMigrator.h"

#include "server/backends/database/postgres/PostgresPlace.h"
#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

/// The oldest server whose SQL is used here.
constexpr int kOldestServer = 130'000;

/// bus: the Redis a node names, empty where its bus is inside of its process. Times are the database's.
constexpr const char *kNodeColumns =
    " (id uuid NOT NULL PRIMARY KEY, host text NOT NULL, pid bigint NOT NULL, process_space text NOT NULL, "
    "process_started bigint NOT NULL, version text NOT NULL, bus text NOT NULL, has_bus bigint NOT NULL, "
    "started_at bigint NOT NULL, lease_end bigint NOT NULL)";

struct Clear
{
    void operator()(PGresult *result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

} // namespace

std::optional<OpenFailure> PostgresMigrator::run(const GenerationId &generation, Purpose purpose)
{
    m_connection = PostgresConnection::open(m_conninfo);
    if (const std::optional<QString> trouble = PostgresConnection::trouble(m_connection.get())) {
        return OpenFailure{OpenFailure::Reason::Unreachable,
                           u"The database server cannot be reached: %1"_s.arg(*trouble)};
    }
    if (PQserverVersion(m_connection.get()) < kOldestServer) {
        return OpenFailure{OpenFailure::Reason::Damaged, u"PostgreSQL %1 is too old; 13 or newer is needed."_s.arg(
                                                             PQserverVersion(m_connection.get()) / 10'000)};
    }
    PQsetNoticeReceiver(
        m_connection.get(), [](void *, const PGresult *) {}, nullptr);
    std::optional<OpenFailure> failure = migrate(generation, purpose);
    m_connection.reset(); // and with it the lock
    return failure;
}

std::optional<OpenFailure> PostgresMigrator::migrate(const GenerationId &generation, Purpose purpose)
{
    if (!execute("SET client_min_messages = warning") ||
        !execute("SELECT pg_advisory_lock(" + QByteArray::number(kLock) + ')'))
        return failed();
    const std::optional<qint64> moving =
        number(QByteArray("SELECT (to_regclass('") + kMoveTable + "') IS NOT NULL)::int");
    if (!moving)
        return failed();
    if (*moving != 0 && purpose == Purpose::Serve) {
        return OpenFailure{OpenFailure::Reason::Moved,
                           u"A store is being moved into this database, and not all of it is here yet: run `confabd "
                           u"migrate` again, which goes on where it was."_s};
    }
    const QByteArray uuid = generation.uuid().toByteArray(QUuid::WithoutBraces);
    const bool made = execute("CREATE TABLE IF NOT EXISTS server_meta (id bigint NOT NULL PRIMARY KEY, "
                              "schema_version bigint NOT NULL, generation uuid NOT NULL)") &&
                      execute("INSERT INTO server_meta (id, schema_version, generation) VALUES (1, 0, '" + uuid +
                              "') ON CONFLICT (id) DO NOTHING") &&
                      execute(QByteArray("CREATE TABLE IF NOT EXISTS ") + PostgresPlace::kTable +
                              " (id bigint NOT NULL PRIMARY KEY, system_id text NOT NULL, timeline text NOT NULL)") &&
                      execute(QByteArray("INSERT INTO ") + PostgresPlace::kTable + " SELECT 1, here.* FROM (" +
                              PostgresPlace::now() + ") here ON CONFLICT (id) DO NOTHING") &&
                      makeNodeTables();
    if (!made)
        return failed();
    const std::optional<qint64> version = number("SELECT schema_version FROM server_meta WHERE id = 1");
    if (!version)
        return failed();
    const int newest = m_steps.isEmpty() ? 0 : m_steps.last().version;
    if (*version > newest) {
        return OpenFailure{OpenFailure::Reason::NewerSchema,
                           u"The database was written by a newer release (schema %1, this release knows %2). "
                           u"Start that release, or restore a backup made before the upgrade."_s.arg(*version)
                               .arg(newest)};
    }
    for (const Migration &step : m_steps) {
        if (step.version <= *version)
            continue;
        if (!apply(step))
            return failed();
        qCInfo(lcDatabase) << "database schema is now" << step.version;
    }
    return std::nullopt;
}

bool PostgresMigrator::makeNodeTables()
{
    return execute(QByteArray("CREATE TABLE IF NOT EXISTS ") + kNodeTable + kNodeColumns) &&
           execute(QByteArray("CREATE TABLE IF NOT EXISTS ") + kSecretTable +
                   " (id bigint NOT NULL PRIMARY KEY, secret text NOT NULL)") &&
           execute(QByteArray("INSERT INTO ") + kSecretTable +
                   " VALUES (1, gen_random_uuid()::text || gen_random_uuid()::text) ON CONFLICT (id) DO NOTHING");
}

bool PostgresMigrator::apply(const Migration &step)
{
    // A reader in the way is waited for briefly, so that none queues up behind the change.
    bool ok = execute("BEGIN") && execute("SET LOCAL lock_timeout = '5s'");
    for (const QByteArray &statement : step.statements)
        ok = ok && execute(QByteArray(statement).replace("{clustered}", ""));
    ok = ok && execute("UPDATE server_meta SET schema_version = " + QByteArray::number(step.version) + " WHERE id = 1");
    return ok && execute("COMMIT");
}

bool PostgresMigrator::execute(const QByteArray &sql)
{
    const Answer answer(PQexec(m_connection.get(), sql.constData()));
    const ExecStatusType status = PQresultStatus(answer.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

std::optional<qint64> PostgresMigrator::number(const QByteArray &sql)
{
    const Answer answer(PQexec(m_connection.get(), sql.constData()));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1)
        return std::nullopt;
    return QByteArray(PQgetvalue(answer.get(), 0, 0)).toLongLong();
}

OpenFailure PostgresMigrator::failed() const
{
    return {OpenFailure::Reason::Damaged, u"The database cannot be used: %1. Nothing was deleted."_s.arg(
                                              QString::fromUtf8(PQerrorMessage(m_connection.get())).simplified())};
}

} // namespace confab::server
