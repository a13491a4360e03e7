// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

#include <algorithm>
#include <cmath>
#include <optional>

namespace confab::server {

/// Tokens that come back at a steady rate, up to as many as may be taken at once. Full at first. Times are monotonic
/// milliseconds.
class TokenBucket
{
public:
    struct Rate
    {
        int burst;     ///< So many at once,
        int perMinute; ///< then so many a minute.
    };

    /// Fills it up to now and tells how long until it holds a token; 0: it does.
    qint64 waitMs(const Rate &rate, qint64 nowMs)
    {
        fill(rate, nowMs);
        return m_tokens >= 1
                   ? 0
                   : static_cast<qint64>(std::ceil((1 - m_tokens) * kMsPerMinute / std::max(1, rate.perMinute)));
    }

    void take() { m_tokens -= 1; }

    void giveBack(const Rate &rate, qint64 nowMs)
    {
        fill(rate, nowMs);
        m_tokens = std::min<double>(m_tokens + 1, rate.burst);
    }

    /// Whether it was not looked at after this time.
    bool isIdleSince(qint64 timeMs) const { return !m_filledAtMs || *m_filledAtMs <= timeMs; }

private:
    static constexpr double kMsPerMinute = 60'000;

    void fill(const Rate &rate, qint64 nowMs)
    {
        const double gained =
            m_filledAtMs ? static_cast<double>(nowMs - *m_filledAtMs) * rate.perMinute / kMsPerMinute : rate.burst;
        m_tokens = std::min<double>(m_tokens + gained, rate.burst);
        m_filledAtMs = nowMs;
    }

    double m_tokens = 0;
    std::optional<qint64> m_filledAtMs; // nothing: never looked at
};

} // namespace confab::server
