// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/limits/Buckets.h"

#include <QtCore/QHash>

#include <mutex>

namespace confab {
class Clock;
}

namespace confab::server {

/// Buckets in the memory of the process, which never fail.
///
/// Memory is bounded: buckets live in two halves, and when the newer one is full the older one, which nobody used
/// since, is dropped.
class LocalBuckets final : public Buckets
{
public:
    static constexpr qsizetype kMaxBuckets = 50'000; ///< In each half.

    explicit LocalBuckets(const Clock &clock, qsizetype maxBuckets = kMaxBuckets)
        : m_clock(clock), m_maxBuckets(maxBuckets)
    {
    }

    Task<Taken> take(QList<Token> tokens) override;
    void giveBack(const Token &token) override;

    qsizetype count() const;

private:
    TokenBucket &bucket(const QString &key); // with m_mutex held

    const Clock &m_clock;
    const qsizetype m_maxBuckets;
    mutable std::mutex m_mutex;
    QHash<QString, TokenBucket> m_recent; // guarded by m_mutex
    QHash<QString, TokenBucket> m_older;  // guarded by m_mutex
};

} // namespace confab::server
