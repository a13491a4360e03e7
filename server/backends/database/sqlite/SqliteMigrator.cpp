// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteMigrator.h"

#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

std::optional<OpenFailure> SqliteMigrator::run(const GenerationId &generation)
{
    // Set before the first table is made; kept in the file.
    if (!execute("PRAGMA journal_mode = WAL"))
        return damaged();
    const bool made = execute("CREATE TABLE IF NOT EXISTS server_meta (id bigint NOT NULL PRIMARY KEY, "
                              "schema_version bigint NOT NULL, generation uuid NOT NULL)") &&
                      execute("INSERT INTO server_meta (id, schema_version, generation) VALUES (1, 0, ?) "
                              "ON CONFLICT (id) DO NOTHING",
                              {generation});
    if (!made)
        return damaged();
    const Result<Rows> meta = m_connection.run("SELECT schema_version FROM server_meta WHERE id = 1", {});
    if (!meta || meta->isEmpty())
        return damaged();

    const qint64 version = meta->first().at(0).toInt();
    const int newest = m_steps.isEmpty() ? 0 : m_steps.last().version;
    if (version > newest) {
        return OpenFailure{OpenFailure::Reason::NewerSchema,
                           u"The database was written by a newer release (schema %1, this release knows %2). "
                           u"Start that release, or restore a backup made before the upgrade."_s.arg(version)
                               .arg(newest)};
    }
    for (const Migration &step : m_steps) {
        if (step.version <= version)
            continue;
        if (!apply(step))
            return damaged();
        qCInfo(lcDatabase) << "database schema is now" << step.version;
    }
    return std::nullopt;
}

bool SqliteMigrator::apply(const Migration &step)
{
    bool ok = execute("BEGIN IMMEDIATE");
    for (const QByteArray &statement : step.statements)
        ok = ok && execute(QByteArray(statement).replace("{clustered}", "WITHOUT ROWID"));
    ok = ok && execute("UPDATE server_meta SET schema_version = ? WHERE id = 1", {step.version}) && execute("COMMIT");
    if (!ok) {
        const OpenFailure why = damaged();
        execute("ROLLBACK");
        qCCritical(lcDatabase).noquote() << "schema" << step.version << "could not be made:" << why.message;
    }
    return ok;
}

bool SqliteMigrator::execute(const QByteArray &sql, const QList<Value> &parameters)
{
    const Result<Rows> done = m_connection.run(sql, parameters);
    return done.has_value();
}

OpenFailure SqliteMigrator::damaged() const
{
    return {OpenFailure::Reason::Damaged,
            u"The database cannot be used: %1. Nothing was deleted."_s.arg(m_connection.lastError())};
}

} // namespace confab::server
