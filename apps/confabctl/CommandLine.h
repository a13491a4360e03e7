// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QMap>
#include <QtCore/QStringList>

namespace confab::ctl {

/// What was asked for on the command line: the words of the command, and its options by their names.
struct CommandLine
{
    QStringList words;
    QMap<QString, QString> options; ///< Without the dashes; flags have the value `yes`.
    QString error;                  ///< Not empty: the command line is wrong.

    static CommandLine parse(const QStringList &arguments);

    QString option(const QString &name) const { return options.value(name); }
    bool has(const QString &name) const { return options.contains(name); }
};

/// What `confabctl --help` prints.
QString helpText();

} // namespace confab::ctl
