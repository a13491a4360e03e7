// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/sqlite/DataDirectory.h"
#include "shared/core/Id.h"
#include "shared/core/Result.h"

namespace confab::server {

/// What a whole and readable database file holds.
struct StoredCopy
{
    qint64 schemaVersion = 0;
    GenerationId generation;
    qint64 messages = 0;
    qint64 bytes = 0;
};

/// Copies a database while it is in use, and puts a copy into the place of one that is not.
///
/// SQLite alone reads and writes the files (VACUUM INTO): plain I/O on a file that is open would give up the locks
/// of this process on it. A backup is one file, of one moment, checked before it gets its name.
class SqliteBackup
{
public:
    /// Writes \a file, which must not exist yet, with mode 0600. Safe while a server uses \a database.
    static Result<StoredCopy> save(const QString &database, const QString &file);

    /// Checks a copy from its first page to its last: `invalidArgument` where it is damaged or no store of ours.
    static Result<StoredCopy> inspect(const QString &file);

    struct Restored
    {
        StoredCopy copy; ///< With its new generation.
        QString before;  ///< Where the database that was there is kept; empty where none was.
    };

    /// Puts a checked copy of \a file in the place of \a database in the claimed \a directory, with a new generation,
    /// so that clients notice. Whatever fails, the old database stays in place or is kept beside the new one.
    static Result<Restored> restore(const QString &file, const DataDirectory &directory, const QString &database,
                                    const GenerationId &generation, const QString &stamp);
};

} // namespace confab::server
