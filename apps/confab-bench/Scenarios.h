// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QJsonObject>

namespace confab::bench {

/// What a run measures. Each counts only what arrived at the receiving end and fails when something is missing.
struct Plan
{
    QString confabd;
    QString databaseUrl; ///< Empty: SQLite.
    QString redisUrl;    ///< Between nodes; empty: none.
    int nodes = 1;       ///< Servers on the one database, which is no SQLite where they are several.
    int shards = 0;      ///< 0: the server's default.
    int connections = 1000;
    int messages = 200; ///< Of the fan-out; of each group while its members are away.
    int pairs = 500;
    int seconds = 10;     ///< Of the paired sends.
    int rate = 1000;      ///< Sends a second of latency.
    int stallMs = 0;      ///< For which latency stops the receivers' node in the middle.
    int pauseMs = 0;      ///< And itself, a quarter of the time before.
    bool restart = false; ///< The server is killed and started again while clients are away.
};

/// Resident memory of the server per idle signed-in connection.
Result<QJsonObject> runIdle(const Plan &plan);

/// Deliveries per second to one group of `connections` members: one sender, a window of messages in flight.
Result<QJsonObject> runFanOut(const Plan &plan);

/// Acknowledged (durable) sends per second of `pairs` pairs, each sending its next message when the last was answered.
Result<QJsonObject> runPairs(const Plan &plan);

/// Time from when each of `rate` messages a second was to be sent, until its receiver at another node has it.
Result<QJsonObject> runLatency(const Plan &plan);

/// Time until `connections` clients that come back at once, each having missed messages of its group of 20, hold every
/// one of them.
Result<QJsonObject> runReconnect(const Plan &plan);

} // namespace confab::bench
