// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

#include <array>
#include <atomic>
#include <chrono>
#include <span>

namespace confab::server {

/// How many values fell into each of some ranges, and their sum: what a histogram shows.
///
/// Any thread may record and read; neither locks. A reading during a recording may lack a part of it.
class Distribution
{
public:
    static constexpr std::size_t kMostBounds = 16;

    /// \a bounds, ascending and of static lifetime, are where the ranges end (inclusive), in the unit that is recorded;
    /// \a perUnit of those make one of the unit that is shown.
    Distribution(std::span<const qint64> bounds, double perUnit);

    /// Of durations from half a millisecond to ten seconds, recorded in nanoseconds and shown in seconds.
    static std::span<const qint64> durationBounds();
    static constexpr double kNanosecondsPerSecond = 1e9;

    void record(qint64 value);

    std::span<const qint64> bounds() const { return m_bounds; }
    double perUnit() const { return m_perUnit; }
    /// How many fell into the range that ends at the bound of this index; one past the last bound: all that are larger.
    quint64 countAt(std::size_t index) const { return m_counts.at(index).load(std::memory_order_relaxed); }
    quint64 count() const;
    qint64 sum() const { return m_sum.load(std::memory_order_relaxed); }

private:
    const std::span<const qint64> m_bounds;
    const double m_perUnit;
    std::array<std::atomic<quint64>, kMostBounds + 1> m_counts{};
    std::atomic<qint64> m_sum = 0;
};

/// Measures from when it was made, in the unit that durations are recorded in.
class Stopwatch
{
public:
    qint64 nanoseconds() const
    {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - m_begin).count();
    }

private:
    std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
};

} // namespace confab::server
