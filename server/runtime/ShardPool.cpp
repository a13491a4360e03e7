// SPDX-License-Identifier: MIT
#include "server/runtime/ShardPool.h"

#include <QtCore/QThread>

#include <algorithm>
#include <latch>

namespace confab::server {

ShardPool::~ShardPool()
{
    stop();
}

int ShardPool::defaultCount()
{
    return std::max(1, QThread::idealThreadCount());
}

Result<Done> ShardPool::start(int count, const Start &init)
{
    Q_ASSERT(m_shards.empty());
    const int wanted = count > 0 ? count : defaultCount();
    for (int i = 0; i < wanted; ++i) {
        m_shards.push_back(std::make_unique<Shard>(i));
        m_shards.back()->start();
    }
    for (const auto &shard : m_shards) {
        Result<Done> result;
        if (init)
            shard->run([&result, &init, &shard] { result = init(*shard); });
        if (!result) {
            stop();
            return result;
        }
    }
    return Done{};
}

void ShardPool::forEach(const Work &work) const
{
    for (const auto &shard : m_shards)
        shard->post([work, target = shard.get()] { work(*target); });
}

void ShardPool::runOnEach(const Work &work) const
{
    std::latch done(static_cast<std::ptrdiff_t>(m_shards.size()));
    for (const auto &shard : m_shards) {
        const bool posted = shard->post([&work, &done, target = shard.get()] {
            work(*target);
            done.count_down();
        });
        if (!posted)
            done.count_down();
    }
    done.wait();
}

void ShardPool::stop(const Work &finish)
{
    if (finish)
        runOnEach(finish);
    for (const auto &shard : m_shards)
        shard->stop();
    m_shards.clear();
}

} // namespace confab::server
