// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab::simulation {

/// How the bus between the server's shards behaves.
enum class BusWeather {
    Ordered,  ///< As the bus of one process: all arrives, in order.
    Shuffled, ///< What is told to conversations overtakes and doubles.
    Lossy,    ///< Anything may overtake, double and get lost.
};

/// What the network and the disks of one simulation are like.
struct Weather
{
    qint64 latencyMs = 40;     ///< At most, on an ordinary day.
    double spikes = 0.0;       ///< Share of frames that take much longer.
    qint64 spikeMs = 2'500;    ///< At most, then.
    qint64 diskMs = 10;        ///< At most, for one turn of the server's store.
    double refusedOpens = 0.0; ///< Share of attempts that fail.
    BusWeather bus = BusWeather::Ordered;
};

} // namespace confab::simulation
