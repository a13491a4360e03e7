// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresStore.h"

#include "server/backends/database/postgres/PostgresMessageStore.h"
#include "server/backends/database/postgres/PostgresMigrator.h"
#include "server/backends/database/postgres/PostgresPooler.h"

namespace confab::server {

std::unique_ptr<PostgresStore> PostgresStore::open(const PostgresDatabase::Options &options, const IdGenerator &ids,
                                                   OpenFailure *failure)
{
    // Before anything is done over a connection that is not one's own.
    std::optional<OpenFailure> failed = refusalOfPooler(options.conninfo);
    if (!failed)
        failed = PostgresMigrator(options.conninfo, migrations()).run(ids.make<GenerationId>());
    if (!failed) {
        PostgresDatabase::Options placed = options;
        placed.place = std::make_shared<PostgresPlace>();
        return std::unique_ptr<PostgresStore>(new PostgresStore(placed));
    }
    *failure = *failed;
    return nullptr;
}

ShardStore PostgresStore::forShard(StoreEvents events)
{
    PostgresDatabase::Options options = m_options;
    options.events = std::move(events);
    const auto database = std::make_shared<PostgresDatabase>(options);
    const auto messages = std::make_shared<PostgresMessageStore>(options);
    const auto measure = [database = database.get(), messages = messages.get()](MetricsPage &page) {
        database->measure(page);
        messages->measure(page);
    };
    return {database, messages, measure};
}

} // namespace confab::server
