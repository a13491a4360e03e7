// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <variant>
#include <vector>

namespace confab::server {

/// One setting as it stands in a TOML file.
struct ConfigFileEntry
{
    using Value = std::variant<QString, qint64, QStringList>;

    QString name;     ///< `a.b_c`
    Value value;      ///< an ill-typed one is kept as text
    QString typeName; ///< `a string`, `an integer`, `a list of strings`, or what it is instead
    int keyLine = 0;
    int keyColumn = 0;
    int line = 0; ///< of the value
    int column = 0;
};

/// A TOML file as a flat list of settings in file order, or the error that names file, line and column.
struct ConfigFile
{
    std::vector<ConfigFileEntry> entries;
    QString error;

    static ConfigFile read(const QString &path);
    static ConfigFile parse(const QByteArray &text, const QString &path);
};

} // namespace confab::server
