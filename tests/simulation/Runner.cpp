// SPDX-License-Identifier: MIT
#include "tests/simulation/Runner.h"

#include "shared/core/FunctionThread.h"

#include <QtCore/QHashFunctions>

namespace confab::simulation {

namespace {

constexpr quint64 kPopulationSeed = 1;

} // namespace

Runner::Runner(Loop &loop) : m_loop(loop)
{
    const SeededIds ids(kPopulationSeed);
    m_population = std::make_unique<Population>(loop, m_stock);
    loop.reset();
}

Outcome Runner::run(const Schedule &schedule, Sabotage *sabotage)
{
    Outcome outcome;
    {
        const SeededIds ids(schedule.seed);
        Simulation simulation(m_loop, m_folder, *m_population, schedule, sabotage);
        outcome = simulation.run();
    }
    m_loop.reset();
    m_folder.clear();
    return outcome;
}

void withLoop(const std::function<void(Loop &)> &body)
{
    // Sets are walked in the same order by every process.
    QHashSeed::setDeterministicGlobalSeed();
    auto *loop = new Loop;
    FunctionThread thread([&] { body(*loop); });
    thread.setEventDispatcher(loop); // takes it over
    thread.start();
    thread.wait();
}

} // namespace confab::simulation
