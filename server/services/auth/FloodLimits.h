// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/limits/Buckets.h"
#include "server/runtime/Async.h"

#include <array>
#include <atomic>

namespace confab::server {

/// Token buckets that stop floods of sign-ins and registrations before a password is hashed: one for each address
/// (each /64 of IPv6) and one for each account that is tried. Thread-safe; one for a process.
///
/// A node always counts what it admits by itself. Where nodes share buckets an attempt needs their tokens, too; while
/// these cannot be had the node's own count stands alone, so that nobody is kept out by what is missing.
class FloodLimits
{
public:
    /// A burst of 0 turns the limit off.
    using Rate = TokenBucket::Rate;
    struct Options
    {
        Rate address{60, 60};
        Rate account{10, 10};
    };

    /// What the configuration's one number stands for: as much at once, and a sixth of it for an account.
    static Options optionsFor(int attemptsPerMinute);

    /// \a own, of this node alone, never fail; \a shared, of all nodes, may be null. Both outlive it.
    explicit FloodLimits(Buckets &own, Options options, Buckets *shared = nullptr)
        : m_options(options), m_own(own), m_shared(shared)
    {
    }

    /// Takes a token of the address and one of the account, or neither: `rateLimited` with the time to wait.
    Task<Done> admit(QString address, QString handle);

    /// Gives the account's token back: who knows the password guesses nothing.
    void succeeded(const QString &handle);

    /// What an address counts as: itself, its /64 at IPv6, the inner address where IPv4 is mapped.
    static QString addressKey(const QString &address);

    /// How many attempts were refused so far, by which of the two.
    quint64 refusedAddresses() const { return m_refused[0].load(std::memory_order_relaxed); }
    quint64 refusedAccounts() const { return m_refused[1].load(std::memory_order_relaxed); }
    /// How many this node judged alone, as the shared buckets could not be had.
    quint64 judgedAlone() const { return m_alone.load(std::memory_order_relaxed); }

private:
    Error refusal(const Buckets::Token &by, qint64 waitMs);
    Buckets::Token accountToken(const QString &handle) const;

    const Options m_options;
    Buckets &m_own;
    Buckets *const m_shared;
    std::array<std::atomic<quint64>, 2> m_refused{};
    std::atomic<quint64> m_alone = 0;
};

} // namespace confab::server
