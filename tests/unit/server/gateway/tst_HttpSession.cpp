// SPDX-License-Identifier: MIT
#include "GatewayFixture.h"
#include "RawClient.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonDocument>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kId = "01890000-0000-7000-8000-0000000000aa";

QByteArray get(const QByteArray &target, const QByteArray &fields = {})
{
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

QByteArray post(const QByteArray &target, const QByteArray &body, const QByteArray &fields = {})
{
    return "POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " +
           QByteArray::number(body.size()) + "\r\n" + fields + "\r\n" + body;
}

int statusOf(const QByteArray &answer)
{
    return answer.mid(9, 3).toInt();
}

QJsonObject bodyOf(const QByteArray &answer)
{
    return QJsonDocument::fromJson(answer.mid(answer.indexOf("\r\n\r\n") + 4)).object();
}

const QByteArray kAuth = "Authorization: Bearer token-ann\r\n";
const QByteArray kSend = "/v1/conversations/" + kId + "/messages";
const QByteArray kMessage = "{\"clientId\":\"" + kId + "\",\"text\":\"hi\"}";

} // namespace

/// HTTP as a client on plain TCP sees it.
class tst_HttpSession : public QObject
{
    Q_OBJECT

private:
    void restart(const GatewaySettings &settings = {})
    {
        m_fixture.reset();
        m_fixture = std::make_unique<GatewayFixture>(settings);
        m_fixture->gatekeeper.add(u"ann"_s);
    }

    std::unique_ptr<GatewayFixture> m_fixture;

private Q_SLOTS:
    void init() { restart(); }
    void cleanup() { m_fixture.reset(); }

    void answersARequestSplitAnywhere()
    {
        const QByteArray request = get("/v1/server");
        RawClient client(m_fixture->port());
        for (qsizetype cut = 1; cut < request.size(); ++cut) {
            client.send(request.left(cut));
            QCoreApplication::processEvents();
            client.send(request.mid(cut));
            const QByteArray answer = client.takeAnswer();
            QCOMPARE(statusOf(answer), 200);
            QCOMPARE(bodyOf(answer)[u"name"_s].toString(), u"Fake"_s);
        }
        QCOMPARE(m_fixture->gateway().connectionCount(), 1); // all on one connection
    }

    void servesRestAndSocketsOnOnePort()
    {
        RawClient client(m_fixture->port());
        client.send(get("/v1/server"));
        QCOMPARE(statusOf(client.takeAnswer()), 200);
        // The same connection may become a WebSocket.
        QVERIFY(client.upgrade());
        client.sendJson({{u"id"_s, 1}, {u"op"_s, u"server.info"_s}});
        QCOMPARE(client.takeFrame().json()[u"result"_s][u"name"_s].toString(), u"Fake"_s);
    }

    void upgradesARequestSplitAnywhere()
    {
        const QByteArray request = "GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        for (qsizetype cut = 1; cut < request.size(); ++cut) {
            RawClient client(m_fixture->port());
            client.send(request.left(cut));
            QCoreApplication::processEvents();
            client.send(request.mid(cut));
            const QByteArray answer = client.takeAnswer();
            QVERIFY(answer.startsWith("HTTP/1.1 101 "));
            QVERIFY(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")); // RFC 6455, 1.3
        }
    }

    void refusesUpgradesThatAreWrong_data()
    {
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<int>("status");
        const QByteArray upgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
        const QByteArray key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        QTest::newRow("no upgrade") << QByteArray() << 426;
        QTest::newRow("no key") << upgrade + "Sec-WebSocket-Version: 13\r\n" << 400;
        QTest::newRow("short key") << upgrade + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YWJj\r\n" << 400;
        QTest::newRow("version 8") << upgrade + key + "Sec-WebSocket-Version: 8\r\n" << 426;
        QTest::newRow("unknown subprotocol")
            << upgrade + key + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: soap, mqtt\r\n"
            << 400;
    }

    void refusesUpgradesThatAreWrong()
    {
        QFETCH(QByteArray, fields);
        QFETCH(int, status);
        RawClient client(m_fixture->port());
        client.send(get("/v1/socket", fields));
        QCOMPARE(statusOf(client.takeAnswer()), status);
    }

    void asksForAToken()
    {
        RawClient client(m_fixture->port());
        client.send(get("/v1/users/" + kId) + get("/v1/users/" + kId, "Authorization: Bearer nobody\r\n") +
                    get("/v1/users/" + kId, "Authorization: Basic dG9rZW4tYW5u\r\n") +
                    get("/v1/users/" + kId, "authorization: bearer token-ann\r\n"));
        const QList<QByteArray> answers = client.takeAnswers(4);
        QCOMPARE(answers.size(), 4);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(statusOf(answers[i]), 401);
            QVERIFY(answers[i].contains("WWW-Authenticate: Bearer\r\n"));
        }
        QCOMPARE(statusOf(answers[3]), 200);
    }

    void answersPipelinedRequestsInOrder()
    {
        RawClient client(m_fixture->port());
        QByteArray requests;
        for (int i = 0; i < 500; ++i)
            requests += get("/v1/users?query=q" + QByteArray::number(i), kAuth);
        client.send(requests);
        const QList<QByteArray> answers = client.takeAnswers(500);
        QCOMPARE(answers.size(), 500);
        for (int i = 0; i < 500; ++i)
            QCOMPARE(bodyOf(answers[i])[u"users"_s][0][u"displayName"_s].toString(), u"q%1"_s.arg(i));
    }

    void answersOneAfterAnother()
    {
        m_fixture->holdsSends = true;
        RawClient client(m_fixture->port());
        client.send(post(kSend, kMessage, kAuth) + post(kSend, kMessage, kAuth) + get("/v1/server"));
        QTRY_COMPARE(m_fixture->sendsStarted, 1);
        m_fixture->releaseSends();
        const QList<QByteArray> answers = client.takeAnswers(3);
        QCOMPARE(answers.size(), 3);
        QCOMPARE(statusOf(answers[0]), 201);
        QCOMPARE(m_fixture->sendsStarted, 2);
        QVERIFY(answers[2].contains("Fake"));
    }

    void choosesTheStatusByTheOperation()
    {
        RawClient client(m_fixture->port());
        client.send("DELETE /v1/sessions/" + kId + " HTTP/1.1\r\nHost: h\r\n" + kAuth + "\r\n");
        const QByteArray deleted = client.takeAnswer();
        QCOMPARE(statusOf(deleted), 204);
        QVERIFY(!deleted.contains("Content-Length"));
        client.send("PUT /v1/conversations/" + kId + "/read HTTP/1.1\r\nHost: h\r\n" + kAuth +
                    "Content-Type: application/json; charset=utf-8\r\nContent-Length: 15\r\n\r\n{\"messageId\":1}");
        const QByteArray limited = client.takeAnswer();
        QCOMPARE(statusOf(limited), 429);
        QVERIFY(limited.contains("Retry-After: 2\r\n"));
        QCOMPARE(bodyOf(limited)[u"retryAfterMs"_s].toInt(), 1500);
    }

    void namesTheFieldThatIsWrong()
    {
        RawClient client(m_fixture->port());
        client.send(get("/v1/users/42", kAuth));
        const QByteArray answer = client.takeAnswer();
        QCOMPARE(statusOf(answer), 400);
        QCOMPARE(bodyOf(answer)[u"field"_s].toString(), u"userId"_s);
        QVERIFY(answer.contains("Content-Type: application/problem+json\r\n"));
    }

    void saysWhatAPathTakes()
    {
        RawClient client(m_fixture->port());
        client.send("PUT /v1/users/me HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n" + get("/nowhere") +
                    get("/v1/users", kAuth));
        const QList<QByteArray> answers = client.takeAnswers(3);
        QCOMPARE(statusOf(answers.value(0)), 405);
        QVERIFY(answers.value(0).contains("Allow: PATCH\r\n"));
        QCOMPARE(statusOf(answers.value(1)), 404);
        QCOMPARE(bodyOf(answers.value(1))[u"code"_s].toString(), u"notFound"_s);
        QCOMPARE(statusOf(answers.value(2)), 400);
    }

    void takesTheAdminKeyForBackendsAlone()
    {
        const auto openFor = [](const QByteArray &authorization) -> QByteArray {
            const QByteArray body = "{\"externalId\":\"e1\",\"displayName\":\"Eve\"}";
            return "POST /v1/sessions/for HTTP/1.1\r\nHost: h\r\n" + authorization +
                   "Content-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" +
                   body;
        };
        RawClient client(m_fixture->port());
        client.send(openFor("Authorization: Bearer backend-key\r\n") + openFor({}) + openFor(kAuth) +
                    get("/v1/users/01890000-0000-7000-8000-0000000000aa", "Authorization: Bearer backend-key\r\n"));
        const QList<QByteArray> answers = client.takeAnswers(4);
        QCOMPARE(answers.size(), 4);
        QCOMPARE(statusOf(answers[0]), 201);
        QCOMPARE(bodyOf(answers[0])[u"token"_s].toString(), u"token of e1"_s);
        QCOMPARE(statusOf(answers[1]), 401);
        QCOMPARE(statusOf(answers[2]), 401); // a person's token is no admin key
        QCOMPARE(statusOf(answers[3]), 401); // and the key is no token
    }

    void answersHeadWithoutABody()
    {
        RawClient client(m_fixture->port());
        client.send("HEAD /v1/server HTTP/1.1\r\nHost: h\r\n\r\n" + get("/healthz"));
        QVERIFY(client.waitFor("ok\n"));
        QCOMPARE(client.received().count("HTTP/1.1 200"), 2);
        QVERIFY(!client.received().contains("Fake"));
    }

    void takesBodiesOfJsonAlone()
    {
        RawClient client(m_fixture->port());
        client.send("POST " + kSend + " HTTP/1.1\r\nHost: h\r\n" + kAuth +
                    "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
        QCOMPARE(statusOf(client.takeAnswer()), 415);
        client.send(post(kSend, "{\"text\":\"\\ud800\"}", kAuth));
        const QByteArray answer = client.takeAnswer();
        QCOMPARE(statusOf(answer), 400);
        QVERIFY(bodyOf(answer)[u"detail"_s].toString().contains(u"surrogate"_s));
    }

    void letsAClientWaitBeforeItsBody()
    {
        RawClient client(m_fixture->port());
        const QByteArray request = post(kSend, kMessage, kAuth + "Expect: 100-continue\r\n");
        const qsizetype headerEnd = request.indexOf("\r\n\r\n") + 4;
        client.send(request.left(headerEnd));
        QVERIFY(client.takeAnswer().startsWith("HTTP/1.1 100 Continue\r\n\r\n"));
        client.send(request.mid(headerEnd));
        QCOMPARE(statusOf(client.takeAnswer()), 201);
    }

    void refusesTooLargeABodyWithAnAnswerThatArrives()
    {
        GatewaySettings settings;
        settings.bodyBytes = 1000;
        restart(settings);
        RawClient client(m_fixture->port());
        // The whole of it is sent although the answer comes first: a reset would destroy the answer.
        client.send(post(kSend, QByteArray(300'000, ' '), kAuth));
        const QByteArray answer = client.takeAnswer();
        QCOMPARE(statusOf(answer), 413);
        QCOMPARE(bodyOf(answer)[u"code"_s].toString(), u"tooLarge"_s);
        QVERIFY(answer.contains("Connection: close\r\n"));
        QVERIFY(client.waitForEnd());
    }

    void refusesTooLargeAHeader()
    {
        RawClient client(m_fixture->port());
        client.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + QByteArray(20'000, 'x'));
        QCOMPARE(statusOf(client.takeAnswer()), 431);
        QVERIFY(client.waitForEnd());
    }

    void refusesWhatIsNoHttpAtOnce()
    {
        RawClient client(m_fixture->port());
        client.send(QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
        QCOMPARE(statusOf(client.takeAnswer()), 400);
        QVERIFY(client.waitForEnd());
    }

    void closesAfterHttp10AndOnRequest()
    {
        RawClient old(m_fixture->port());
        old.send("GET /healthz HTTP/1.0\r\n\r\n");
        QVERIFY(old.takeAnswer().contains("Connection: close\r\n"));
        QVERIFY(old.waitForEnd());
        RawClient polite(m_fixture->port());
        polite.send(get("/healthz", "Connection: close\r\n"));
        QVERIFY(polite.takeAnswer().contains("Connection: close\r\n"));
        QVERIFY(polite.waitForEnd());
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
    }

    void endsAHeaderThatDoesNotCome()
    {
        RawClient client(m_fixture->port());
        client.send("GET / HTTP/1.1\r\n");
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 1);
        // Byte by byte does not help: the deadline is the whole header's.
        for (int second = 0; second < 9; ++second) {
            client.send("X");
            QCoreApplication::processEvents();
            m_fixture->advance(1000);
        }
        QCOMPARE(m_fixture->gateway().connectionCount(), 1);
        m_fixture->advance(2000);
        QCOMPARE(statusOf(client.takeAnswer()), 408);
        QVERIFY(client.waitForEnd());
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
    }

    void endsAConnectionThatSaysNothing()
    {
        RawClient client(m_fixture->port());
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 1);
        m_fixture->advance(11'000);
        QVERIFY(client.waitForEnd());
        QVERIFY(client.received().isEmpty());
    }

    void endsABodyThatDoesNotCome()
    {
        RawClient client(m_fixture->port());
        const QByteArray request = post(kSend, kMessage, kAuth + "Expect: 100-continue\r\n");
        client.send(request.left(request.indexOf("\r\n\r\n") + 4));
        QVERIFY(client.takeAnswer().startsWith("HTTP/1.1 100 ")); // the header was read
        client.send(kMessage.chopped(1));
        m_fixture->advance(30'000);
        QCoreApplication::processEvents();
        QVERIFY(client.received().isEmpty());
        m_fixture->advance(31'000);
        QCOMPARE(statusOf(client.takeAnswer()), 408);
    }

    void endsIdleConnectionsAfterAMinute()
    {
        RawClient client(m_fixture->port());
        client.send(get("/healthz"));
        QCOMPARE(statusOf(client.takeAnswer()), 200);
        m_fixture->advance(59'000);
        client.send(get("/healthz"));
        QCOMPARE(statusOf(client.takeAnswer()), 200);
        m_fixture->advance(59'000);
        QCOMPARE(m_fixture->gateway().connectionCount(), 1);
        m_fixture->advance(2000);
        QVERIFY(client.waitForEnd());
    }

    void livesThroughClientsThatLeaveBeforeTheirAnswer()
    {
        m_fixture->holdsSends = true;
        for (int i = 0; i < 10; ++i) {
            RawClient client(m_fixture->port());
            client.send(post(kSend, kMessage, kAuth));
            QTRY_COMPARE(m_fixture->sendsStarted, i + 1);
            if (i % 2)
                client.socket().abort();
        }
        m_fixture->releaseSends();
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
        RawClient client(m_fixture->port());
        client.send(get("/healthz"));
        QCOMPARE(statusOf(client.takeAnswer()), 200);
    }

    void endsWhileAClientStillWaits()
    {
        m_fixture->holdsSends = true;
        RawClient client(m_fixture->port());
        client.send(post(kSend, kMessage, kAuth));
        QTRY_COMPARE(m_fixture->sendsStarted, 1);
        QTimer::singleShot(0, this, [fixture = m_fixture.get()] { fixture->releaseSends(); });
        m_fixture.reset(); // waits for the request
        QVERIFY(client.waitForEnd());
    }

    void drainsWithTheRequestInHand()
    {
        m_fixture->holdsSends = true;
        RawClient busy(m_fixture->port());
        RawClient idle(m_fixture->port());
        busy.send(post(kSend, kMessage, kAuth));
        idle.send(get("/healthz"));
        QCOMPARE(statusOf(idle.takeAnswer()), 200);
        QTRY_COMPARE(m_fixture->sendsStarted, 1);
        Task<Done> drained = m_fixture->gateway().drain();
        QVERIFY(idle.waitForEnd());
        m_fixture->releaseSends();
        const QByteArray answer = busy.takeAnswer();
        QCOMPARE(statusOf(answer), 201);
        QVERIFY(answer.contains("Connection: close\r\n"));
        QVERIFY(await(std::move(drained)));
        QCOMPARE(m_fixture->gateway().connectionCount(), 0);
    }

    void tellsWhetherItIsReady()
    {
        RawClient client(m_fixture->port());
        client.send(get("/readyz"));
        QCOMPARE(statusOf(client.takeAnswer()), 200);
        m_fixture->gatekeeper.readiness = Error::unavailable(u"The database is away."_s);
        client.send(get("/readyz"));
        const QByteArray answer = client.takeAnswer();
        QCOMPARE(statusOf(answer), 503);
        QVERIFY(answer.contains("database"));
        m_fixture->gatekeeper.readiness = Done{};
        m_fixture->gateway().setDraining();
        client.send(get("/readyz") + get("/healthz"));
        const QList<QByteArray> answers = client.takeAnswers(2);
        QCOMPARE(statusOf(answers.value(0)), 503);
        QCOMPARE(statusOf(answers.value(1)), 200);
    }

    void allowsTheOriginsItIsToldTo()
    {
        GatewaySettings settings;
        settings.corsOrigins = QStringList{u"https://app.example"_s};
        restart(settings);
        RawClient client(m_fixture->port());
        client.send("OPTIONS /v1/users/me HTTP/1.1\r\nHost: h\r\nOrigin: https://app.example\r\n"
                    "Access-Control-Request-Method: PATCH\r\n\r\n" +
                    get("/v1/server", "Origin: https://app.example\r\n") +
                    get("/v1/server", "Origin: https://evil.example\r\n") +
                    "OPTIONS /v1/users/me HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.example\r\n"
                    "Access-Control-Request-Method: PATCH\r\n\r\n");
        const QList<QByteArray> answers = client.takeAnswers(4);
        QCOMPARE(answers.size(), 4);
        QCOMPARE(statusOf(answers[0]), 204);
        QVERIFY(answers[0].contains("Access-Control-Allow-Origin: https://app.example\r\n"));
        QVERIFY(answers[0].contains("Access-Control-Allow-Methods: PATCH, OPTIONS\r\n"));
        QVERIFY(answers[0].contains("Access-Control-Allow-Headers: Authorization, Content-Type\r\n"));
        QVERIFY(answers[1].contains("Access-Control-Allow-Origin: https://app.example\r\n"));
        QVERIFY(answers[1].contains("Vary: Origin\r\n"));
        QVERIFY(!answers[2].contains("Access-Control"));
        QVERIFY(!answers[3].contains("Access-Control"));
    }

    /// Case N6.
    void knowsTheClientBehindAProxy()
    {
        GatewaySettings settings;
        settings.trustedProxies = TrustedProxies({QHostAddress::parseSubnet(u"127.0.0.0/8"_s)});
        restart(settings);
        RawClient client(m_fixture->port());
        client.send(get("/v1/users/" + kId, kAuth + "X-Forwarded-For: 1.2.3.4, 198.51.100.1\r\n"));
        QCOMPARE(statusOf(client.takeAnswer()), 200);
        QCOMPARE(m_fixture->lastCallerAddress, u"198.51.100.1"_s);
        restart();
        RawClient stranger(m_fixture->port());
        stranger.send(get("/v1/users/" + kId, kAuth + "X-Forwarded-For: 1.2.3.4\r\n"));
        QCOMPARE(statusOf(stranger.takeAnswer()), 200);
        QCOMPARE(m_fixture->lastCallerAddress, u"127.0.0.1"_s);
    }

    /// Case Q6.
    void stopsAcceptingAtItsLimit()
    {
        GatewaySettings settings;
        settings.maxConnections = 2;
        restart(settings);
        auto first = std::make_unique<RawClient>(m_fixture->port());
        RawClient second(m_fixture->port());
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 2);
        RawClient third(m_fixture->port()); // waits in the system's queue
        third.send(get("/healthz"));
        second.send(get("/healthz"));
        QCOMPARE(statusOf(second.takeAnswer()), 200);
        QVERIFY(third.received().isEmpty());
        first.reset();
        QCOMPARE(statusOf(third.takeAnswer()), 200);
    }
};

CONFAB_TEST_CLASS(tst_HttpSession)
#include "tst_HttpSession.moc"
