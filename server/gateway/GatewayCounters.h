// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/metrics/Distribution.h"
#include "shared/core/Error.h"

#include <QtCore/QHash>

#include <array>

namespace confab::server {

/// How often an operation was called on a shard, how it ended and how long it took. Belongs to the shard's thread.
struct OperationStats
{
    static constexpr std::size_t kOutcomes = static_cast<std::size_t>(ErrorCode::Internal) + 1;

    Distribution durations{Distribution::durationBounds(), Distribution::kNanosecondsPerSecond};
    quint64 succeeded = 0;
    std::array<quint64, kOutcomes> failed{}; ///< By ErrorCode.

    /// Takes a call that ended; \a error is null where it succeeded.
    void record(const Stopwatch &stopwatch, const Error *error)
    {
        durations.record(stopwatch.nanoseconds());
        if (error)
            ++failed.at(static_cast<std::size_t>(error->code));
        else
            ++succeeded;
    }
};

/// What a shard's gateway counts apart from operations. Belongs to the shard's thread.
struct GatewayCounters
{
    /// Why a socket ended, beside the reasons that we close with.
    enum Ended { ByPeer = 1, Lost, Cut };

    OperationStats hello;
    quint64 accepted = 0;             ///< Connections.
    quint64 exhaustions = 0;          ///< Times that no descriptor was left for a connection.
    std::array<quint64, 6> answers{}; ///< To HTTP requests, by the hundred of their status.
    QHash<int, quint64> ended;        ///< Sockets, by CloseReason or Ended.
    quint64 eventsSent = 0;           ///< To one socket each.
    quint64 eventsLeftOut = 0;        ///< For slow readers.
    quint64 laggards = 0;             ///< Times that a reader was so slow that it is told to ask anew.
};

} // namespace confab::server
