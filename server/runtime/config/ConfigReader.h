// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/config/ConfigFile.h"
#include "server/runtime/config/ConfigKey.h"
#include "server/runtime/config/Configuration.h"

#include <QtCore/QMap>

#include <optional>
#include <span>

namespace confab::server {

/// What the command line asks for.
enum class ConfigAction { Run, Help, Version, CheckConfig };

/// Everything the settings said. Where `errors` is not empty, `configuration` must not be used.
struct ConfigReading
{
    /// A key's value in force and where it came from; secrets are not in it.
    struct Effective
    {
        QString name;
        QString value;
        QString origin; ///< `default`, `FILE:LINE`, an environment variable's or a flag's name
    };

    ConfigAction action = ConfigAction::Run;
    Configuration configuration;
    QList<Effective> effective;
    QStringList errors;   ///< each names its file, line and column, its variable or its flag
    QStringList warnings; ///< unknown CONFAB_ variables

    /// The configuration in force as TOML with origins, without secrets; for `--check-config`.
    QString toToml() const;
};

/// Reads the settings: flags beat environment variables, which beat the file, which beats the defaults.
class ConfigReader final
{
public:
    /// Where a setting is given.
    enum class Place { File, Environment, Flag };

    explicit ConfigReader(std::span<const ConfigKey> keys = configKeys()) : m_keys(keys) { }

    /// \a arguments without the program's name. The file is `--config FILE` or CONFAB_CONFIG; without one, none is
    /// read.
    ConfigReading read(const QStringList &arguments, const QMap<QString, QString> &environment) const;

    /// What `--help` prints: every key with its flag, variable, default and meaning.
    QString help() const;

private:
    struct Given
    {
        const ConfigKey *key;
        QString text;
        QString origin;
        bool isFile = false; // the text names a file that holds the secret
    };
    struct CommandLine
    {
        QString configFile;
        QList<Given> given;
    };

    CommandLine readArguments(const QStringList &arguments, ConfigReading &reading) const;
    void applyFile(const QString &path, ConfigReading &reading) const;
    void applyFileEntry(const QString &path, const ConfigFileEntry &entry, ConfigReading &reading) const;
    void applyEnvironment(const QMap<QString, QString> &environment, ConfigReading &reading) const;
    void applyDefaults(ConfigReading &reading) const;
    void complete(const QMap<QString, QString> &environment, ConfigReading &reading) const;
    void apply(const Given &given, const QString &place, ConfigReading &reading) const;
    void applyValue(const ConfigKey &key, const ConfigValue &value, const QString &origin, const QString &place,
                    const QString &shown, ConfigReading &reading) const;
    const ConfigKey *find(const QString &name, Place place, bool *isFile) const;
    QString nearest(const QString &name, Place place) const;

    std::span<const ConfigKey> m_keys;
};

/// An address as logs and screens may show it: without who signs in, and without passwords among its parameters.
QString withoutPassword(QString address);

} // namespace confab::server
