// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/LogFormat.h"

namespace confab::server {

/// Writes the process's log lines to a descriptor in our format while it lives; one at a time.
///
/// Lines of all threads go through it, each by one write(2), so that lines of several threads, and of several
/// processes on one pipe, do not mix.
class Logging final
{
public:
    Logging(LogFormat format, const LogLevels &levels, int descriptor = 2);

    /// Puts back Qt's own handler; levels stay.
    ~Logging();
    Q_DISABLE_COPY_MOVE(Logging)
};

} // namespace confab::server
