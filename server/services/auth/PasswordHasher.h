// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "server/runtime/BoundedPool.h"
#include "server/runtime/metrics/Distribution.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <atomic>

namespace confab::server {

/// What comparing a password with a stored hash gave.
struct PasswordVerdict
{
    bool matches = false;
    bool outdated = false; ///< The hash was made with less memory or fewer passes than are asked for now.
};

/// Hashes passwords by Argon2id on the pool's threads, away from the shards. Thread-safe; one for a process.
///
/// Passwords come normalised (checkPassword of shared/text). A full queue is `rateLimited` at once.
class PasswordHasher
{
public:
    struct Cost
    {
        size_t memoryBytes = 64 * 1024 * 1024;
        unsigned passes = 2;

        static Cost ofMemory(int mebibytes) { return {static_cast<size_t>(mebibytes) * 1024 * 1024}; }
    };

    PasswordHasher(BoundedPool &pool, Cost cost);

    /// The hash in libsodium's text form, which names its own cost.
    Task<QString> hash(QString password);

    Task<PasswordVerdict> verify(QString password, QString hash);

    /// Costs what verify() costs, for people that do not exist: how long an answer takes must not tell who does.
    Task<PasswordVerdict> verifyNobody(QString password);

    /// How many passwords were hashed so far, whatever for.
    qint64 hashCount() const { return m_count; }

    /// How long each took on its thread.
    const Distribution &durations() const { return m_durations; }

private:
    BoundedPool &m_pool;
    const Cost m_cost;
    std::atomic<qint64> m_count = 0;
    Distribution m_durations{Distribution::durationBounds(), Distribution::kNanosecondsPerSecond};
};

} // namespace confab::server
