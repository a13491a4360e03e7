// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Store.h"
#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "server/backends/database/sqlite/SqliteMessageStore.h"

namespace confab::server {

/// One SQLite file, which all shards share.
class SqliteStore final : public Store
{
public:
    /// As SqliteDatabase::open().
    static std::unique_ptr<SqliteStore> open(const SqliteDatabase::Options &options, const IdGenerator &ids,
                                             OpenFailure *failure);

    ShardStore forShard(StoreEvents) override { return ShardStore::borrowed(*m_database, m_messages); }
    void measure(MetricsPage &page) const override { m_database->measure(page); }

private:
    explicit SqliteStore(std::unique_ptr<SqliteDatabase> database)
        : m_database(std::move(database)), m_messages(*m_database)
    {
    }

    const std::unique_ptr<SqliteDatabase> m_database;
    SqliteMessageStore m_messages;
};

} // namespace confab::server
