// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QUrl>

namespace confab::app {

/// An account made for trying Confab out.
struct SignIn
{
    QUrl server; ///< Empty where the file names none.
    QString handle;
    QString password;
};

/// Reads a file that confab-demo made. Errors name the file, never what is in it.
Result<SignIn> readSignInFile(const QString &path);

} // namespace confab::app
