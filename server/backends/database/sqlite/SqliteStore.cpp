// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteStore.h"

namespace confab::server {

std::unique_ptr<SqliteStore> SqliteStore::open(const SqliteDatabase::Options &options, const IdGenerator &ids,
                                               OpenFailure *failure)
{
    std::unique_ptr<SqliteDatabase> database = SqliteDatabase::open(options, ids, failure);
    return database ? std::unique_ptr<SqliteStore>(new SqliteStore(std::move(database))) : nullptr;
}

} // namespace confab::server
