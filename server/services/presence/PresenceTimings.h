// SPDX-License-Identifier: MIT
#pragma once

namespace confab::server {

/// Times of presence between shards, in milliseconds.
struct BoardTimings
{
    int gatherMs = 200;   ///< Changes of so long go out together.
    int beatMs = 5'000;   ///< Between two words of one who vouches.
    int leaseMs = 15'000; ///< Without one, those vouched for count no more.
    int listMs = 1'000;   ///< Between two lists, whoever asks.
};

/// Times of presence at one shard, in milliseconds.
struct DeskTimings
{
    int tickMs = 1'000;   ///< Changes of so long reach a socket as one event.
    int graceMs = 10'000; ///< Somebody whose last socket closed still counts as there: mostly they come back.
    int roundMs = 60'000; ///< All that is watched is looked at anew within it, should a hint have been lost.
};

struct PresenceTimings
{
    BoardTimings board;
    DeskTimings desk;
};

} // namespace confab::server
