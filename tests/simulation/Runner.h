// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/Simulation.h"

#include <atomic>
#include <functional>

namespace confab::simulation {

/// Runs simulations, each in the same surroundings, on the thread it is made in, whose event loop is a Loop.
class Runner
{
public:
    explicit Runner(Loop &loop);

    Outcome run(const Schedule &schedule, Sabotage *sabotage = nullptr);

private:
    Loop &m_loop;
    ScratchFolder m_stock;
    ScratchFolder m_folder;
    std::unique_ptr<Population> m_population;
};

/// Calls \a body on a thread of its own whose event loop is a Loop, and waits for it.
void withLoop(const std::function<void(Loop &loop)> &body);

} // namespace confab::simulation
