// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

#include <algorithm>

namespace confab::client {

/// Waits between attempts: full jitter over a range that doubles up to a bound, the first attempt included, so that
/// a server's return is not met by all its clients in the same second.
class Backoff
{
public:
    Backoff(qint64 baseMs, qint64 maxMs) : m_baseMs(baseMs), m_maxMs(maxMs) { }

    /// The next wait. \a random is uniform in [0, 1). \a atLeastMs is what the server asked for; the jitter comes on
    /// top, over a range of \a spreadMs at least.
    qint64 nextMs(double random, qint64 atLeastMs = 0, qint64 spreadMs = 0)
    {
        const qint64 range = std::max(spreadMs, std::min(m_maxMs, m_baseMs << std::min(m_attempts, 20)));
        ++m_attempts;
        return atLeastMs + static_cast<qint64>(random * static_cast<double>(range));
    }
    void reset() { m_attempts = 0; }
    int attempts() const { return m_attempts; }

private:
    qint64 m_baseMs;
    qint64 m_maxMs;
    int m_attempts = 0;
};

} // namespace confab::client
