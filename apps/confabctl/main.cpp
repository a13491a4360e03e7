// SPDX-License-Identifier: MIT
// confabctl: administers a running server over its API, or a stopped one on its files.
#include "apps/confabctl/Commands.h"
#include "apps/confabctl/FileCommands.h"
#include "apps/confabctl/LocalServer.h"
#include "apps/confabctl/RemoteServer.h"
#include "server/runtime/Logging.h"
#include "server/runtime/config/ConfigReader.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QProcessEnvironment>

using namespace confab;
using namespace confab::ctl;
using namespace Qt::StringLiterals;

namespace {

/// confabd's own settings, so that both look for the files in the same place.
server::ConfigReading readConfiguration(const CommandLine &line)
{
    QStringList arguments;
    for (const QString &name : {u"config"_s, u"data-dir"_s}) {
        if (line.has(name))
            arguments += {u"--"_s + name, line.option(name)};
    }
    const QProcessEnvironment system = QProcessEnvironment::systemEnvironment();
    QMap<QString, QString> environment;
    for (const QString &name : system.keys())
        environment.insert(name, system.value(name));
    return server::ConfigReader().read(arguments, environment);
}

Exit runRemotely(const CommandLine &line, const Output &output)
{
    const QUrl url(line.option(u"server"_s), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1))
        return output.fail(Exit::Usage, u"--server takes an address such as https://chat.example.org."_s);
    const QString path = line.option(u"token-file"_s);
    if (path.isEmpty())
        return output.fail(Exit::Usage, u"--server needs --token-file FILE; see `confabctl --help` for login."_s);
    if (line.words.first() == "login"_L1)
        return login(url, line.words.at(1), path, output);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return output.fail(Exit::Usage, u"%1 cannot be read: %2."_s.arg(path, file.errorString()));
    RemoteServer target(url, QString::fromLatin1(file.read(1024)).trimmed());
    return Commands(target, line, output).run();
}

Exit runLocally(const CommandLine &line, const Output &output)
{
    const server::ConfigReading reading = readConfiguration(line);
    if (!reading.errors.isEmpty())
        return output.fail(Exit::Configuration, reading.errors.join(u'\n'));
    server::LogLevels levels;
    levels.everything = server::LogLevel::Warning;
    const server::Logging logging(reading.configuration.logFormat, levels);
    const bool isPostgres = !reading.configuration.postgresUrl.isEmpty();
    if (isPostgres && (line.words.first() == "backup"_L1 || line.words.first() == "restore"_L1)) {
        return output.fail(Exit::Refused, u"The database is a PostgreSQL: pg_dump and pg_restore copy it. After a "
                                          "restore, `confabctl generation renew` tells clients to sync anew."_s);
    }
    if (line.words.first() == "backup"_L1)
        return backUp(reading.configuration, line.words.at(1), output);
    if (line.words.first() == "restore"_L1)
        return restore(reading.configuration, line.words.at(1), output);
    // A mistyped directory must not become a new, empty store. The first administrator of a new server may make it.
    const bool mayMake = line.words.mid(0, 2) == QStringList{u"admin"_s, u"add"_s};
    if (!isPostgres && !mayMake && !QFile::exists(reading.configuration.databasePath)) {
        return output.fail(Exit::Refused,
                           u"There is no database %1. Name the server's files with --config or "
                           u"--data-dir, or a running server with --server."_s.arg(reading.configuration.databasePath));
    }
    server::OpenFailure failure;
    const std::unique_ptr<LocalServer> target = LocalServer::open(reading.configuration, &failure);
    return target ? Commands(*target, line, output).run() : explain(failure, output);
}

Exit run(const CommandLine &line)
{
    const Output output(line.has(u"json"_s));
    if (!line.error.isEmpty())
        return output.fail(Exit::Usage, line.error);
    const QStringList &words = line.words;
    if (line.has(u"help"_s) || words == QStringList{u"help"_s}) {
        Output::print(helpText());
        return Exit::Done;
    }
    if (line.has(u"version"_s)) {
        Output::print(u"confabctl "_s + QCoreApplication::applicationVersion());
        return Exit::Done;
    }
    const QString first = words.value(0);
    const bool ofFiles = (first == "backup"_L1 || first == "restore"_L1) && words.size() == 2;
    const bool isLogin = first == "login"_L1 && words.size() == 2;
    if (!ofFiles && !isLogin && !Commands::knows(words))
        return output.fail(Exit::Usage, u"there is no such command; confabctl --help lists all"_s);
    const bool remotely = line.has(u"server"_s);
    if (ofFiles && remotely)
        return output.fail(Exit::Usage, u"%1 works on the server's files, without --server"_s.arg(first));
    if (isLogin && !remotely)
        return output.fail(Exit::Usage, u"login needs --server URL and --token-file FILE"_s);
    return remotely ? runRemotely(line, output) : runLocally(line, output);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"confabctl"_s);
    QCoreApplication::setApplicationVersion(QString::fromLatin1(CONFAB_VERSION));
    return static_cast<int>(run(CommandLine::parse(QCoreApplication::arguments().mid(1))));
}
