// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"
#include "server/backends/database/Store.h"
#include "server/backends/database/postgres/PostgresDatabase.h"
#include "shared/core/Id.h"

namespace confab::server {

/// A PostgreSQL, to which each shard has connections of its own.
class PostgresStore final : public Store
{
public:
    /// Brings the schema up to date, which blocks. Null with \a failure where the server cannot be reached or used. A
    /// new database gets a generation from \a ids.
    static std::unique_ptr<PostgresStore> open(const PostgresDatabase::Options &options, const IdGenerator &ids,
                                               OpenFailure *failure);

    ShardStore forShard(StoreEvents events) override;
    void measure(MetricsPage &) const override { }

private:
    explicit PostgresStore(const PostgresDatabase::Options &options) : m_options(options) { }

    const PostgresDatabase::Options m_options;
};

} // namespace confab::server
