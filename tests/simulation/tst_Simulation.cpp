// SPDX-License-Identifier: MIT
#include "tests/simulation/Campaign.h"
#include "tests/simulation/Sabotages.h"
#include "tests/simulation/Shrinker.h"
#include "tests/support/TestClass.h"

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 kSeeds = 2'000;
constexpr quint64 kSeedsPerBrokenRule = 400;
constexpr int kShrinkRuns = 120;

quint64 scaled(quint64 count)
{
    bool ok = false;
    const double scale = qEnvironmentVariable("CONFAB_TEST_SCALE").toDouble(&ok);
    return static_cast<quint64>(static_cast<double>(count) * (ok ? scale : 1.0));
}

template<typename T>
Campaign::MakeSabotage breaking()
{
    return [] { return std::make_unique<T>(); };
}

} // namespace

/// The SDK against the server's services on simulated time, network and disks.
class tst_Simulation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Campaign::muteLogs(); }

    void aSeedIsTheSameRunEveryTime()
    {
        QList<Outcome> first;
        QList<Outcome> again;
        const auto run = [](QList<Outcome> &outcomes, const QList<quint64> &seeds) {
            withLoop([&](Loop &loop) {
                Runner runner(loop);
                for (const quint64 seed : seeds)
                    outcomes.append(runner.run(Schedule::of(seed)));
            });
        };
        QList<quint64> seeds;
        for (quint64 seed = 1; seed <= 40; ++seed)
            seeds.append(seed);
        run(first, seeds);
        // In another order, so that nothing of one run leaks into the next.
        std::reverse(seeds.begin(), seeds.end());
        run(again, seeds);
        std::reverse(again.begin(), again.end());
        QSet<quint64> traces;
        for (qsizetype i = 0; i < first.size(); ++i) {
            QVERIFY(first.at(i).events > 20);
            QCOMPARE(again.at(i).trace, first.at(i).trace);
            QCOMPARE(again.at(i).violations, first.at(i).violations);
            traces.insert(first.at(i).trace);
        }
        QCOMPARE(traces.size(), first.size());
    }

    void allRulesHoldWhateverTheSeed()
    {
        Campaign campaign(1, scaled(kSeeds));
        campaign.run();
        for (const Campaign::Failure &failure : campaign.failures())
            qWarning("%ls", qUtf16Printable(failure.toString()));
        qInfo("%ls", qUtf16Printable(campaign.summary()));
        QCOMPARE(campaign.failures().size(), 0);
        QVERIFY(campaign.faults() > campaign.seeds());
    }

    void aBrokenRuleIsFound_data()
    {
        QTest::addColumn<Campaign::MakeSabotage>("sabotage");
        QTest::newRow("events are published before their commit") << breaking<PublishBeforeCommit>();
        QTest::newRow("subscribed after the state was read") << breaking<SubscribeAfterRead>();
        QTest::newRow("the cursor is the newest event") << breaking<CursorIsNewestEvent>();
        QTest::newRow("the cursor is saved before its row") << breaking<CursorBeforeRow>();
        QTest::newRow("a retry has a new clientId") << breaking<NewClientIdOnRetry>();
    }
    void aBrokenRuleIsFound()
    {
        QFETCH(Campaign::MakeSabotage, sabotage);
        Campaign campaign(1, kSeedsPerBrokenRule, sabotage);
        campaign.stopAtFirstFailure();
        campaign.setShrinkRuns(kShrinkRuns);
        campaign.run();
        QVERIFY2(!campaign.failures().isEmpty(), "no seed shows that the rule is broken");
        const Campaign::Failure failure = campaign.failures().first();
        qInfo("found by seed %llu after %llu seeds, shrunk from %lld to %lld actions:\n%ls", failure.schedule.seed,
              campaign.seeds(), qlonglong(failure.schedule.actions.size()), qlonglong(failure.shrunk.actions.size()),
              qUtf16Printable(failure.toString()));
        QVERIFY(failure.shrunk.actions.size() < failure.schedule.actions.size());
        // The small schedule shows it too; and without the sabotage it shows nothing.
        withLoop([&](Loop &loop) {
            Runner runner(loop);
            const std::unique_ptr<Sabotage> broken = sabotage();
            QCOMPARE(runner.run(failure.shrunk, broken.get()).rule(), failure.outcome.rule());
            QCOMPARE(runner.run(failure.shrunk).violations, QStringList());
        });
    }

    void shrinkingLeavesWhatIsNeeded()
    {
        const Schedule schedule = Schedule::of(7);
        const int one = schedule.actions.at(2).number;
        const int other = schedule.actions.last().number;
        Shrinker shrinker(
            [&](const Schedule &candidate) {
                const auto holds = [&](int number) {
                    return std::any_of(candidate.actions.begin(), candidate.actions.end(),
                                       [number](const Action &action) { return action.number == number; });
                };
                return holds(one) && holds(other);
            },
            1'000);
        const Schedule shrunk = shrinker.shrunk(schedule);
        QCOMPARE(shrunk.actions.size(), 2);
        QCOMPARE(shrunk.actions.first().number, one);
        QCOMPARE(shrunk.actions.last().number, other);
        QVERIFY(shrunk.weather.bus == BusWeather::Ordered);
    }
};

CONFAB_TEST_CLASS(tst_Simulation)

} // namespace confab::simulation

#include "tst_Simulation.moc"
