// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab::server {

/// Why the store could not be opened, for the program's exit code and the person who started it.
struct OpenFailure
{
    enum class Reason {
        Unwritable,     ///< The directory cannot be made or written to.
        AlreadyRunning, ///< Another process serves this directory.
        NewerSchema,    ///< A newer release wrote this database.
        Damaged,        ///< Not a database, or the engine failed.
        Unreachable,    ///< A database server that does not answer.
        Configuration,  ///< The database cannot be used as it is set up.
        Moved,          ///< The store was moved to another database, or has not come here as a whole yet.
    };

    Reason reason = Reason::Damaged;
    QString message; ///< One or two sentences: what is wrong and what to do.
};

} // namespace confab::server
