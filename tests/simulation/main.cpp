// SPDX-License-Identifier: MIT
// confab-simulate: runs the whole system on simulated time, network and disks, as seeds decide.
#include "tests/simulation/Campaign.h"
#include "tests/simulation/Sabotages.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>

#include <cstdio>

using namespace confab::simulation;
using namespace Qt::StringLiterals;

namespace {

void print(const QString &text)
{
    std::fputs(qPrintable(text + u'\n'), stdout);
    std::fflush(stdout);
}

/// A rule to break by its name on the command line; null where there is none of that name.
Campaign::MakeSabotage sabotageOf(const QString &name)
{
    if (name == "publish-before-commit"_L1)
        return [] { return std::make_unique<PublishBeforeCommit>(); };
    if (name == "subscribe-after-read"_L1)
        return [] { return std::make_unique<SubscribeAfterRead>(); };
    if (name == "cursor-is-newest-event"_L1)
        return [] { return std::make_unique<CursorIsNewestEvent>(); };
    if (name == "cursor-before-row"_L1)
        return [] { return std::make_unique<CursorBeforeRow>(); };
    if (name == "new-client-id-on-retry"_L1)
        return [] { return std::make_unique<NewClientIdOnRetry>(); };
    return {};
}

/// One seed, told in full.
int replay(quint64 seed, const Campaign::MakeSabotage &makeSabotage)
{
    int code = 0;
    withLoop([&](Loop &loop) {
        Runner runner(loop);
        const Schedule schedule = Schedule::of(seed);
        const std::unique_ptr<Sabotage> sabotage = makeSabotage ? makeSabotage() : nullptr;
        print(schedule.toString());
        const Outcome outcome = runner.run(schedule, sabotage.get());
        for (const QString &violation : outcome.violations)
            print(u"violated: "_s + violation);
        print(u"trace %1 of %2 events, %3 frames"_s.arg(QString::number(outcome.trace, 16))
                  .arg(outcome.events)
                  .arg(outcome.frames));
        code = outcome.violations.isEmpty() ? 0 : 1;
    });
    return code;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Simulates devices, network and server, and checks that nothing is lost."_s);
    parser.addOptions({{u"seeds"_s, u"How many seeds to run; 1 tells the run in full."_s, u"count"_s, u"100000"_s},
                       {u"seed"_s, u"The first of them; by default ones that were never run before."_s, u"number"_s},
                       {u"minutes"_s, u"Begins no further seed after so long."_s, u"minutes"_s},
                       {u"break"_s,
                        u"Breaks a rule on purpose: publish-before-commit, subscribe-after-read, "
                        "cursor-is-newest-event, cursor-before-row or new-client-id-on-retry."_s,
                        u"rule"_s},
                       {u"logs"_s, u"Prints what the product logs."_s}});
    parser.addHelpOption();
    parser.process(app);
    if (!parser.isSet(u"logs"_s))
        Campaign::muteLogs();
    const QString rule = parser.value(u"break"_s);
    const Campaign::MakeSabotage sabotage = sabotageOf(rule);
    const quint64 first = parser.isSet(u"seed"_s) ? parser.value(u"seed"_s).toULongLong()
                                                  : quint64(QDateTime::currentMSecsSinceEpoch()) * 1'000;
    const quint64 count = parser.value(u"seeds"_s).toULongLong();
    if (count == 0 || first == 0 || (!rule.isEmpty() && !sabotage)) {
        std::fputs("--seed and --seeds are numbers above 0, --break is one of the rules that --help names\n", stderr);
        return 2;
    }
    if (count == 1)
        return replay(first, sabotage);
    Campaign campaign(first, count, sabotage);
    if (const int minutes = parser.value(u"minutes"_s).toInt(); minutes > 0)
        campaign.setTimeLimit(std::chrono::minutes(minutes));
    campaign.onProgress([](const Campaign &running) { print(running.summary()); });
    campaign.run();
    for (const Campaign::Failure &failure : campaign.failures())
        print(failure.toString());
    print(campaign.summary());
    return campaign.failures().isEmpty() ? 0 : 1;
}
