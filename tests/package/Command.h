// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcessEnvironment>
#include <QtCore/QStringList>

namespace confab::test {

/// A program run to its end, and what it said.
struct Command
{
    int exitCode = -1; ///< -1: did not start, crashed, or took longer than the patience.
    QString output;    ///< Standard output and standard error as they came.

    bool ok() const { return exitCode == 0; }

    static Command run(const QString &program, const QStringList &arguments,
                       const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment(),
                       int patienceMs = 300'000);
};

} // namespace confab::test
