// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"
#include "server/backends/database/migrations/Migrations.h"
#include "server/backends/database/postgres/PostgresConnection.h"
#include "shared/core/Id.h"

#include <optional>

namespace confab::server {

/// Brings a database to the newest schema, one node at a time: an advisory lock is held meanwhile, and whoever comes
/// second finds nothing left to do. Each step is a transaction with its recording, so that one that was interrupted is
/// done again. Blocks; for the start, before anything is served.
class PostgresMigrator
{
public:
    PostgresMigrator(const QByteArray &conninfo, const QList<Migration> &steps) : m_conninfo(conninfo), m_steps(steps)
    {
    }

    /// "Confab" as the key of the advisory lock that is held meanwhile.
    static constexpr qint64 kLock = 73909370741090;
    /// The table that a database has while a store is being moved into it, and that keeps others from serving it.
    static constexpr const char *kMoveTable = "move_under_way";

    /// In which running servers say that they are there. No part of the schema that is moved, or that SQLite has.
    static constexpr const char *kNodeTable = "nodes";
    /// In which stands what the nodes of a store know and nobody else.
    static constexpr const char *kSecretTable = "node_secret";

    enum class Purpose {
        Serve, ///< Refused while a store is being moved into the database.
        Fill,  ///< For whoever moves it.
    };

    /// A new database gets \a generation.
    std::optional<OpenFailure> run(const GenerationId &generation, Purpose purpose = Purpose::Serve);

private:
    std::optional<OpenFailure> migrate(const GenerationId &generation, Purpose purpose);
    bool makeNodeTables();
    bool apply(const Migration &step);
    bool execute(const QByteArray &sql);
    std::optional<qint64> number(const QByteArray &sql);
    OpenFailure failed() const;

    const QByteArray m_conninfo;
    const QList<Migration> m_steps;
    PostgresConnection::Handle m_connection;
};

} // namespace confab::server
