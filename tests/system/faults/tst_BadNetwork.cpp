// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/system/faults/FaultScene.h"

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(std::function<bool(FaultScene &)>)

/// Whatever a network does while two people chat: afterwards all hold the same, once, in order, counted right.
class tst_BadNetwork : public QObject
{
    Q_OBJECT

    /// False when the fault did not show in time.
    using Fault = std::function<bool(FaultScene &)>;

    static QList<qint64> someCuts(FaultScene &scene, int times, int smallest, int largest)
    {
        QList<qint64> bytes;
        for (int i = 0; i < times; ++i)
            bytes.append(scene.seed.between(smallest, largest));
        return bytes;
    }

private Q_SLOTS:
    void survives_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::newRow("drops") << Fault([](FaultScene &scene) {
            for (int i = 0; i < 5; ++i) {
                scene.chat(3);
                const int attempts = scene.proxy->attempts();
                scene.proxy->drop();
                if (!waitUntil([&] { return scene.proxy->attempts() > attempts; }))
                    return false;
            }
            return true;
        });
        QTest::newRow("refusals") << Fault([](FaultScene &scene) {
            scene.proxy->refuse();
            scene.chat(10);
            return waitUntil([&] { return scene.ada->client().state() == client::Client::State::Offline; });
        });
        QTest::newRow("delays") << Fault([](FaultScene &scene) {
            scene.proxy->delay(Way::ToClient, 150);
            scene.chat(6);
            scene.proxy->delay(Way::ToServer, 100);
            scene.chat(6);
            return waitUntil([&] { return scene.ada->unsettled(scene.conversation) == 0; });
        });
        QTest::newRow("narrow lines") << Fault([](FaultScene &scene) {
            scene.proxy->throttle(Way::ToClient, 20'000);
            scene.proxy->throttle(Way::ToServer, 20'000);
            scene.chat(12);
            return waitUntil([&] { return scene.ada->unsettled(scene.conversation) == 0; });
        });
        QTest::newRow("half-open connections, cases A2 B16") << Fault([](FaultScene &scene) {
            scene.proxy->goSilent();
            scene.chat(10);
            return waitUntil([&] { return scene.ada->client().state() != client::Client::State::Online; });
        });
        QTest::newRow("cuts anywhere on the way up") << Fault([](FaultScene &scene) {
            scene.proxy->cutAfter(Way::ToServer, someCuts(scene, 12, 1, 1'500));
            scene.chat(15);
            return scene.chatUntil([&] { return scene.proxy->cuts() >= 4; });
        });
        QTest::newRow("cuts anywhere on the way down") << Fault([](FaultScene &scene) {
            scene.proxy->cutAfter(Way::ToClient, someCuts(scene, 12, 1, 4'000));
            scene.chat(15);
            return scene.chatUntil([&] { return scene.proxy->cuts() >= 4; });
        });
        QTest::newRow("cuts right after requests, case O6") << Fault([](FaultScene &scene) {
            scene.proxy->cutAfterRequest(5);
            scene.chat(10);
            return scene.chatUntil([&] { return scene.proxy->cuts() == 5; });
        });
        QTest::newRow("cuts right before replies, case B5") << Fault([](FaultScene &scene) {
            scene.proxy->cutBeforeReply(5);
            scene.chat(10);
            return scene.chatUntil([&] { return scene.proxy->cuts() == 5; });
        });
        const auto answered = [](int status, const QByteArray &page) {
            return Fault([status, page](FaultScene &scene) {
                const int attempts = scene.proxy->attempts();
                scene.proxy->answerWith(status, page);
                scene.chat(8);
                return waitUntil([&] { return scene.proxy->attempts() >= attempts + 2; });
            });
        };
        QTest::newRow("a portal's page with status 200, case A18")
            << answered(200, "<html><body>Accept the terms</body></html>");
        QTest::newRow("502 with a page, case A18") << answered(502, "<html><body>Bad Gateway</body></html>");
        QTest::newRow("503 without a body, case A17") << answered(503, {});
    }
    /// Cases A2, A17, A18, B5, B8, B9, B16, O6, A12, D5, and whatever else lies between them.
    void survives()
    {
        QFETCH(Fault, fault);
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.chat(3);
        const bool hit = fault(scene);
        scene.proxy->heal();
        scene.ada->client().probe();
        scene.chat(3);
        QVERIFY(hit);
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QVERIFY(scene.checker->typedCount() > 10);
        QVERIFY(scene.checker->acknowledgedCount() > 10);
    }

    /// What was missed is more than a narrow line carries in the time of a handshake: it comes all the same.
    void longAbsenceOverANarrowLineEnds()
    {
        FaultScene scene({u"--heartbeat-seconds"_s, u"20"_s});
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.checker->unwatch();
        scene.ada->quit();
        for (int i = 0; i < 24; ++i)
            QVERIFY(scene.type(u"joan"_s, u"%1 "_s.arg(i) + QString(9'000, u'x')));
        QVERIFY(waitUntil([&] { return scene.joan->unsettled(scene.conversation) == 0; }));
        scene.proxy->throttle(Way::ToClient, 6'000);
        scene.ada->restart();
        const bool online = scene.ada->waitOnline();
        QVERIFY(scene.proxy->passed(Way::ToClient) > 65'000); // more than 10 s at that rate
        scene.proxy->heal();
        QVERIFY(online);
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }
};

CONFAB_TEST_CLASS(tst_BadNetwork)
#include "tst_BadNetwork.moc"
