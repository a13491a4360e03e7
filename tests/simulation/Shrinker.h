// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/Schedule.h"

#include <functional>

namespace confab::simulation {

/// Makes a failing schedule as small as it can: leaves out actions, devices and weather as long as it still fails.
class Shrinker
{
public:
    /// \a fails runs a schedule and says whether it fails by the same rule. At most \a maxRuns are spent.
    Shrinker(std::function<bool(const Schedule &schedule)> fails, int maxRuns)
        : m_fails(std::move(fails)), m_runsLeft(maxRuns)
    {
    }

    Schedule shrunk(Schedule schedule);

private:
    bool tryOut(const Schedule &candidate);
    bool leaveOutActions(Schedule &schedule);
    bool calmWeather(Schedule &schedule);

    std::function<bool(const Schedule &)> m_fails;
    int m_runsLeft;
};

} // namespace confab::simulation
