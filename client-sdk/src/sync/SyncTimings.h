// SPDX-License-Identifier: MIT
#pragma once

namespace confab::client {

/// How long syncing waits for what, in milliseconds, and how much it asks for at once.
struct SyncTimings
{
    int gapMs = 300;       ///< For an event that another one has overtaken.
    int gatherMs = 50;     ///< For more unknown people to ask for together.
    int tryAgainMs = 2000; ///< After a failed request on a living connection.
    int deliveryMs = 1000; ///< For more messages to say together that they arrived.
    int newLimit = 100;    ///< Newest messages of a catch-up; older new ones become a hole.
    int pageLimit = 200;
    int holeLimit = 100;
    int entryLimit = 50; ///< Entries asked for together.
    int parallelCatchUps = 4;
};

} // namespace confab::client
