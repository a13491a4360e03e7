// SPDX-License-Identifier: MIT
#include "server/runtime/metrics/Distribution.h"

namespace confab::server {

namespace {
constexpr qint64 kMicrosecond = 1000;
constexpr qint64 kMillisecond = 1000 * kMicrosecond;
constexpr qint64 kDurations[] = {500 * kMicrosecond,   1 * kMillisecond,     2'500 * kMicrosecond, 5 * kMillisecond,
                                 10 * kMillisecond,    25 * kMillisecond,    50 * kMillisecond,    100 * kMillisecond,
                                 250 * kMillisecond,   500 * kMillisecond,   1'000 * kMillisecond, 2'500 * kMillisecond,
                                 5'000 * kMillisecond, 10'000 * kMillisecond};
} // namespace

Distribution::Distribution(std::span<const qint64> bounds, double perUnit) : m_bounds(bounds), m_perUnit(perUnit)
{
    Q_ASSERT(bounds.size() <= kMostBounds);
}

std::span<const qint64> Distribution::durationBounds()
{
    return kDurations;
}

void Distribution::record(qint64 value)
{
    std::size_t index = 0;
    while (index < m_bounds.size() && value > m_bounds[index])
        ++index;
    m_counts[index].fetch_add(1, std::memory_order_relaxed);
    m_sum.fetch_add(value, std::memory_order_relaxed);
}

quint64 Distribution::count() const
{
    quint64 count = 0;
    for (std::size_t i = 0; i <= m_bounds.size(); ++i)
        count += countAt(i);
    return count;
}

} // namespace confab::server
