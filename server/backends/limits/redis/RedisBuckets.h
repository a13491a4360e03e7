// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/redis/RedisBus.h"
#include "server/backends/limits/Buckets.h"

namespace confab::server {

/// Buckets in Redis, which all nodes share, by Redis' clock.
///
/// A bucket is one number, the time at which it will be full again, under a key that ends by itself then and that
/// nobody who has not the secret can tell the bucket's name from. Whatever Redis does instead of answering in time
/// (nothing, an error for want of memory or of a replica) is `unavailable`.
class RedisBuckets final : public Buckets
{
public:
    struct Options
    {
        QByteArray secret; ///< The same at all nodes.
        int patienceMs = 250;
    };

    /// \a redis outlives it.
    RedisBuckets(RedisBus &redis, const Options &options) : m_redis(redis), m_options(options) { }

    Task<Taken> take(QList<Token> tokens) override;
    void giveBack(const Token &token) override;

    /// What a key is called in Redis.
    QByteArray nameOf(const QString &key) const;

private:
    QList<QByteArray> command(const QByteArray &script, const QList<Token> &tokens) const;

    RedisBus &m_redis;
    const Options m_options;
};

} // namespace confab::server
