// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/config/Configuration.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <limits>
#include <span>

namespace confab::server {

/// What a key's value must be.
enum class ConfigType { Text, Integer, Choice, List };

/// A value of the key's type, wherever it came from; `text` is also the list joined by commas.
struct ConfigValue
{
    QString text;
    qint64 integer = 0;
    QStringList list;
};

/// One setting: its name `a.b_c` in the file is also CONFAB_A_B_C and `--a-b-c`.
struct ConfigKey
{
    const char *name;
    ConfigType type;
    const char *initial; ///< as it would be given on the command line; empty where `initialDoc` is computed
    const char *doc;
    /// Puts the value into the configuration; returns what it must be, empty when it is right.
    QString (*apply)(Configuration &configuration, const ConfigValue &value);
    const char *initialDoc = nullptr; ///< shown instead of `initial`
    const char *choices = nullptr;    ///< `open|invite|closed`
    qint64 minimum = 0;
    qint64 maximum = std::numeric_limits<int>::max();
    bool secret = false; ///< never shown; can be given as `…_file`

    QString keyName() const { return QString::fromLatin1(name); }
    QString environmentName() const;
    QString flagName() const;
    /// What a value must be, for errors: `an integer from 1 to 64`.
    QString expectation() const;
};

/// The settings of confabd. The one list from which reading, help and documentation come.
std::span<const ConfigKey> configKeys();

} // namespace confab::server
