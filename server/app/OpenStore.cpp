// SPDX-License-Identifier: MIT
#include "server/app/OpenStore.h"

#include "server/backends/database/postgres/PostgresStore.h"
#include "server/backends/database/sqlite/SqliteStore.h"

#include <algorithm>

namespace confab::server {

std::unique_ptr<Store> openStore(const Configuration &configuration, const IdGenerator &ids, OpenFailure *failure)
{
    if (!configuration.postgresUrl.isEmpty()) {
        PostgresDatabase::Options options;
        options.conninfo = configuration.postgresUrl.toUtf8();
        options.readers = options.appenders = std::max(1, configuration.databaseConnections / 4);
        options.writers = std::max(1, configuration.databaseConnections - options.readers - options.appenders);
        return PostgresStore::open(options, ids, failure);
    }
    SqliteDatabase::Options options;
    options.dataDir = configuration.dataDir;
    options.filePath = configuration.databasePath;
    return SqliteStore::open(options, ids, failure);
}

} // namespace confab::server
