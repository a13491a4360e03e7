// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"

#include <chrono>

namespace confab {

namespace {
template<typename StdClock>
qint64 milliseconds()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(StdClock::now().time_since_epoch()).count();
}
} // namespace

qint64 SystemClock::utcMs() const
{
    return milliseconds<std::chrono::system_clock>();
}

qint64 SystemClock::monotonicMs() const
{
    return milliseconds<std::chrono::steady_clock>();
}

} // namespace confab
