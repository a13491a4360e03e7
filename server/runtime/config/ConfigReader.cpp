// SPDX-License-Identifier: MIT
#include "server/runtime/config/ConfigReader.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <numeric>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 kLargestSecret = 64 * 1024;

/// A place settings are given in, which decides how a key is spelled.
QString spelled(const ConfigKey &key, ConfigReader::Place place)
{
    switch (place) {
    case ConfigReader::Place::File:
        return key.keyName();
    case ConfigReader::Place::Environment:
        return key.environmentName();
    case ConfigReader::Place::Flag:
        break;
    }
    return key.flagName();
}

QLatin1StringView fileSuffix(ConfigReader::Place place)
{
    switch (place) {
    case ConfigReader::Place::File:
        return "_file"_L1;
    case ConfigReader::Place::Environment:
        return "_FILE"_L1;
    case ConfigReader::Place::Flag:
        break;
    }
    return "-file"_L1;
}

/// How many single-character changes lie between two names.
int distance(const QString &a, const QString &b)
{
    std::vector<int> row(static_cast<std::size_t>(b.size()) + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = std::exchange(row[0], static_cast<int>(i) + 1);
        for (qsizetype j = 0; j < b.size(); ++j) {
            const auto at = static_cast<std::size_t>(j);
            const int changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[at + 1];
            row[at + 1] = std::min({changed, row[at] + 1, row[at + 1] + 1});
        }
    }
    return row.back();
}

/// A value given as text, converted to the key's type; nullopt when it is not of that type.
std::optional<ConfigValue> fromText(const ConfigKey &key, const QString &text)
{
    ConfigValue value;
    value.text = text;
    if (key.type == ConfigType::Integer) {
        bool isNumber = false;
        value.integer = text.toLongLong(&isNumber);
        if (!isNumber)
            return std::nullopt;
    } else if (key.type == ConfigType::List) {
        const QStringList parts = text.split(u',', Qt::SkipEmptyParts);
        for (const QString &part : parts)
            value.list.append(part.trimmed());
    }
    return value;
}

bool inRange(const ConfigKey &key, const ConfigValue &value)
{
    if (key.type == ConfigType::Integer)
        return value.integer >= key.minimum && value.integer <= key.maximum;
    if (key.type == ConfigType::Choice)
        return QString::fromLatin1(key.choices).split(u'|').contains(value.text);
    return !value.text.contains(QChar(u'\0'));
}

/// A basic string of TOML, on one line: control characters are escaped.
QString quoted(const QString &text)
{
    QString inner;
    for (const QChar c : text) {
        if (c == u'\\' || c == u'"')
            inner += u'\\';
        if (c.category() == QChar::Other_Control)
            inner += u"\\u%1"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
        else
            inner += c;
    }
    return u'"' + inner + u'"';
}

QString shownAsToml(const ConfigKey &key, const ConfigValue &value)
{
    if (key.type == ConfigType::Integer)
        return QString::number(value.integer);
    if (key.type != ConfigType::List)
        return quoted(withoutPassword(value.text));
    QStringList items;
    for (const QString &item : value.list)
        items.append(quoted(item));
    return u'[' + items.join(", "_L1) + u']';
}

void setEffective(ConfigReading &reading, const ConfigKey &key, const QString &value, const QString &origin)
{
    for (ConfigReading::Effective &effective : reading.effective) {
        if (effective.name == key.keyName()) {
            effective.value = value;
            effective.origin = origin;
            return;
        }
    }
    reading.effective.append({key.keyName(), value, origin});
}

bool isDefault(const ConfigReading &reading, QLatin1StringView name)
{
    return std::ranges::any_of(reading.effective, [name](const ConfigReading::Effective &effective) {
        return effective.name == name && effective.origin == "default"_L1;
    });
}
} // namespace

QString withoutPassword(QString address)
{
    const qsizetype begin = address.indexOf("://"_L1);
    const qsizetype end = address.lastIndexOf(u'@');
    if (begin >= 0 && end > begin)
        address.replace(begin + 3, end - begin - 3, "***"_L1);
    static const QRegularExpression parameter(u"((?:^|[?&])(?:ssl)?password=)[^&]*"_s,
                                              QRegularExpression::CaseInsensitiveOption);
    return address.replace(parameter, u"\\1***"_s);
}

ConfigReading ConfigReader::read(const QStringList &arguments, const QMap<QString, QString> &environment) const
{
    ConfigReading reading;
    applyDefaults(reading);
    const CommandLine commandLine = readArguments(arguments, reading);
    const QString path =
        commandLine.configFile.isEmpty() ? environment.value(u"CONFAB_CONFIG"_s) : commandLine.configFile;
    if (!path.isEmpty())
        applyFile(path, reading);
    applyEnvironment(environment, reading);
    for (const Given &given : commandLine.given)
        apply(given, given.origin, reading);
    complete(environment, reading);
    return reading;
}

void ConfigReader::applyDefaults(ConfigReading &reading) const
{
    for (const ConfigKey &key : m_keys) {
        const QString initial = QString::fromLatin1(key.initial);
        if (initial.isEmpty()) {
            const bool isList = key.type == ConfigType::List;
            reading.effective.append({key.keyName(), isList ? u"[]"_s : u"\"\""_s, u"default"_s});
        } else if (const auto value = fromText(key, initial)) {
            applyValue(key, *value, u"default"_s, key.keyName(), initial, reading);
        }
    }
}

ConfigReader::CommandLine ConfigReader::readArguments(const QStringList &arguments, ConfigReading &reading) const
{
    CommandLine commandLine;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const qsizetype equals = arguments[i].indexOf(u'=');
        const QString flag = arguments[i].left(equals);
        if (arguments[i] == "--help"_L1 || arguments[i] == "-h"_L1) {
            reading.action = ConfigAction::Help;
            continue;
        }
        if (arguments[i] == "--version"_L1) {
            reading.action = ConfigAction::Version;
            continue;
        }
        if (arguments[i] == "--check-config"_L1) {
            reading.action = ConfigAction::CheckConfig;
            continue;
        }
        bool isFile = false;
        const ConfigKey *key = find(flag, Place::Flag, &isFile);
        if (!flag.startsWith("--"_L1) || (!key && flag != "--config"_L1)) {
            reading.errors.append(u"%1: unknown argument%2"_s.arg(flag, nearest(flag, Place::Flag)));
            continue;
        }
        if (equals < 0 && i + 1 >= arguments.size()) {
            reading.errors.append(u"%1: a value must follow"_s.arg(flag));
            continue;
        }
        const QString value = equals < 0 ? arguments[++i] : arguments[i].mid(equals + 1);
        if (key)
            commandLine.given.append({key, value, flag, isFile});
        else
            commandLine.configFile = value;
    }
    return commandLine;
}

void ConfigReader::applyFile(const QString &path, ConfigReading &reading) const
{
    const ConfigFile file = ConfigFile::read(path);
    if (!file.error.isEmpty())
        reading.errors.append(file.error);
    for (const ConfigFileEntry &entry : file.entries)
        applyFileEntry(path, entry, reading);
}

void ConfigReader::applyFileEntry(const QString &path, const ConfigFileEntry &entry, ConfigReading &reading) const
{
    bool isFile = false;
    const ConfigKey *key = find(entry.name, Place::File, &isFile);
    const QString prefix = entry.name + u'.';
    const bool isTable = !key && std::ranges::any_of(m_keys, [&prefix](const ConfigKey &known) {
        return known.keyName().startsWith(prefix);
    });
    if (isTable && entry.typeName == "a table"_L1)
        return;
    const QString origin = path + u':' + QString::number(entry.line);
    const QString place = origin + u':' + QString::number(entry.column) + ": "_L1 + entry.name;
    if (isTable) {
        reading.errors.append(place + " must be a table, not "_L1 + entry.typeName);
        return;
    }
    if (!key) {
        reading.errors.append(u"%1:%2:%3: unknown key %4%5"_s.arg(path, QString::number(entry.keyLine),
                                                                  QString::number(entry.keyColumn), entry.name,
                                                                  nearest(entry.name, Place::File)));
        return;
    }
    const auto *text = std::get_if<QString>(&entry.value);
    const auto *number = std::get_if<qint64>(&entry.value);
    const auto *list = std::get_if<QStringList>(&entry.value);
    const bool wantsText = isFile || key->type == ConfigType::Text || key->type == ConfigType::Choice;
    if (wantsText && text && entry.typeName == "a string"_L1) {
        apply({key, *text, origin, isFile}, place, reading);
    } else if (!wantsText && key->type == ConfigType::Integer && number) {
        applyValue(*key, {QString::number(*number), *number, {}}, origin, place, QString::number(*number), reading);
    } else if (!wantsText && key->type == ConfigType::List && list) {
        applyValue(*key, {list->join(u','), 0, *list}, origin, place, {}, reading);
    } else {
        const QString expected = isFile ? u"a string"_s : key->expectation();
        reading.errors.append(u"%1 must be %2, not %3"_s.arg(place, expected, entry.typeName));
    }
}

void ConfigReader::applyEnvironment(const QMap<QString, QString> &environment, ConfigReading &reading) const
{
    static const QStringList others{u"CONFAB_CONFIG"_s, u"CONFAB_BINARY_DIR"_s, u"CONFAB_SOURCE_DIR"_s};
    for (auto variable = environment.begin(); variable != environment.end(); ++variable) {
        const QString &name = variable.key();
        if (!name.startsWith("CONFAB_"_L1) || name.startsWith("CONFAB_TEST_"_L1) || others.contains(name))
            continue;
        bool isFile = false;
        if (const ConfigKey *key = find(name, Place::Environment, &isFile))
            apply({key, variable.value(), name, isFile}, name, reading);
        else
            reading.warnings.append(
                u"%1: unknown environment variable%2"_s.arg(name, nearest(name, Place::Environment)));
    }
}

void ConfigReader::apply(const Given &given, const QString &place, ConfigReading &reading) const
{
    const ConfigKey &key = *given.key;
    QString text = given.text;
    if (given.isFile) {
        QFile file(text);
        if (!file.open(QIODevice::ReadOnly)) {
            reading.errors.append(u"%1: %2 cannot be read: %3"_s.arg(place, text, file.errorString()));
            return;
        }
        text = QString::fromUtf8(file.read(kLargestSecret));
        // Editors end files with a newline that is not part of the secret.
        while (text.endsWith(u'\n') || text.endsWith(u'\r'))
            text.chop(1);
    }
    const std::optional<ConfigValue> value = fromText(key, text);
    if (!value) {
        const QString shown = key.secret ? QString() : u", not \"%1\""_s.arg(text);
        reading.errors.append(u"%1 must be %2%3"_s.arg(place, key.expectation(), shown));
        return;
    }
    applyValue(key, *value, given.origin, place, text, reading);
}

void ConfigReader::applyValue(const ConfigKey &key, const ConfigValue &value, const QString &origin,
                              const QString &place, const QString &shown, ConfigReading &reading) const
{
    const QString expected = inRange(key, value) ? key.apply(reading.configuration, value) : key.expectation();
    if (!expected.isEmpty()) {
        const QString instead =
            key.secret || shown.isEmpty() ? QString() : u", not \"%1\""_s.arg(withoutPassword(shown));
        reading.errors.append(u"%1 must be %2%3"_s.arg(place, expected, instead));
        return;
    }
    setEffective(reading, key, key.secret ? u"\"(set)\""_s : shownAsToml(key, value), origin);
}

void ConfigReader::complete(const QMap<QString, QString> &environment, ConfigReading &reading) const
{
    Configuration &configuration = reading.configuration;
    const auto show = [this, &reading](QLatin1StringView name, const QString &value) {
        for (const ConfigKey &key : m_keys) {
            if (key.keyName() == name)
                setEffective(reading, key, quoted(value), u"default"_s);
        }
    };
    if (configuration.dataDir.isEmpty()) {
        const QString data = environment.value(u"XDG_DATA_HOME"_s);
        const QString home = environment.value(u"HOME"_s, QDir::homePath());
        // The XDG specification has relative paths ignored.
        configuration.dataDir =
            QDir::cleanPath((QDir::isAbsolutePath(data) ? data : home + "/.local/share"_L1) + "/confabd"_L1);
        show("data_dir"_L1, configuration.dataDir);
    }
    if (isDefault(reading, "registration"_L1)) {
        const bool loopback = configuration.listen.address.isLoopback();
        configuration.registration = loopback ? Registration::Open : Registration::Invite;
        show("registration"_L1, loopback ? u"open"_s : u"invite"_s);
    }
    const QString database = configuration.databasePath.isEmpty() ? u"confab.db"_s : configuration.databasePath;
    configuration.databasePath = QDir::cleanPath(QDir(configuration.dataDir).filePath(database));
}

const ConfigKey *ConfigReader::find(const QString &name, Place place, bool *isFile) const
{
    for (const ConfigKey &key : m_keys) {
        const QString known = spelled(key, place);
        *isFile = key.secret && name == known + fileSuffix(place);
        if (*isFile || name == known)
            return &key;
    }
    return nullptr;
}

QString ConfigReader::nearest(const QString &name, Place place) const
{
    QString best;
    int least = std::max(2, static_cast<int>(name.size()) / 3) + 1;
    for (const ConfigKey &key : m_keys) {
        const QString candidate = spelled(key, place);
        // The right name in the wrong table is as near as can be.
        const bool lastPart = key.keyName().endsWith(u'.' + name.section(u'.', -1));
        const int away = lastPart ? 0 : distance(name, candidate);
        if (away < least) {
            least = away;
            best = candidate;
        }
    }
    return best.isEmpty() ? QString() : u"; did you mean %1?"_s.arg(best);
}

QString ConfigReading::toToml() const
{
    QString out;
    for (const Effective &setting : effective)
        out += u"%1 = %2  # %3\n"_s.arg(setting.name, setting.value, setting.origin);
    return out;
}

QString ConfigReader::help() const
{
    QString out = u"Usage: confabd [--config FILE] [--KEY VALUE …]\n"
                  "       confabd migrate --from sqlite:DIR --to postgresql://…   (confabd migrate --help)\n\n"
                  "  --config FILE     read settings from a TOML file (CONFAB_CONFIG)\n"
                  "  --check-config    print the settings in force and where they come from, and exit\n"
                  "  --version         print the version and exit\n"
                  "  --help            print this and exit\n\n"
                  "Settings. A flag beats its environment variable, which beats the file.\n"_s;
    for (const ConfigKey &key : m_keys) {
        const QString choices = key.choices ? u" "_s + QString::fromLatin1(key.choices) : QString();
        const QString initial = QString::fromLatin1(key.initialDoc ? key.initialDoc : key.initial);
        out += u"\n  %1%2\n      %3\n      in the file: %4   environment: %5%6   default: %7\n"_s.arg(
            key.flagName(), choices, QString::fromUtf8(key.doc), key.keyName(), key.environmentName(),
            key.secret ? u" (or a file's name in %1_FILE)"_s.arg(key.environmentName()) : QString(), initial);
    }
    return out;
}

} // namespace confab::server
