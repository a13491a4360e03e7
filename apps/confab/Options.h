// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QUrl>

namespace confab::app {

/// What the command line asks for.
struct Options
{
    QUrl server;        ///< Empty: the one last signed in to.
    QString signInFile; ///< Signs in as its account when nobody is signed in. Empty: none.
    QString profile;    ///< Absolute. Never empty.
    QString text;       ///< Where not empty, to be printed instead of starting (help, version).
};

/// Reads \a arguments (the program's name first). An error's message is to be printed as it is.
Result<Options> parseOptions(const QStringList &arguments);

} // namespace confab::app
