// SPDX-License-Identifier: MIT
#include "tests/simulation/Shrinker.h"

#include <algorithm>

namespace confab::simulation {

Schedule Shrinker::shrunk(Schedule schedule)
{
    // Calmer weather may allow for fewer actions, and fewer actions for calmer weather.
    while (m_runsLeft > 0) {
        const bool fewer = leaveOutActions(schedule);
        const bool calmer = calmWeather(schedule);
        if (!fewer && !calmer)
            break;
    }
    return schedule;
}

bool Shrinker::tryOut(const Schedule &candidate)
{
    if (m_runsLeft <= 0)
        return false;
    --m_runsLeft;
    return m_fails(candidate);
}

// Ever smaller pieces, down to single actions.
bool Shrinker::leaveOutActions(Schedule &schedule)
{
    bool any = false;
    for (qsizetype piece = std::max<qsizetype>(1, schedule.actions.size() / 2); piece >= 1; piece /= 2) {
        for (qsizetype first = 0; first < schedule.actions.size();) {
            Schedule candidate = schedule;
            candidate.actions.remove(first, std::min(piece, schedule.actions.size() - first));
            if (tryOut(candidate)) {
                schedule = candidate;
                any = true;
            } else {
                first += piece;
            }
        }
    }
    return any;
}

bool Shrinker::calmWeather(Schedule &schedule)
{
    const auto calmer = [&](const std::function<bool(Schedule &)> &change) {
        Schedule candidate = schedule;
        if (!change(candidate) || !tryOut(candidate))
            return false;
        schedule = candidate;
        return true;
    };
    const auto set = [](auto &field, auto value) { return std::exchange(field, value) != value; };
    bool any = false;
    any |= calmer([&](Schedule &s) { return set(s.weather.bus, BusWeather::Ordered); });
    any |= calmer([&](Schedule &s) { return set(s.weather.spikes, 0.0); });
    any |= calmer([&](Schedule &s) { return set(s.weather.refusedOpens, 0.0); });
    any |= calmer([&](Schedule &s) { return s.weather.latencyMs > 20 && set(s.weather.latencyMs, qint64(20)); });
    any |= calmer([&](Schedule &s) { return s.weather.diskMs > 2 && set(s.weather.diskMs, qint64(2)); });
    any |= calmer([&](Schedule &s) {
        const auto last = std::max_element(s.actions.begin(), s.actions.end(),
                                           [](const Action &a, const Action &b) { return a.device < b.device; });
        const int needed = last == s.actions.end() ? 1 : last->device + 1;
        return needed < s.devices && set(s.devices, needed);
    });
    return any;
}

} // namespace confab::simulation
