// SPDX-License-Identifier: MIT
#include "apps/confab-bench/Scenarios.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>
#include <QtCore/QThread>

#include <cstdio>
#include <sys/resource.h>

using namespace confab;
using namespace confab::bench;
using namespace Qt::StringLiterals;

namespace {

/// Thousands of sockets need thousands of descriptors; the soft limit is often 1,024.
void raiseDescriptorLimit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// The frame that every result has, and one line of JSON or a line for each figure.
void print(QJsonObject result, const Plan &plan, bool asJson)
{
    result.insert(u"format"_s, 1);
    result.insert(u"version"_s, QLatin1StringView(CONFAB_VERSION));
    result.insert(u"cores"_s, QThread::idealThreadCount());
    result.insert(u"shards"_s, plan.shards);
    result.insert(u"nodes"_s, plan.nodes);
    if (asJson) {
        std::printf("%s\n", QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
        return;
    }
    for (auto figure = result.constBegin(); figure != result.constEnd(); ++figure)
        std::printf("%-24s %s\n", qPrintable(figure.key()), qPrintable(figure.value().toVariant().toString()));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    app.setApplicationName(u"confab-bench"_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Loads a confabd of its own and prints what arrived. Scenarios: idle, fan-out, pairs, latency, "
        "reconnect."_s);
    parser.addHelpOption();
    parser.addPositionalArgument(u"scenario"_s, u"idle, fan-out, pairs, latency or reconnect"_s);
    parser.addOptions(
        {{u"confabd"_s, u"The server to load."_s, u"PATH"_s, app.applicationDirPath() + u"/confabd"_s},
         {u"connections"_s, u"Connections of idle and reconnect, members of fan-out."_s, u"N"_s, u"1000"_s},
         {u"messages"_s, u"Messages of fan-out; missed in each group of reconnect."_s, u"N"_s, u"200"_s},
         {u"pairs"_s, u"Pairs of pairs and latency."_s, u"N"_s, u"500"_s},
         {u"seconds"_s, u"Duration of pairs and latency."_s, u"N"_s, u"10"_s},
         {u"rate"_s, u"Messages of latency in a second."_s, u"N"_s, u"1000"_s},
         {u"stall"_s, u"Stops the receivers' node for so many milliseconds in the middle of latency."_s, u"N"_s,
          u"0"_s},
         {u"pause"_s, u"Stops confab-bench itself for so many milliseconds at a quarter of latency."_s, u"N"_s, u"0"_s},
         {u"nodes"_s, u"Servers on the one database, between which clients are dealt out."_s, u"N"_s, u"1"_s},
         {u"redis-url"_s, u"The Redis between them."_s, u"URL"_s},
         {u"restart"_s, u"Kills and restarts the server of reconnect."_s},
         {u"database-url"_s, u"The server's database, which has to be empty; without it, SQLite."_s, u"URL"_s},
         {u"json"_s, u"Prints one line of JSON, as docs/bench.md describes it."_s},
         {u"shards"_s, u"Shards of the server, 0 for its default."_s, u"N"_s, u"0"_s}});
    parser.process(app);

    Plan plan;
    plan.confabd = parser.value(u"confabd"_s);
    plan.databaseUrl = parser.value(u"database-url"_s);
    plan.redisUrl = parser.value(u"redis-url"_s);
    const QList<std::pair<QString, int *>> numbers{
        {u"connections"_s, &plan.connections}, {u"messages"_s, &plan.messages}, {u"pairs"_s, &plan.pairs},
        {u"seconds"_s, &plan.seconds},         {u"rate"_s, &plan.rate},         {u"stall"_s, &plan.stallMs},
        {u"pause"_s, &plan.pauseMs},           {u"nodes"_s, &plan.nodes},       {u"shards"_s, &plan.shards}};
    const QStringList mayBeNone{u"shards"_s, u"stall"_s, u"pause"_s};
    for (const auto &[name, target] : numbers) {
        bool isNumber = false;
        *target = parser.value(name).toInt(&isNumber);
        if (!isNumber || *target < (mayBeNone.contains(name) ? 0 : 1)) {
            std::fprintf(stderr, "confab-bench: --%s must be a whole number above 0\n", qPrintable(name));
            return 64;
        }
    }
    if (plan.nodes > 1 && (plan.databaseUrl.isEmpty() || plan.redisUrl.isEmpty())) {
        std::fprintf(stderr, "confab-bench: several nodes need --database-url and --redis-url\n");
        return 64;
    }
    plan.restart = parser.isSet(u"restart"_s);
    raiseDescriptorLimit();

    const QString scenario = parser.positionalArguments().value(0);
    Result<QJsonObject> (*run)(const Plan &) = scenario == u"idle"_s        ? runIdle
                                               : scenario == u"fan-out"_s   ? runFanOut
                                               : scenario == u"pairs"_s     ? runPairs
                                               : scenario == u"latency"_s   ? runLatency
                                               : scenario == u"reconnect"_s ? runReconnect
                                                                            : nullptr;
    if (!run) {
        std::fprintf(stderr, "confab-bench: name a scenario: idle, fan-out, pairs, latency or reconnect\n");
        return 64;
    }
    const Result<QJsonObject> result = run(plan);
    if (!result) {
        std::fprintf(stderr, "confab-bench: %s\n", qPrintable(result.error().message));
        return 1;
    }
    print(*result, plan, parser.isSet(u"json"_s));
    return 0;
}
