// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/TokenBucket.h"
#include "shared/core/Result.h"

#include <QtCore/QHash>
#include <QtCore/QString>

#include <array>
#include <atomic>
#include <mutex>

namespace confab {
class Clock;
}

namespace confab::server {

/// Token buckets that stop floods of sign-ins and registrations before a password is hashed: one for each address
/// (each /64 of IPv6) and one for each account that is tried. Thread-safe; one for a process.
///
/// Memory is bounded: buckets live in two halves, and when the newer one is full the older one, which nobody used
/// since, is dropped.
class FloodLimits
{
public:
    /// A burst of 0 turns the limit off.
    using Rate = TokenBucket::Rate;
    struct Options
    {
        Rate address{60, 60};
        Rate account{10, 10};
        qsizetype maxBuckets = 50'000; ///< In each half.
    };

    /// What the configuration's one number stands for: as much at once, and a sixth of it for an account.
    static Options optionsFor(int attemptsPerMinute);

    FloodLimits(const Clock &clock, Options options) : m_clock(clock), m_options(options) { }

    /// Takes a token of the address and one of the account, or neither: `rateLimited` with the time to wait.
    Result<Done> admit(const QString &address, const QString &handle);

    /// Gives the account's token back: who knows the password guesses nothing.
    void succeeded(const QString &handle);

    /// What an address counts as: itself, its /64 at IPv6, the inner address where IPv4 is mapped.
    static QString addressKey(const QString &address);

    qsizetype bucketCount() const;

    /// How many attempts were refused so far, by which of the two.
    quint64 refusedAddresses() const { return m_refused[0].load(std::memory_order_relaxed); }
    quint64 refusedAccounts() const { return m_refused[1].load(std::memory_order_relaxed); }

private:
    TokenBucket &bucket(const QString &key); // with m_mutex held

    const Clock &m_clock;
    const Options m_options;
    std::array<std::atomic<quint64>, 2> m_refused{};
    mutable std::mutex m_mutex;
    QHash<QString, TokenBucket> m_recent; // guarded by m_mutex
    QHash<QString, TokenBucket> m_older;  // guarded by m_mutex
};

} // namespace confab::server
