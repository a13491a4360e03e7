// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/migrations/Migrations.h"
#include "server/backends/database/sqlite/DataDirectory.h"
#include "server/backends/database/sqlite/SqliteConnection.h"

namespace confab {
class Clock;
class IdGenerator;
} // namespace confab

namespace confab::server {

/// Brings a database file to the newest schema, one transaction a step, so that it can be killed at any point and
/// started again.
class SqliteMigrator
{
public:
    SqliteMigrator(SqliteConnection &connection, const QList<Migration> &steps)
        : m_connection(connection), m_steps(steps)
    {
    }

    /// Null when the schema is the newest now; a new database gets \a generation.
    std::optional<OpenFailure> run(const GenerationId &generation);

private:
    bool execute(const QByteArray &sql, const QList<Value> &parameters = {});
    bool apply(const Migration &step);
    OpenFailure damaged() const;

    SqliteConnection &m_connection;
    const QList<Migration> &m_steps;
};

} // namespace confab::server
