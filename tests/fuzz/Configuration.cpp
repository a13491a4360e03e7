// SPDX-License-Identifier: MIT
// Input: a byte. Even: a TOML file follows. Odd: settings follow, one a line: flags, and NAME=VALUE of the environment.
#include "server/runtime/config/ConfigReader.h"
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"

#include <algorithm>

namespace confab::fuzz {

using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

void readFile(const QByteArray &text)
{
    const ConfigFile file = ConfigFile::parse(text, u"confab.toml"_s);
    if (!file.error.isEmpty()) {
        require(file.entries.empty() && file.error.startsWith(u"confab.toml:"_s), "an error names its place");
        return;
    }
    for (const ConfigFileEntry &entry : file.entries) {
        require(!entry.typeName.isEmpty(), "every value has a type");
        require(entry.line > 0 && entry.column > 0 && entry.keyLine > 0, "every value has a place");
    }
}

/// True for what would read other files than the input.
bool namesFile(const QString &setting)
{
    return setting.contains(u"file"_s, Qt::CaseInsensitive) || setting.contains(u"config"_s, Qt::CaseInsensitive);
}

/// True for a key whose value is never shown.
bool isSecret(const QString &name)
{
    return std::ranges::any_of(configKeys(), [&](const ConfigKey &key) { return key.secret && key.keyName() == name; });
}

QString flagOf(const ConfigFileEntry &entry)
{
    QString text = std::get_if<QString>(&entry.value) ? *std::get_if<QString>(&entry.value) : QString();
    if (const qint64 *number = std::get_if<qint64>(&entry.value))
        text = QString::number(*number);
    else if (const QStringList *list = std::get_if<QStringList>(&entry.value))
        text = list->join(u',');
    return u"--"_s + QString(entry.name).replace(u'.', u'-').replace(u'_', u'-') + u'=' + text;
}

void readSettings(const QByteArray &lines)
{
    QStringList flags;
    QMap<QString, QString> environment;
    for (const QByteArray &line : lines.split('\n')) {
        const QString text = QString::fromUtf8(line);
        if (text.isEmpty() || namesFile(text))
            continue;
        const qsizetype equals = text.indexOf(u'=');
        if (text.startsWith(u'-') || equals < 1)
            flags.append(text);
        else
            environment.insert(text.left(equals), text.mid(equals + 1));
    }
    const ConfigReading reading = ConfigReader().read(flags, environment);
    if (!reading.errors.isEmpty() || reading.action != ConfigAction::Run)
        return;
    const ConfigFile written = ConfigFile::parse(reading.toToml().toUtf8(), u"confab.toml"_s);
    require(written.error.isEmpty(), "the configuration in force is a file that can be read");
    QStringList again;
    for (const ConfigFileEntry &entry : written.entries) {
        if (!isSecret(entry.name))
            again.append(flagOf(entry));
    }
    const ConfigReading copy = ConfigReader().read(again, {});
    require(copy.errors.isEmpty(), "the configuration in force can be given again");
    for (qsizetype i = 0; i < reading.effective.size(); ++i) {
        const ConfigReading::Effective &was = reading.effective[i];
        require(isSecret(was.name) || copy.effective.value(i).value == was.value,
                "a value is the same once written and read");
    }
}

} // namespace

void runInput(const QByteArray &input)
{
    Input parts(input);
    if (parts.byte() % 2 == 0)
        readFile(parts.rest());
    else
        readSettings(parts.rest());
}

} // namespace confab::fuzz
