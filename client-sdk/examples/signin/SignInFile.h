// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QUrl>

/// How to sign in as one account, kept in a file that only its owner may read: JSON with serverUrl, handle, password.
struct SignInFile
{
    QUrl serverUrl;
    QString handle;
    QString password;

    static confab::Result<SignInFile> read(const QString &path);
    /// Replaces the file whole, so that a reader never meets half of one.
    confab::Result<confab::Done> write(const QString &path) const;
};
