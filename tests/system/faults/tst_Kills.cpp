// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/system/faults/FaultScene.h"

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// kill -9 at random moments, of the client, the server and both.
class tst_Kills : public QObject
{
    Q_OBJECT

    /// Lets Ada's process type, and kills it after some of it is on disk, or none.
    static bool typeAndKill(FaultScene &scene, int round)
    {
        constexpr int kEach = 12;
        if (!scene.adasProcess->start())
            return false;
        for (int i = 0; i < kEach; ++i)
            scene.adasProcess->say(scene.conversation, u"ada's %1.%2"_s.arg(round).arg(i));
        const int enough = scene.seed.between(0, kEach);
        const bool typed = waitUntil([&] { return scene.adasProcess->typedCount() >= enough; });
        scene.adasProcess->kill9();
        return typed;
    }

private Q_SLOTS:
    /// Cases B18, R12, O3: what the client took is never lost and never doubled, whenever it dies.
    void ofTheClientLosesNothing()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.adaLeaves();
        const int rounds = scaled(10);
        for (int round = 0; round < rounds; ++round) {
            scene.act(u"joan"_s);
            QVERIFY(typeAndKill(scene, round));
        }
        scene.adaReturns();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QVERIFY(scene.checker->typedCount() > rounds);
        qInfo("%d kills of the client, %d messages typed", rounds, int(scene.checker->typedCount()));
    }

    /// Cases B5, B16, O6: an acknowledged message is there, one that was on its way is there once.
    void ofTheServerLosesNothing()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        const int rounds = scaled(8);
        for (int round = 0; round < rounds; ++round)
            QCOMPARE(scene.killServerAmidChat(), QString());
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        qInfo("%d kills of the server, %d messages typed, %d seen acknowledged", rounds,
              int(scene.checker->typedCount()), int(scene.checker->acknowledgedCount()));
    }

    /// Both at once, and the network between them cut at random places.
    void ofBothOnABadNetworkLosesNothing()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.adaLeaves();
        const int rounds = scaled(5);
        for (int round = 0; round < rounds; ++round) {
            scene.proxy->cutAfter(Way::ToClient, {scene.seed.between(1, 3'000), scene.seed.between(1, 3'000)});
            scene.act(u"joan"_s);
            QVERIFY(typeAndKill(scene, round));
            scene.server.kill9();
            scene.act(u"joan"_s);
            QVERIFY(scene.server.start());
        }
        scene.proxy->heal();
        scene.adaReturns();
        scene.joan->client().probe();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }
};

CONFAB_TEST_CLASS(tst_Kills)
#include "tst_Kills.moc"
