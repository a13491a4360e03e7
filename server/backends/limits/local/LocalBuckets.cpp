// SPDX-License-Identifier: MIT
#include "server/backends/limits/local/LocalBuckets.h"

#include "shared/core/Clock.h"

namespace confab::server {

Task<Buckets::Taken> LocalBuckets::take(QList<Token> tokens)
{
    const std::lock_guard lock(m_mutex);
    const qint64 now = m_clock.monotonicMs();
    Taken taken;
    for (qsizetype i = 0; i < tokens.size(); ++i) {
        const qint64 wait = bucket(tokens.at(i).key).waitMs(tokens.at(i).rate, now);
        if (wait > taken.waitMs)
            taken = {static_cast<int>(i), wait};
    }
    if (!taken.isRefused()) {
        for (const Token &token : tokens) {
            TokenBucket &one = bucket(token.key);
            one.waitMs(token.rate, now); // one that was dropped just now begins full
            one.take();
        }
    }
    co_return taken;
}

void LocalBuckets::giveBack(const Token &token)
{
    const std::lock_guard lock(m_mutex);
    bucket(token.key).giveBack(token.rate, m_clock.monotonicMs());
}

qsizetype LocalBuckets::count() const
{
    const std::lock_guard lock(m_mutex);
    return m_recent.size() + m_older.size();
}

TokenBucket &LocalBuckets::bucket(const QString &key)
{
    const auto found = m_recent.find(key);
    if (found != m_recent.end())
        return found.value();
    const TokenBucket kept = m_older.take(key);
    if (m_recent.size() >= m_maxBuckets) {
        m_older = std::move(m_recent);
        m_recent = {};
    }
    return m_recent.insert(key, kept).value();
}

} // namespace confab::server
