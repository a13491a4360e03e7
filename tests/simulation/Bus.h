// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "tests/simulation/Loop.h"
#include "tests/simulation/Random.h"
#include "tests/simulation/Weather.h"

#include <memory>

namespace confab::simulation {

/// The bus between the shards of one simulated server, at the weather's mercy.
class Bus
{
public:
    Bus(Loop &loop, BusWeather weather, quint64 seed);
    ~Bus();
    Q_DISABLE_COPY_MOVE(Bus)

    /// It may outlive the bus, as long as the loop is there.
    std::unique_ptr<server::Bus> makeEndpoint();
    /// The process is gone: nothing is published or delivered any more.
    void kill();
    void heal();
    /// Subscriptions take effect only so much later: a rule broken on purpose.
    void delaySubscriptions(qint64 milliseconds);

private:
    class Core;
    class Endpoint;

    std::shared_ptr<Core> m_core;
};

} // namespace confab::simulation
