// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/MessageStore.h"

#include <functional>
#include <memory>

namespace confab::server {

class MetricsPage;

/// A store as one shard uses it: the process's one, or connections of the shard's own.
struct ShardStore
{
    std::shared_ptr<Database> database;
    std::shared_ptr<MessageStore> messages; // destroyed first
    /// Tells of what is the shard's own, on its thread. Null where there is no such thing.
    std::function<void(MetricsPage &page)> measure = {};

    /// One that somebody else owns and that outlives the shard.
    static ShardStore borrowed(Database &database, MessageStore &messages)
    {
        return {std::shared_ptr<Database>(std::shared_ptr<void>(), &database),
                std::shared_ptr<MessageStore>(std::shared_ptr<void>(), &messages),
                {}};
    }
};

/// What a shard wants to hear of its store, on its own thread.
struct StoreEvents
{
    /// Nobody knows whether something was stored: others may have to be told of it.
    std::function<void()> uncertain;
    /// The store has another generation: it went back, or on to a server that lacks the last of it. What connected
    /// clients hold may be what it has forgotten.
    std::function<void()> renewed;
};

/// The store of a process, open. It outlives the shards.
class Store
{
public:
    virtual ~Store() = default;

    /// To be called, used and given up on the shard's thread.
    virtual ShardStore forShard(StoreEvents events = {}) = 0;

    /// Tells of what all shards share: queues and files. Thread-safe.
    virtual void measure(MetricsPage &page) const = 0;
};

} // namespace confab::server
