// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"

namespace confab::server {

/// How confabd ends, after sysexits(3): what a service manager or a script can act on.
enum class ExitCode {
    Stopped = 0,         ///< Asked to stop, and did in order.
    Usage = 64,          ///< The command line is wrong.
    Moved = 65,          ///< The store was moved to another database, or cannot be moved there.
    PortTaken = 69,      ///< The address cannot be listened on.
    Internal = 70,       ///< A fault of the server's own.
    DatabaseAway = 72,   ///< The database server does not answer.
    Unwritable = 73,     ///< The data directory cannot be made or written to.
    Damaged = 74,        ///< The database cannot be read.
    AlreadyRunning = 75, ///< Another confabd serves this data directory, or this database.
    NewerDatabase = 76,  ///< A newer release wrote the database.
    Configuration = 78,  ///< The configuration is wrong, or that of the database.
};

ExitCode exitCodeOf(OpenFailure::Reason reason);

} // namespace confab::server
