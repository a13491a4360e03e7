// SPDX-License-Identifier: MIT
// confabd: reads the configuration, runs a ServerApp until SIGTERM or SIGINT, and ends with an ExitCode; or migrates.
#include "server/app/NodeBus.h"
#include "server/app/ServerApp.h"
#include "server/app/ServiceNotifier.h"
#include "server/app/SignalWatcher.h"
#include "server/app/move/MoveCommand.h"
#include "server/runtime/Logging.h"
#include "server/runtime/config/ConfigReader.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QProcessEnvironment>

#include <csignal>
#include <cstdio>
#include <sys/resource.h>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

void print(FILE *stream, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stream);
    std::fputc('\n', stream);
    std::fflush(stream);
}

QMap<QString, QString> environment()
{
    const QProcessEnvironment system = QProcessEnvironment::systemEnvironment();
    QMap<QString, QString> variables;
    for (const QString &name : system.keys())
        variables.insert(name, system.value(name));
    return variables;
}

/// Thousands of connections need more descriptors than shells allow by default.
void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

QString registrationName(Registration registration)
{
    switch (registration) {
    case Registration::Open:
        return u"open: whoever reaches the server may make an account"_s;
    case Registration::Invite:
        return u"invite: an account needs an invitation"_s;
    case Registration::Closed:
        return u"closed: nobody can make an account"_s;
    }
    return {};
}

/// The block a person reads after starting the server.
QString startBlock(const Configuration &configuration, quint16 port, int shards)
{
    ListenAddress listen = configuration.listen;
    listen.port = port;
    const QString address = listen.toString();
    QString block = u"confabd %1\n"_s.arg(QString::fromLatin1(CONFAB_VERSION));
    block += u"  listening on  http://%1/v1 and ws://%1/v1/socket\n"_s.arg(address);
    if (!configuration.publicUrl.isEmpty())
        block += u"  public URL    %1\n"_s.arg(configuration.publicUrl.toString());
    if (configuration.postgresUrl.isEmpty()) {
        block += u"  data          %1\n"_s.arg(configuration.dataDir);
        block += u"  database      SQLite, %1\n"_s.arg(configuration.databasePath);
    } else {
        block += u"  database      PostgreSQL, %1\n"_s.arg(withoutPassword(configuration.postgresUrl));
    }
    block += u"  bus           %1, %2 %3\n"_s.arg(NodeBus::describe(configuration))
                 .arg(shards)
                 .arg(shards == 1 ? u"shard"_s : u"shards"_s);
    block += u"  registration  %1"_s.arg(registrationName(configuration.registration));
    return block;
}

int run(const ConfigReading &reading)
{
    const Logging logging(reading.configuration.logFormat, reading.configuration.logLevels);
    for (const QString &warning : reading.warnings)
        print(stderr, u"confabd: "_s + warning);
    raiseDescriptorLimit();
    ServerApp app(reading.configuration);
    const SignalWatcher signalWatcher([] { QCoreApplication::quit(); });
    const Result<quint16> port = app.start();
    if (!port) {
        print(stderr, u"confabd: "_s + port.error().message);
        return static_cast<int>(app.failure());
    }
    const ServiceNotifier notifier(qgetenv("NOTIFY_SOCKET"));
    print(stdout, startBlock(reading.configuration, *port, app.shardCount()));
    notifier.ready();
    const int code = QCoreApplication::exec();
    notifier.stopping();
    app.stop();
    print(stdout, u"confabd stopped"_s);
    return code;
}

int fail(const QStringList &errors)
{
    bool isUsage = false;
    for (const QString &error : errors) {
        print(stderr, u"confabd: "_s + error);
        isUsage = isUsage || error.startsWith(u"--"_s) || error.contains(u": unknown argument"_s);
    }
    if (isUsage)
        print(stderr, u"confabd: --help lists all flags"_s);
    return static_cast<int>(isUsage ? ExitCode::Usage : ExitCode::Configuration);
}

int runMigration(const QStringList &arguments)
{
    LogLevels levels;
    levels.everything = LogLevel::Warning;
    const Logging logging(LogFormat::Text, levels);
    const ExitCode code = migrate(
        arguments, [](const QString &line) { print(stdout, line); },
        [](const QString &line) { print(stderr, u"confabd migrate: "_s + line); });
    return static_cast<int>(code);
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow fails its write then, as on a full disk
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"confabd"_s);
    QCoreApplication::setApplicationVersion(QString::fromLatin1(CONFAB_VERSION));

    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments.value(0) == "migrate"_L1)
        return runMigration(arguments.mid(1));
    const ConfigReader reader;
    const ConfigReading reading = reader.read(arguments, environment());
    if (reading.action == ConfigAction::Help) {
        print(stdout, reader.help());
        return 0;
    }
    if (reading.action == ConfigAction::Version) {
        print(stdout, u"confabd "_s + QCoreApplication::applicationVersion());
        return 0;
    }
    if (!reading.errors.isEmpty())
        return fail(reading.errors);
    if (const Result<Done> bus = NodeBus::check(reading.configuration); !bus)
        return fail({bus.error().message});
    if (reading.action == ConfigAction::CheckConfig) {
        print(stdout, reading.toToml());
        return 0;
    }
    return run(reading);
}
