// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab::server {

/// A process so that another one of the same machine can tell whether it still runs.
struct ProcessIdentity
{
    QString host;
    qint64 pid = 0;
    QString space;      ///< The machine, or its boot, and the namespace in which pid counts; empty: not known.
    qint64 started = 0; ///< In ticks since the boot, as a pid is given out again.

    static ProcessIdentity own();

    /// Whether it certainly runs no more. False also where this process cannot know: on another machine, or in another
    /// container.
    bool hasEnded() const;

    bool operator==(const ProcessIdentity &) const = default;
};

} // namespace confab::server
