// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/system/faults/FaultScene.h"

#include <csignal>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Processes that stand still for longer than the dead-peer bound, which the short heartbeat of these servers makes
/// 1.5 s for the client and 2.25 s for the server.
class tst_Stopped : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case A3: a server that stands still is noticed, and all goes on when it does.
    void serverIsNoticedAndCaughtUpWith()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.chat(4);
        ::kill(static_cast<pid_t>(scene.server.pid()), SIGSTOP);
        const bool noticed = waitUntil([&] {
            return scene.ada->client().state() != client::Client::State::Online &&
                   scene.joan->client().state() != client::Client::State::Online;
        });
        scene.chat(4);
        ::kill(static_cast<pid_t>(scene.server.pid()), SIGCONT);
        QVERIFY(noticed);
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// Cases A1, A10, A12, B16: the server gives the silent peer up, and it finds everything when it wakes.
    void clientIsGivenUpAndCatchesUp()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.adaLeaves();
        const int rounds = scaled(2);
        for (int round = 0; round < rounds; ++round) {
            if (round == 0)
                QVERIFY(scene.adasProcess->start());
            QVERIFY(waitUntil([&] { return scene.adasProcess->state() == "Online"_L1; }));
            scene.adasProcess->say(scene.conversation, u"before sleep %1"_s.arg(round));
            scene.adasProcess->signal(SIGSTOP);
            for (int i = 0; i < 3; ++i)
                QVERIFY(scene.type(u"joan"_s, u"while Ada sleeps %1.%2"_s.arg(round).arg(i)));
            const bool givenUp = waitUntil([&] { return scene.proxy->open() == 0; });
            scene.adasProcess->say(scene.conversation, u"after sleep %1"_s.arg(round));
            scene.adasProcess->signal(SIGCONT);
            QVERIFY(givenUp);
            QVERIFY(waitUntil([&] { return scene.adasProcess->typedCount() == 2 * (round + 1); }));
            QVERIFY(waitUntil([&] { return scene.proxy->open() == 1; }));
        }
        scene.adaReturns();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }
};

CONFAB_TEST_CLASS(tst_Stopped)
#include "tst_Stopped.moc"
