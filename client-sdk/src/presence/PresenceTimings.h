// SPDX-License-Identifier: MIT
#pragma once

namespace confab::client {

/// How presence is asked for and told, in milliseconds.
struct PresenceTimings
{
    int gatherMs = 100;    ///< For more people to name together.
    int tryAgainMs = 2000; ///< After a failed request on a living connection.
    int lookMs = 60'000;   ///< Between looks at the wall clock, which may be set meanwhile, while a status is to end.
};

} // namespace confab::client
