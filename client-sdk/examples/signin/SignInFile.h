// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QList>
#include <QtCore/QUrl>

/// Accounts for trying Confab out, kept in a file that only its owner may read:
/// `{"server": "http://127.0.0.1:8484", "accounts": [{"handle": "ada", "password": "…"}, …]}`
struct SignInFile
{
    struct Account
    {
        QString handle;
        QString password;
    };

    QUrl server;
    QList<Account> accounts; ///< Once read never empty, each with handle and password.

    static confab::Result<SignInFile> read(const QString &path);
    /// Replaces the file whole, so that a reader never meets half of one.
    confab::Result<confab::Done> write(const QString &path) const;
};
