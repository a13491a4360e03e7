// SPDX-License-Identifier: MIT
#include "server/app/ExitCode.h"

namespace confab::server {

ExitCode exitCodeOf(OpenFailure::Reason reason)
{
    switch (reason) {
    case OpenFailure::Reason::Unwritable:
        return ExitCode::Unwritable;
    case OpenFailure::Reason::AlreadyRunning:
        return ExitCode::AlreadyRunning;
    case OpenFailure::Reason::NewerSchema:
        return ExitCode::NewerDatabase;
    case OpenFailure::Reason::Damaged:
        return ExitCode::Damaged;
    case OpenFailure::Reason::Configuration:
        return ExitCode::Configuration;
    case OpenFailure::Reason::Moved:
        return ExitCode::Moved;
    case OpenFailure::Reason::Unreachable:
        return ExitCode::DatabaseAway;
    }
    return ExitCode::Internal;
}

} // namespace confab::server
