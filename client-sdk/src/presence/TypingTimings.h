// SPDX-License-Identifier: MIT
#pragma once

namespace confab::client {

/// How typing is told and shown, in milliseconds.
struct TypingTimings
{
    int againMs = 3'000;    ///< Between two times of saying that the person types.
    int pauseMs = 5'000;    ///< Without a key they have stopped.
    int longestMs = 10'000; ///< Nobody is shown longer by one event, whatever the server says.
};

} // namespace confab::client
