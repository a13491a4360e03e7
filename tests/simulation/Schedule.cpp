// SPDX-License-Identifier: MIT
#include "tests/simulation/Schedule.h"

#include "tests/simulation/Population.h"
#include "tests/simulation/Random.h"

#include <QtCore/QStringList>

#include <algorithm>

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

using What = Action::What;

constexpr const char *kNames[] = {"send",       "edit",      "delete",     "markRead",  "markUnread",
                                  "retry",      "discard",   "fillHole",   "addMember", "removeMember",
                                  "rename",     "burst",     "cut",        "freeze",    "offline",
                                  "killDevice", "jumpClock", "killServer", "stopServer"};
constexpr const char *kBusNames[] = {"ordered", "shuffled", "lossy"};

struct Weight
{
    What what;
    int weight;
};

constexpr Weight kDeeds[] = {{What::Send, 50},      {What::Edit, 14},        {What::Delete, 9},  {What::MarkRead, 14},
                             {What::MarkUnread, 2}, {What::Retry, 2},        {What::Discard, 1}, {What::FillHole, 5},
                             {What::AddMember, 4},  {What::RemoveMember, 3}, {What::Rename, 3},  {What::Burst, 2}};
constexpr Weight kFaults[] = {{What::Cut, 8},       {What::Freeze, 5},     {What::Offline, 6},   {What::KillDevice, 9},
                              {What::JumpClock, 2}, {What::KillServer, 6}, {What::StopServer, 2}};

template<size_t N>
What pick(Random &random, const Weight (&weights)[N])
{
    int total = 0;
    for (const Weight &weight : weights)
        total += weight.weight;
    qint64 drawn = random.between(0, total - 1);
    for (const Weight &weight : weights) {
        drawn -= weight.weight;
        if (drawn < 0)
            return weight.what;
    }
    return weights[0].what;
}

Weather weatherOf(Random &random)
{
    Weather weather;
    weather.latencyMs = random.chance(0.3) ? random.between(1, 5) : random.between(10, 400);
    weather.spikes = random.chance(0.4) ? random.uniform() * 0.1 : 0.0;
    weather.diskMs = random.chance(0.5) ? random.between(0, 3) : random.between(5, 120);
    weather.refusedOpens = random.chance(0.3) ? random.uniform() * 0.4 : 0.0;
    const double bus = random.uniform();
    if (bus > 0.75)
        weather.bus = BusWeather::Lossy;
    else if (bus > 0.5)
        weather.bus = BusWeather::Shuffled;
    return weather;
}

} // namespace

QString Action::toString() const
{
    return u"%1 s: #%2 %3 device %4 (%5, %6)"_s.arg(static_cast<double>(atMs) / 1000.0, 7, 'f', 3)
        .arg(number)
        .arg(QLatin1StringView(kNames[static_cast<int>(what)]))
        .arg(device)
        .arg(first)
        .arg(second);
}

Schedule Schedule::of(quint64 seed)
{
    Random random(seed, 1);
    Schedule schedule;
    schedule.seed = seed;
    schedule.devices = static_cast<int>(random.between(2, Population::kDevices));
    schedule.endMs = random.between(5'000, 45'000);
    schedule.weather = weatherOf(random);
    const qint64 deeds = random.between(6, 45);
    const qint64 faults = random.chance(0.15) ? 0 : random.between(1, 9);
    for (qint64 i = 0; i < deeds + faults; ++i) {
        Action action;
        action.what = i < deeds ? pick(random, kDeeds) : pick(random, kFaults);
        // Trouble comes in company: what a fault hits often began a moment before.
        if (i >= deeds && random.chance(0.5))
            action.atMs = schedule.actions.at(random.between(0, deeds - 1)).atMs + random.between(0, 150);
        else
            action.atMs = random.between(0, schedule.endMs);
        action.device = static_cast<int>(random.between(0, schedule.devices - 1));
        action.first = static_cast<int>(random.between(0, 1'000'000));
        action.second = static_cast<int>(random.between(0, 1'000'000));
        schedule.actions.append(action);
    }
    std::stable_sort(schedule.actions.begin(), schedule.actions.end(),
                     [](const Action &a, const Action &b) { return a.atMs < b.atMs; });
    for (qsizetype i = 0; i < schedule.actions.size(); ++i)
        schedule.actions[i].number = static_cast<int>(i + 1);
    return schedule;
}

QString Schedule::toString() const
{
    QStringList lines{u"seed %1: %2 devices, %3 s, latency up to %4 ms (%5 % of it up to %6 ms), disk up to %7 ms, "
                      "%8 % of attempts refused, bus %9"_s.arg(seed)
                          .arg(devices)
                          .arg(static_cast<double>(endMs) / 1000.0)
                          .arg(weather.latencyMs)
                          .arg(weather.spikes * 100, 0, 'f', 1)
                          .arg(weather.spikeMs)
                          .arg(weather.diskMs)
                          .arg(weather.refusedOpens * 100, 0, 'f', 1)
                          .arg(QLatin1StringView(kBusNames[static_cast<int>(weather.bus)]))};
    for (const Action &action : actions)
        lines.append(u"  "_s + action.toString());
    return lines.join(u'\n');
}

} // namespace confab::simulation
