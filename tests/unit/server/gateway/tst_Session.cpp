// SPDX-License-Identifier: MIT
#include "SessionCase.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// A socket as a client on plain TCP sees it.
class tst_Session : public SessionCase
{
    Q_OBJECT

private Q_SLOTS:
    void wantsHelloFirst()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.sendJson(sendMessage(7));
        const RawClient::Frame refused = client.takeFrame();
        QCOMPARE(refused.json()[u"id"_s].toInt(), 7);
        QCOMPARE(errorOf(refused), u"unauthenticated"_s);
        client.sendJson(request(8, u"server.info"_s)); // open to anybody
        QVERIFY(client.takeFrame().json().contains(u"result"_s));
        client.sendJson(hello(9, u"token-nobody"_s));
        QCOMPARE(errorOf(client.takeFrame()), u"unauthenticated"_s);
        client.sendJson(hello(10, u"token-ann"_s)); // a failed one can be followed by another
        const QJsonObject reply = client.takeFrame().json();
        QCOMPARE(reply[u"id"_s].toInt(), 10);
        QCOMPARE(reply[u"result"_s][u"user"_s][u"id"_s].toString(), m_ann.userId.toString());
        QCOMPARE(reply[u"result"_s][u"heartbeatMs"_s].toInt(), 20'000);
        client.sendJson(sendMessage(11));
        QCOMPARE(client.takeFrame().json()[u"result"_s][u"senderId"_s].toString(), m_ann.userId.toString());
        client.sendJson(hello(12, u"token-ann"_s)); // again: it missed something
        QVERIFY(client.takeFrame().json().contains(u"result"_s));
        m_fixture->gatekeeper.add(u"bob"_s);
        client.sendJson(hello(13, u"token-bob"_s));
        QCOMPARE(errorOf(client.takeFrame()), u"conflict"_s);
        client.sendJson(hello(14, u"token-nobody"_s));
        QCOMPARE(errorOf(client.takeFrame()), u"unauthenticated"_s);
        client.sendJson(sendMessage(15)); // still who it was
        QCOMPARE(client.takeFrame().json()[u"result"_s][u"senderId"_s].toString(), m_ann.userId.toString());
        QCOMPARE(m_fixture->gateway().hub().userCount(), 1);
    }

    void refusesWhatBackendsAskOverRest()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.sendJson(request(1, u"session.openFor"_s));
        QCOMPARE(errorOf(client.takeFrame()), u"permissionDenied"_s);
        client.sendJson(hello(2, u"token-ann"_s));
        QVERIFY(client.takeFrame().json().contains(u"result"_s));
        client.sendJson(request(3, u"session.openFor"_s));
        QCOMPARE(errorOf(client.takeFrame()), u"permissionDenied"_s);
    }

    void speaksCborToo()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade(kCborSubprotocol));
        Hello greeting;
        greeting.token = u"token-ann"_s;
        client.send(RawClient::frame(0x82, encodeRequest(3, "hello", encodeCbor(greeting))));
        const RawClient::Frame frame = client.takeFrame();
        QCOMPARE(frame.opcode, 2);
        const Result<ServerFrame> reply = decodeServerFrame(frame.payload);
        QVERIFY(reply);
        QCOMPARE(reply->id, 3);
        const Result<HelloReply> greeted = decodeCbor<HelloReply>(reply->body, Strictness::Reply);
        QVERIFY2(greeted, greeted ? "" : qPrintable(greeted.error().field));
        QCOMPARE(greeted->user.id, m_ann.userId);
        m_fixture->publishMessage(m_tea, 1, u"€😀ä"_s);
        const Result<ServerFrame> event = decodeServerFrame(client.takeFrame().payload);
        QVERIFY(event);
        QCOMPARE(event->event, "message");
        const Result<Message> message = decodeCbor<Message>(event->body, Strictness::Reply);
        QVERIFY2(message, message ? "" : qPrintable(message.error().field));
        QCOMPARE(message->content.text, u"€😀ä"_s);
    }

    void takesJsonWhereNoSubprotocolIsOffered()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade({}));
        client.sendJson(request(1, u"server.info"_s));
        QCOMPARE(client.takeFrame().opcode, 1);
    }

    void answersWhatItCannotRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("id");
        QTest::addColumn<QString>("field");
        QTest::newRow("no JSON") << QByteArray("hello?") << 0 << QString();
        QTest::newRow("no id") << QByteArray("{\"op\":\"server.info\"}") << 0 << u"id"_s;
        QTest::newRow("no op") << QByteArray("{\"id\":5}") << 5 << u"op"_s;
        QTest::newRow("unknown op") << QByteArray("{\"id\":5,\"op\":\"make.coffee\"}") << 5 << u"op"_s;
        QTest::newRow("params of a wrong type")
            << QByteArray("{\"id\":5,\"op\":\"hello\",\"params\":{\"token\":7}}") << 5 << u"token"_s;
        QTest::newRow("lone surrogate") << QByteArray("{\"id\":5,\"op\":\"hello\",\"params\":{\"token\":\"\\udc00\"}}")
                                        << 5 << u"token"_s;
    }

    /// Case H4.
    void answersWhatItCannotRead()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, id);
        QFETCH(QString, field);
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.send(RawClient::frame(0x81, text));
        const QJsonObject answer = client.takeFrame().json();
        QCOMPARE(answer[u"id"_s].toInt(-1), id);
        QCOMPARE(answer[u"error"_s][u"code"_s].toString(), u"invalidArgument"_s);
        QCOMPARE(answer[u"error"_s][u"field"_s].toString(), field);
        client.sendJson(request(6, u"server.info"_s)); // and goes on
        QCOMPARE(client.takeFrame().json()[u"id"_s].toInt(), 6);
    }

    /// Case Q4.
    void keepsTextWholeOverFragments()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        QJsonObject message = sendMessage(2);
        message[u"params"_s] = QJsonObject{{u"conversationId"_s, kId}, {u"clientId"_s, kId}, {u"text"_s, u"€😀ä"_s}};
        const QByteArray text = QJsonDocument(message).toJson(QJsonDocument::Compact);
        for (qsizetype i = 0; i < text.size(); ++i) {
            const bool isLast = i + 1 == text.size();
            client.send(RawClient::frame(static_cast<quint8>((isLast ? 0x80 : 0) | (i == 0 ? 1 : 0)), text.mid(i, 1)));
            if (i == text.size() / 2)
                client.send(RawClient::frame(0x89, "alive?"));
        }
        const RawClient::Frame pong = client.takeFrame();
        QCOMPARE(pong.opcode, 10);
        QCOMPARE(pong.payload, "alive?");
        QCOMPARE(client.takeFrame().json()[u"result"_s][u"content"_s][u"text"_s].toString(), u"€😀ä"_s);
    }

    void closesOnIllFormedFrames_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("ill-formed UTF-8") << RawClient::frame(0x81, "\xED\xA0\x80") << 1007;
        QTest::newRow("unmasked") << RawClient::frame(0x81, "{}", false) << 1002;
        QTest::newRow("126-byte ping") << RawClient::frame(0x89, QByteArray(126, 'p')) << 1002;
        QTest::newRow("fragmented ping") << RawClient::frame(0x09, "p") << 1002;
        QTest::newRow("orphan continuation") << RawClient::frame(0x80, "c") << 1002;
        QTest::newRow("RSV bit") << RawClient::frame(0xC1, "{}") << 1002;
        QTest::newRow("binary where JSON was agreed to") << RawClient::frame(0x82, "\xa0") << 1003;
        QTest::newRow("too large") << RawClient::frame(0x81, QByteArray(1024 * 1024 + 1, ' ')) << 1009;
        QTest::newRow("a close code nobody may send") << RawClient::frame(0x88, QByteArray("\x03\xED", 2)) << 1002;
        QTest::newRow("half a close code") << RawClient::frame(0x88, "\x03") << 1002;
        QTest::newRow("a reason that is no text") << RawClient::frame(0x88, QByteArray("\x03\xE8\xFF", 3)) << 1007;
        QTest::newRow("goodbye") << RawClient::frame(0x88, QByteArray("\x03\xE9", 2)) << 1001;
        QTest::newRow("goodbye without a word") << RawClient::frame(0x88, {}) << 1000;
    }

    /// Case Q5.
    void closesOnIllFormedFrames()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.send(bytes + RawClient::frame(0x81, "{\"id\":1,\"op\":\"server.info\"}"));
        QCOMPARE(client.takeFrame().closeCode(), code);
        client.socket().disconnectFromHost();
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
        RawClient next(m_fixture->port()); // the server is well
        QVERIFY(next.upgrade());
    }

    void closesOnCborThatIsNone()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade(kCborSubprotocol));
        client.send(RawClient::frame(0x82, "\xff\xff"));
        QCOMPARE(client.takeFrame().closeCode(), 1002);
    }

    void queuesEventsUntilHelloIsAnswered()
    {
        m_fixture->gatekeeper.holdsHello = true;
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.sendJson(hello(1, u"token-ann"_s));
        client.sendJson(sendMessage(2)); // sent without waiting
        QTRY_COMPARE(m_fixture->gateway().hub().conversationCount(), 1);
        m_fixture->publishMessage(m_tea, 5);
        m_fixture->publishMessage(m_tea, 6);
        QCoreApplication::processEvents();
        QVERIFY(client.received().isEmpty());
        QCOMPARE(m_fixture->sendsStarted, 0);
        m_fixture->gatekeeper.releaseHello();
        QCOMPARE(client.takeFrame().json()[u"id"_s].toInt(), 1);
        QCOMPARE(client.takeFrame().json()[u"data"_s][u"id"_s].toInt(), 5);
        QCOMPARE(client.takeFrame().json()[u"data"_s][u"id"_s].toInt(), 6);
        QCOMPARE(client.takeFrame().json()[u"id"_s].toInt(), 2);
    }

    void believesNewsOverAnOlderListOfMemberships()
    {
        m_fixture->gatekeeper.duringSubscriptions = [this] {
            Envelope left{Envelope::Kind::Left, m_tea, m_ann.userId, {}, {}, 0, {}};
            m_fixture->bus().publish(userTopic(m_ann.userId), encodeEnvelope(left));
        };
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        QCOMPARE(m_fixture->gateway().hub().conversationCount(), 0);
    }

    void doesNotGreetASessionThatEndedMeanwhile()
    {
        m_fixture->gatekeeper.duringSubscriptions = [this] {
            Envelope ended;
            ended.kind = Envelope::Kind::SessionEnded;
            ended.userId = m_ann.userId;
            ended.sessionId = m_ann.sessionId;
            m_fixture->bus().publish(sessionsTopic(), encodeEnvelope(ended));
        };
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.sendJson(hello(1, u"token-ann"_s));
        QCOMPARE(client.takeFrame().closeCode(), static_cast<int>(CloseReason::SessionRevoked));
    }

    /// Case N4: an account that ends while a resume is pending gets nothing of it.
    void doesNotGreetAPersonWhoseAccountEndedMeanwhile()
    {
        m_fixture->gatekeeper.holdsHello = true;
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.sendJson(hello(1, u"token-ann"_s));
        QTRY_COMPARE(m_fixture->gateway().hub().conversationCount(), 1);
        m_fixture->publishMessage(m_tea, 1);
        Envelope ended;
        ended.kind = Envelope::Kind::UserEnded;
        ended.userId = m_ann.userId;
        m_fixture->bus().publish(userTopic(m_ann.userId), encodeEnvelope(ended));
        m_fixture->publishMessage(m_tea, 2);
        QCOMPARE(client.takeFrame().closeCode(), static_cast<int>(CloseReason::SessionRevoked));
        m_fixture->gatekeeper.releaseHello();
        QVERIFY(client.waitForEnd());
        QVERIFY(client.received().isEmpty());
    }

    void renewsTheSessionOfAnOpenSocketWellBeforeItsEnd()
    {
        constexpr qint64 kDay = 24LL * 60 * 60 * 1000;
        GatewaySettings settings;
        settings.heartbeatMs = settings.deadPeerMs = 10 * kDay;
        restart(settings);
        FakeGatekeeper &gatekeeper = m_fixture->gatekeeper;
        gatekeeper.expiresAt = m_fixture->clock.utcMs() + kDay;
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        QCOMPARE(gatekeeper.renewals, 0);
        m_fixture->advance(299'000);
        QCOMPARE(gatekeeper.renewals, 0);
        gatekeeper.expiresAt = m_fixture->clock.utcMs() + 60'000;
        m_fixture->advance(2000);
        QTRY_COMPARE(gatekeeper.renewals, 1);
        m_fixture->advance(28'000);
        QCOMPARE(gatekeeper.renewals, 1);
        m_fixture->advance(2000); // half of the minute that is left
        QTRY_COMPARE(gatekeeper.renewals, 2);
        client.sendJson(sendMessage(9));
        QCOMPARE(client.takeFrame().json()[u"id"_s].toInt(), 9);
    }

    /// Case N3: a session that expires while its socket is open.
    void closesASocketWhoseSessionExpired()
    {
        FakeGatekeeper &gatekeeper = m_fixture->gatekeeper;
        gatekeeper.expiresAt = m_fixture->clock.utcMs() + 2000;
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        gatekeeper.callers.clear();
        m_fixture->advance(1500);
        QCOMPARE(gatekeeper.renewals, 0);
        m_fixture->advance(1000);
        QCOMPARE(client.takeFrame().closeCode(), static_cast<int>(CloseReason::SessionExpired));
    }

    void letsRequestsBeyondTheLimitWait()
    {
        m_fixture->holdsSends = true;
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        QByteArray many;
        for (int i = 2; i < 102; ++i)
            many += RawClient::frame(0x81, QJsonDocument(sendMessage(i)).toJson(QJsonDocument::Compact));
        client.send(many);
        QTRY_COMPARE(m_fixture->sendsStarted, 32);
        QCoreApplication::processEvents();
        QCOMPARE(m_fixture->sendsStarted, 32);
        m_fixture->releaseSends();
        QSet<int> answered;
        for (int i = 2; i < 102; ++i)
            answered.insert(client.takeFrame().json()[u"id"_s].toInt());
        QCOMPARE(answered.size(), 100);
        QCOMPARE(m_fixture->sendsStarted, 100);
        client.sendJson(sendMessage(200)); // reading goes on
        QCOMPARE(client.takeFrame().json()[u"id"_s].toInt(), 200);
    }

    /// Case A12.
    void supersedesAnOlderSocketOfTheSession()
    {
        RawClient older(m_fixture->port());
        QVERIFY(older.upgrade());
        QVERIFY(greet(older));
        m_fixture->clock.advance(5);
        for (int round = 0; round < 5; ++round) {
            RawClient newer(m_fixture->port());
            QVERIFY(newer.upgrade());
            QVERIFY(greet(newer));
            m_fixture->clock.advance(5);
            m_fixture->publishMessage(m_tea, 1 + round);
            QCOMPARE(newer.takeFrame().json()[u"data"_s][u"id"_s].toInt(), 1 + round);
        }
        QCOMPARE(older.takeFrame().closeCode(), static_cast<int>(CloseReason::Superseded));
    }

    void reachesSocketsOnAnotherShard()
    {
        LocalBus bus;
        GatewayFixture one({}, &bus);
        GatewayFixture two({}, &bus);
        const Caller ann = one.gatekeeper.add(u"ann"_s);
        two.gatekeeper.callers = one.gatekeeper.callers;
        one.gatekeeper.memberships[ann.userId] = {{m_tea, 0}};
        two.gatekeeper.memberships[ann.userId] = {{m_tea, 0}};
        RawClient first(one.port());
        QVERIFY(first.upgrade());
        QVERIFY(greet(first));
        two.publishMessage(m_tea, 1);
        QCOMPARE(first.takeFrame().json()[u"data"_s][u"id"_s].toInt(), 1);

        // Another socket of the session on the other shard takes the first one's place…
        two.clock.advance(10);
        RawClient second(two.port());
        QVERIFY(second.upgrade());
        QVERIFY(greet(second));
        QCOMPARE(first.takeFrame().closeCode(), static_cast<int>(CloseReason::Superseded));

        // …and goes when the session ends, without another event.
        Envelope ended;
        ended.kind = Envelope::Kind::SessionEnded;
        ended.userId = ann.userId;
        ended.sessionId = ann.sessionId;
        one.bus().publish(sessionsTopic(), encodeEnvelope(ended));
        one.publishMessage(m_tea, 2);
        QCOMPARE(second.takeFrame().closeCode(), static_cast<int>(CloseReason::SessionRevoked));
        QVERIFY(second.waitForEnd());
        QVERIFY(second.received().isEmpty());
    }

    /// Case Q7.
    void pingsAndNoticesADeadPeer()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        m_fixture->advance(20'500);
        QCOMPARE(client.takeFrame().opcode, 9);
        client.send(RawClient::frame(0x8A, {}));
        QTRY_COMPARE(client.socket().bytesToWrite(), 0);
        client.sendJson(sendMessage(2));
        QVERIFY(client.takeFrame().json().contains(u"result"_s)); // so the pong was read too
        // From now on the peer is silent.
        for (int i = 0; i < 44; ++i)
            m_fixture->advance(1000);
        QCOMPARE(m_fixture->gateway().hub().userCount(), 1);
        m_fixture->advance(2000);
        QCOMPARE(client.takeMessage().closeCode(), static_cast<int>(CloseReason::PeerSilent));
    }

    void cutsAPeerThatDoesNotSayGoodbye()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        m_fixture->advance(46'000);
        QCOMPARE(client.takeMessage().closeCode(), static_cast<int>(CloseReason::PeerSilent));
        m_fixture->advance(4000);
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
    }

    void closesWithoutHelloInTime()
    {
        RawClient client(m_fixture->port());
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 1);
        m_fixture->advance(6000); // header and hello share one deadline
        QVERIFY(client.upgrade());
        client.sendJson(request(1, u"server.info"_s));
        QVERIFY(client.takeFrame().json().contains(u"result"_s));
        m_fixture->advance(3000);
        QCOMPARE(m_fixture->gateway().connectionCount(), 1);
        m_fixture->advance(2000);
        QCOMPARE(client.takeFrame().closeCode(), static_cast<int>(CloseReason::HandshakeTimeout));
    }

    void drainsAfterTheRequestInHand()
    {
        GatewaySettings settings;
        settings.shards = 2;
        settings.reconnectsPerSecond = 1;
        restart(settings);
        m_fixture->holdsSends = true;
        RawClient busy(m_fixture->port());
        QVERIFY(busy.upgrade());
        QVERIFY(greet(busy));
        busy.sendJson(sendMessage(2));
        QTRY_COMPARE(m_fixture->sendsStarted, 1);
        Task<Done> drained = m_fixture->gateway().drain();
        busy.sendJson(sendMessage(3)); // too late: it is for the next node
        QTRY_COMPARE(busy.socket().bytesToWrite(), 0);
        QCoreApplication::processEvents();
        m_fixture->releaseSends();
        QCOMPARE(busy.takeFrame().json()[u"id"_s].toInt(), 2);
        const RawClient::Frame goodbye = busy.takeFrame();
        QCOMPARE(goodbye.closeCode(), static_cast<int>(CloseReason::Draining));
        QCOMPARE(goodbye.payload.mid(2), "draining; come back within 2000 ms");
        busy.socket().disconnectFromHost();
        QVERIFY(await(std::move(drained)));
        QCOMPARE(m_fixture->metric("confab_draining_shards"), 1);
        QCOMPARE(m_fixture->metric("confab_websockets_closed_total{reason=\"draining\"}"), 1);
    }

    /// Whoever connected before the port closed is served.
    void takesWhoWaitsBeforeItClosesThePort()
    {
        GatewaySettings settings;
        settings.drainNoticeMs = 1;
        restart(settings);
        const auto connected = [this](QTcpSocket &socket) {
            socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_fixture->port());
            return socket.waitForConnected();
        };
        QTcpSocket asking; // both are in the system's queue until the event loop turns
        QTcpSocket silent;
        QVERIFY(connected(asking));
        QVERIFY(connected(silent));
        asking.write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(asking.waitForBytesWritten());
        Task<Done> drained = m_fixture->gateway().drain();
        QTRY_VERIFY(asking.peek(1000).contains("draining"));
        QVERIFY(asking.peek(1000).startsWith("HTTP/1.1 503 "));
        QTRY_VERIFY(([&] {
            QTcpSocket late;
            return !connected(late);
        }()));
        // Who was taken is still heard, but a socket is not opened for so short a time.
        silent.write("GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        QTRY_VERIFY(silent.peek(1000).startsWith("HTTP/1.1 503 "));
        asking.close();
        silent.close();
        QVERIFY(await(std::move(drained)));
    }

    void livesThroughClientsThatLeaveAtAnyMoment()
    {
        m_fixture->gatekeeper.holdsHello = true;
        {
            RawClient greeting(m_fixture->port());
            QVERIFY(greeting.upgrade());
            greeting.sendJson(hello(1, u"token-ann"_s));
            QTRY_COMPARE(m_fixture->gateway().hub().userCount(), 1);
        }
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
        QCOMPARE(m_fixture->gateway().hub().userCount(), 0);
        m_fixture->gatekeeper.releaseHello();
        m_fixture->holdsSends = true;
        {
            RawClient sending(m_fixture->port());
            QVERIFY(sending.upgrade());
            QVERIFY(greet(sending));
            sending.sendJson(sendMessage(2));
            QTRY_COMPARE(m_fixture->sendsStarted, 1);
            sending.socket().abort();
        }
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
        m_fixture->releaseSends();
        QCoreApplication::processEvents();
        QCOMPARE(m_fixture->gateway().hub().userCount(), 0);
    }
};

CONFAB_TEST_CLASS(tst_Session)
#include "tst_Session.moc"
