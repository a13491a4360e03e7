// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/Connection.h"
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

/// Attempts, backoff, heartbeat, calls.
class tst_Connection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_server = FakeServer();
        m_timings = ConnectionTimings();
        m_timings.backoffBaseMs = 2;
        m_timings.backoffMaxMs = 4;
        m_clock = std::make_unique<ManualClock>();
        m_connection.reset();
    }

    /// Case A5.
    void backoffGrowsToItsBoundAndIsJitteredFromTheFirst()
    {
        Backoff backoff(1000, 60'000);
        QCOMPARE(backoff.nextMs(0.5), 500);
        QCOMPARE(backoff.nextMs(0.5), 1000);
        QCOMPARE(backoff.nextMs(0.0), 0);
        for (int i = 0; i < 100; ++i)
            QVERIFY(backoff.nextMs(0.999) < 60'000);
        QCOMPARE(backoff.nextMs(0.5), 30'000);
        QCOMPARE(backoff.nextMs(0.5, 7'000), 37'000);
        backoff.reset();
        QCOMPARE(backoff.nextMs(0.5), 500);
    }

    /// Case A8.
    void eachAttemptIsANewSocketAndTheOldOneHasNoEffect()
    {
        start();
        const QPointer<FakeTransport> first = m_server.current;
        m_server.accept();
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        QSignalSpy events(m_connection.get(), &Connection::eventReceived);
        m_server.drop();
        QCOMPARE(lost.size(), 1);
        Q_EMIT first->closed(1006, u"again"_s);
        Q_EMIT first->received(encodeEvent("user", encodeCbor(User{})));
        QCOMPARE(lost.size(), 1);
        QCOMPARE(events.size(), 0);
        QTRY_COMPARE(m_server.attempts, 2);
        QVERIFY(m_server.current != first);
    }

    /// Case A15.
    void fiftyAbortedAttemptsEndInAGoodOne()
    {
        start();
        for (int i = 1; i <= 50; ++i) {
            QTRY_COMPARE_WITH_TIMEOUT(m_server.attempts, i, 5000);
            m_server.drop();
        }
        QTRY_COMPARE(m_server.attempts, 51);
        QSignalSpy opened(m_connection.get(), &Connection::opened);
        m_server.accept();
        QCOMPARE(opened.size(), 1);
    }

    void callsAreAnsweredByTheirId()
    {
        start();
        m_server.accept();
        QStringList names;
        for (int i = 0; i < 2; ++i) {
            m_connection->call(GetServerInfo{},
                               std::function<void(Result<ServerInfo>)>(
                                   [&](const Result<ServerInfo> &server) { names.append(server->name); }));
        }
        (void)m_server.expect<GetServerInfo>();
        const qint64 first = m_server.lastId;
        (void)m_server.expect<GetServerInfo>();
        const qint64 second = m_server.lastId;
        m_server.reply(second, named(u"second"_s));
        m_server.reply(first, named(u"first"_s));
        QCOMPARE(names, (QStringList{u"second"_s, u"first"_s}));
    }

    void callsFailWithTheirConnection()
    {
        start();
        m_server.accept();
        std::optional<Result<ServerInfo>> answer;
        call(answer);
        m_server.drop();
        QVERIFY(answer);
        QCOMPARE(answer->error().code, ErrorCode::Unavailable);
    }

    void callsWithoutAConnectionFailLater()
    {
        start();
        std::optional<Result<ServerInfo>> answer;
        call(answer);
        QVERIFY(!answer);
        QTRY_VERIFY(answer);
        QCOMPARE(answer->error().kind(), ErrorKind::TryAgain);
    }

    /// Case A18.
    void unreadableRepliesAreTryAgainAndUnreadableFramesAreDropped()
    {
        start();
        m_server.accept();
        std::optional<Result<ServerInfo>> answer;
        call(answer);
        (void)m_server.expect<GetServerInfo>();
        Q_EMIT m_server.current->received("<html>503</html>");
        QVERIFY(!answer);
        QByteArray wrong;
        QCborStreamWriter writer(&wrong);
        writer.startMap(1);
        writer.append("name");
        writer.append(7);
        writer.endMap();
        Q_EMIT m_server.current->received(encodeResult(m_server.lastId, wrong));
        QVERIFY(answer);
        QCOMPARE(answer->error().kind(), ErrorKind::TryAgain);
        QVERIFY(m_connection->isOpen());
    }

    void handshakeThatNeverEndsIsGivenUp()
    {
        m_timings.handshakeMs = 10;
        start();
        QTRY_VERIFY(m_server.attempts > 1);
    }

    void helloThatIsNeverAnsweredIsGivenUp()
    {
        m_timings.helloMs = 10;
        start();
        m_server.accept();
        QTRY_VERIFY(m_server.attempts > 1);
    }

    /// Nothing but its own bound ends the wait for the answer to hello, which may be long and the line narrow.
    void helloHasItsOwnTime()
    {
        m_timings.handshakeMs = m_timings.pingAfterMs = m_timings.pongWithinMs = 10;
        m_timings.helloMs = 200;
        start();
        const QPointer<FakeTransport> first = m_server.current;
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        connect(
            m_connection.get(), &Connection::lost, this, [first] { QCOMPARE(first->pings, 0); },
            Qt::SingleShotConnection);
        m_server.accept();
        QTRY_VERIFY(!lost.isEmpty());
        QVERIFY(lost.first().first().value<CloseReason>() != CloseReason::PeerSilent);
    }

    void silentPeerIsPingedAgainAfterEachSignOfLife()
    {
        m_timings.pingAfterMs = 5;
        start();
        m_server.accept();
        m_connection->established();
        QTRY_COMPARE(m_server.current->pings, 1);
        Q_EMIT m_server.current->alive();
        QTRY_COMPARE(m_server.current->pings, 2);
    }

    /// Case A2.
    void peerThatDoesNotAnswerIsGivenUp()
    {
        m_timings.pingAfterMs = 5;
        m_timings.pongWithinMs = 5;
        start();
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        m_server.accept();
        m_connection->established();
        QTRY_VERIFY(!lost.isEmpty());
        QCOMPARE(lost.first().first().value<CloseReason>(), CloseReason::PeerSilent);
    }

    /// Case A3.
    void deadPeerBoundIsAsDocumented()
    {
        const ConnectionTimings defaults;
        QVERIFY(defaults.pingAfterMs + defaults.pongWithinMs <= 45'000);
    }

    /// Cases A2, A3: a server that asks for more signs of life gets them; the default bound would be 30 s.
    void serversHeartbeatShortensTheBound()
    {
        start();
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        m_server.accept();
        m_connection->established(1'000);
        QTRY_COMPARE(m_server.current->pings, 1);
        QTRY_VERIFY(!lost.isEmpty());
        QCOMPARE(lost.first().first().value<CloseReason>(), CloseReason::PeerSilent);
    }

    /// Case A3.
    void probingAsksForLifeAtOnce()
    {
        start();
        m_server.accept();
        m_connection->established();
        m_connection->probe();
        QCOMPARE(m_server.current->pings, 1);
    }

    /// Case A4.
    void probingEndsAWait()
    {
        m_timings.backoffBaseMs = m_timings.backoffMaxMs = 1'000'000;
        start();
        m_server.drop();
        QCOMPARE(m_server.attempts, 1);
        m_connection->probe();
        QCOMPARE(m_server.attempts, 2);
    }

    /// Case A1.
    void clockJumpRenewsASocketThatSaysItIsOpen()
    {
        m_timings.watchMs = 5;
        start();
        m_server.accept();
        m_connection->established();
        m_clock->jumpUtc(600'000);
        QTRY_COMPARE(m_server.attempts, 2);
        QVERIFY(!m_connection->isOpen());
    }

    /// Case A7.
    void revokedSessionIsAStateNotALoop()
    {
        start();
        m_server.accept();
        QSignalSpy over(m_connection.get(), &Connection::sessionOver);
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        m_server.drop(static_cast<int>(CloseReason::SessionRevoked));
        QCOMPARE(over.size(), 1);
        QCOMPARE(lost.size(), 0);
        m_connection->probe();
        QCOMPARE(m_server.attempts, 1);
    }

    void serversRetryAfterIsTheLeastWait()
    {
        start();
        m_server.accept();
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        m_connection->giveUpAttempt(u"busy"_s, 5'000);
        QVERIFY(lost.first().at(2).toLongLong() >= 5'000);
    }

    /// A5: the server says over how long its clients are to come back.
    void comesBackWithinTheSpreadOfTheServer()
    {
        start();
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        m_server.accept();
        m_connection->established();
        m_connection->setReconnectSpread(12'000);
        m_server.drop();
        QCOMPARE(lost.takeFirst().at(2).toLongLong(), 6'000); // half of it, by the chance of this test
        m_connection->probe();
        m_server.accept();
        m_connection->established();
        Q_EMIT m_server.current->closed(static_cast<int>(CloseReason::Draining),
                                        QString::fromLatin1(closeText(CloseReason::Draining, 30'000)));
        QCOMPARE(lost.takeFirst().at(2).toLongLong(), 15'000); // what a close says is newer
        m_connection->probe();
        m_server.drop(); // never established: still spread, the server may just be coming up
        QCOMPARE(lost.takeFirst().at(2).toLongLong(), 15'000);
    }

    /// Case A5: no second holds more than a tenth of the attempts.
    void fiveThousandClientsComeBackSpread()
    {
        QRandomGenerator random(1);
        QHash<qint64, int> attemptsOfSecond;
        for (int client = 0; client < 5'000; ++client) {
            Backoff backoff(1'000, 60'000);
            ++attemptsOfSecond[backoff.nextMs(random.generateDouble(), 0, 12'500) / 1'000];
        }
        for (const int attempts : qAsConst(attemptsOfSecond))
            QVERIFY2(attempts <= 500, qPrintable(QString::number(attempts)));
    }

    /// Two programs with one session do not take it from each other for ever.
    void restsWhenItIsSupersededAgain()
    {
        start();
        QSignalSpy lost(m_connection.get(), &Connection::lost);
        m_server.accept();
        m_connection->established();
        m_server.drop(static_cast<int>(CloseReason::Superseded));
        QVERIFY(lost.takeFirst().at(2).toLongLong() >= m_timings.supersededMs);
        m_connection->reconnectNow(); // the wait is over
        m_server.accept();
        m_connection->established();
        lost.clear();
        m_server.drop(static_cast<int>(CloseReason::Superseded));
        QCOMPARE(lost.takeFirst().at(2).toLongLong(), -1);
        QCOMPARE(m_server.attempts, 2);
        m_connection->probe(); // somebody looks at this window
        QCOMPARE(m_server.attempts, 3);
        m_server.accept();
        m_connection->established();
        m_server.drop(static_cast<int>(CloseReason::Superseded));
        QVERIFY(lost.takeFirst().at(2).toLongLong() >= m_timings.supersededMs);
    }

    /// C5: what would end the connection is not sent.
    void refusesFramesAboveTheServersLimit()
    {
        start();
        m_server.accept();
        m_connection->setFrameBytes(1'000);
        CreateConversation op;
        op.clientId = clientId(1);
        op.memberIds = QList<UserId>(100, userId(1));
        std::optional<Result<Conversation>> answer;
        m_connection->call(op, std::function<void(Result<Conversation>)>(
                                   [&answer](const Result<Conversation> &reply) { answer = reply; }));
        QTRY_VERIFY(answer);
        QCOMPARE(answer->error().code, ErrorCode::TooLarge);
        QVERIFY(answer->error().message.contains(u"1000"_s));
        QCOMPARE(m_server.openRequests(), 0);
        QVERIFY(m_connection->isOpen());
    }

    void callWithoutAnAnswerExpires()
    {
        m_timings.watchMs = 5;
        m_timings.callMs = 1'000;
        start();
        m_server.accept();
        std::optional<Result<ServerInfo>> answer;
        call(answer);
        m_clock->advance(2'000);
        QTRY_VERIFY(answer);
        QCOMPARE(answer->error().code, ErrorCode::Unavailable);
        QVERIFY(m_connection->isOpen());
    }

private:
    static ServerInfo named(const QString &name)
    {
        ServerInfo server;
        server.name = name;
        return server;
    }
    void start()
    {
        m_connection = std::make_unique<Connection>(m_server.factory(), *m_clock, m_timings, [] { return 0.5; });
        m_connection->start(QUrl(u"ws://server.example"_s));
    }
    void call(std::optional<Result<ServerInfo>> &answer)
    {
        m_connection->call(GetServerInfo{}, std::function<void(Result<ServerInfo>)>(
                                                [&answer](const Result<ServerInfo> &reply) { answer = reply; }));
    }

    FakeServer m_server;
    ConnectionTimings m_timings;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<Connection> m_connection;
};

CONFAB_TEST_CLASS(tst_Connection)
#include "tst_Connection.moc"
