// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Shard.h"
#include "shared/core/Result.h"

#include <functional>
#include <memory>
#include <vector>

namespace confab::server {

/// The shards of a process: starts them together, hands work to all of them and stops them in order.
///
/// All calls belong to the thread that made the pool, except shard(), size() and forEach() while it runs.
class ShardPool final
{
public:
    using Start = std::function<Result<Done>(Shard &)>;
    using Work = std::function<void(Shard &)>;

    ShardPool() = default;
    ~ShardPool();
    Q_DISABLE_COPY_MOVE(ShardPool)

    /// How many shards a count of 0 means: one per core this process may use.
    static int defaultCount();

    /// Starts \a count shards (0: defaultCount()) and runs \a init on each one's thread, one after the other. The first
    /// error stops all shards again and is returned.
    Result<Done> start(int count, const Start &init);

    int size() const { return static_cast<int>(m_shards.size()); }
    Shard &shard(int index) const { return *m_shards.at(static_cast<std::size_t>(index)); }

    /// Posts \a work to every shard and returns at once.
    void forEach(const Work &work) const;

    /// Runs \a work on every shard's thread, at the same time, and waits for all. Not from a shard's thread.
    void runOnEach(const Work &work) const;

    /// Runs \a finish on each shard's thread, then stops the shards. Blocks until their threads have ended.
    void stop(const Work &finish = {});

private:
    std::vector<std::unique_ptr<Shard>> m_shards;
};

} // namespace confab::server
