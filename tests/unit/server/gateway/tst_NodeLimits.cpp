// SPDX-License-Identifier: MIT
#include "GatewayFixture.h"
#include "RawClient.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonArray>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

const QString kId = u"01890000-0000-7000-8000-0000000000aa"_s;

QByteArray upgradeRequest(const QByteArray &fields)
{
    return "GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           fields + "\r\n";
}

} // namespace

/// How fast people's requests come and how many connections an address has.
class tst_NodeLimits : public QObject
{
    Q_OBJECT

private:
    static NodeLimits::Options of(int requests, int messages, int connections = 0)
    {
        NodeLimits::Options options;
        options.requestsPerMinute = requests;
        options.messagesPerMinute = messages;
        options.connectionsPerAddress = connections;
        return options;
    }

private Q_SLOTS:
    void limitsMessagesOfAPerson()
    {
        ManualClock clock;
        NodeLimits limits(clock, of(0, 3));
        const UserId ann(QUuid::createUuid());
        const UserId bob(QUuid::createUuid());
        QVERIFY(limits.admit(ann, SendMessage::kInfo));
        QVERIFY(limits.admit(ann, EditMessage::kInfo));
        QVERIFY(limits.admit(ann, DeleteMessage::kInfo));
        const Result<Done> refused = limits.admit(ann, SendMessage::kInfo);
        QCOMPARE(refused.error().code, ErrorCode::RateLimited);
        QCOMPARE(refused.error().retryAfterMs, 20'000); // three a minute
        QVERIFY(refused.error().message.contains(u"3 messages"_s));
        QVERIFY(limits.admit(bob, SendMessage::kInfo));
        QVERIFY(limits.admit(ann, GetHistory::kInfo)); // reading is none
        clock.advance(19'999);
        QVERIFY(!limits.admit(ann, SendMessage::kInfo));
        clock.advance(1);
        QVERIFY(limits.admit(ann, SendMessage::kInfo));
        QVERIFY(!limits.admit(ann, SendMessage::kInfo));
        QCOMPARE(limits.refused().messages.load(), 3U);
        QCOMPARE(limits.refused().requests.load(), 0U);
    }

    void limitsRequestsOfAPerson()
    {
        ManualClock clock;
        NodeLimits limits(clock, of(2, 100));
        const UserId ann(QUuid::createUuid());
        QVERIFY(limits.admit(ann, GetHistory::kInfo));
        QVERIFY(limits.admit(ann, SendMessage::kInfo));
        const Result<Done> refused = limits.admit(ann, SendMessage::kInfo);
        QVERIFY(refused.error().message.contains(u"2 requests"_s));
        QCOMPARE(refused.error().retryAfterMs, 30'000);
        clock.advance(600'000); // never more at once than the number
        QVERIFY(limits.admit(ann, GetHistory::kInfo));
        QVERIFY(limits.admit(ann, GetHistory::kInfo));
        QVERIFY(!limits.admit(ann, GetHistory::kInfo));
    }

    void limitsHowOftenSomebodyTypes()
    {
        ManualClock clock;
        NodeLimits::Options options = of(0, 1);
        options.typingPerMinute = 2;
        NodeLimits limits(clock, options);
        const UserId ann(QUuid::createUuid());
        QVERIFY(limits.admit(ann, SetTyping::kInfo));
        QVERIFY(limits.admit(ann, SetTyping::kInfo));
        const Result<Done> refused = limits.admit(ann, SetTyping::kInfo);
        QCOMPARE(refused.error().code, ErrorCode::RateLimited);
        QCOMPARE(refused.error().retryAfterMs, 30'000);
        QVERIFY(limits.admit(ann, SendMessage::kInfo)); // which it costs nothing of
        QCOMPARE(limits.refused().typing.load(), 1U);
        clock.advance(30'000);
        QVERIFY(limits.admit(ann, SetTyping::kInfo));
    }

    void forgetsWhoIsIdleWhenThereAreMany()
    {
        ManualClock clock;
        NodeLimits::Options options = of(1, 0);
        options.maxPeople = 10;
        NodeLimits limits(clock, options);
        const UserId ann(QUuid::createUuid());
        for (int i = 0; i < 9; ++i)
            QVERIFY(limits.admit(UserId(QUuid::createUuid()), GetHistory::kInfo));
        clock.advance(60'000);
        QVERIFY(limits.admit(ann, GetHistory::kInfo));
        QVERIFY(limits.admit(UserId(QUuid::createUuid()), GetHistory::kInfo)); // makes room
        QVERIFY(!limits.admit(ann, GetHistory::kInfo));                        // who is not idle is remembered
        QCOMPARE(limits.refused().requests.load(), 1U);
        QCOMPARE(limits.refused().messages.load(), 0U);
    }

    void countsConnectionsByAddress()
    {
        ManualClock clock;
        NodeLimits limits(clock, of(0, 0, 2));
        const QHostAddress one(u"2001:db8:0:1::1"_s);
        const QHostAddress sameNetwork(u"2001:db8:0:1::2"_s);
        const QHostAddress other(u"2001:db8:0:2::1"_s);
        auto first = limits.takePlace(one);
        auto second = limits.takePlace(sameNetwork);
        auto third = limits.takePlace(one);
        QVERIFY(first && second && third);
        QVERIFY(!first->isOver() && !second->isOver());
        QVERIFY(third->isOver());
        QVERIFY(!limits.takePlace(other)->isOver());
        std::vector<NodeLimits::Place> refused;
        std::optional<NodeLimits::Place> more = limits.takePlace(one);
        while (more && refused.size() < 1000) {
            refused.push_back(*std::move(more));
            more = limits.takePlace(one);
        }
        QCOMPARE(refused.size(), 31U); // then not even an answer
        QCOMPARE(limits.refused().connections.load(), 33U);
        refused.clear();
        third.reset();
        first.reset();
        QVERIFY(!limits.takePlace(one)->isOver());
        QVERIFY(limits.takePlace(QHostAddress(u"::ffff:192.0.2.1"_s)));
    }

    void answersWhoHasTooManyConnections()
    {
        GatewayFixture fixture({}, nullptr, of(0, 0, 2));
        RawClient one(fixture.port());
        QVERIFY(one.upgrade());
        {
            RawClient two(fixture.port());
            QVERIFY(two.upgrade());
            RawClient three(fixture.port());
            three.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
            const QByteArray refusal = three.takeAnswer();
            QVERIFY2(refusal.startsWith("HTTP/1.1 429 "), refusal.constData());
            QVERIFY(refusal.contains("Retry-After: 5"));
            QVERIFY(refusal.contains("At most 2 connections"));
            QVERIFY(three.waitForEnd());
        }
        QTRY_COMPARE(fixture.gateway().connectionCount(), 1);
        RawClient next(fixture.port()); // places come back
        QVERIFY(next.upgrade());
    }

    /// N6: behind a proxy each person counts, not the proxy; and what a stranger writes there counts for nothing.
    void countsThePeopleBehindAProxy()
    {
        GatewaySettings settings;
        settings.trustedProxies = TrustedProxies({QHostAddress::parseSubnet(u"127.0.0.1/32"_s)});
        GatewayFixture fixture(settings, nullptr, of(0, 0, 1));
        RawClient attacker(fixture.port());
        attacker.send(upgradeRequest("X-Forwarded-For: 192.0.2.66\r\n"));
        QVERIFY(attacker.takeAnswer().startsWith("HTTP/1.1 101 "));
        RawClient again(fixture.port());
        again.send(upgradeRequest("X-Forwarded-For: 10.9.8.7, 192.0.2.66\r\n")); // the first hop is forged
        QVERIFY(again.takeAnswer().startsWith("HTTP/1.1 429 "));
        RawClient somebody(fixture.port());
        somebody.send(upgradeRequest("X-Forwarded-For: 192.0.2.1\r\n"));
        QVERIFY(somebody.takeAnswer().startsWith("HTTP/1.1 101 "));
    }

    void refusesRequestsThatComeTooFastOnBothDoors()
    {
        GatewayFixture fixture({}, nullptr, of(0, 2));
        fixture.gatekeeper.add(u"ann"_s);
        RawClient socket(fixture.port());
        QVERIFY(socket.upgrade());
        socket.sendJson(
            {{u"id"_s, 1},
             {u"op"_s, u"hello"_s},
             {u"params"_s,
              QJsonObject{{u"token"_s, u"token-ann"_s}, {u"cursors"_s, QJsonArray()}, {u"features"_s, QJsonArray()}}}});
        QVERIFY(socket.takeMessage().json().contains(u"result"_s));
        const QJsonObject params{{u"conversationId"_s, kId}, {u"clientId"_s, kId}, {u"text"_s, u"hi"_s}};
        for (int id = 2; id < 5; ++id)
            socket.sendJson({{u"id"_s, id}, {u"op"_s, u"message.send"_s}, {u"params"_s, params}});
        QVERIFY(socket.takeMessage().json().contains(u"result"_s));
        QVERIFY(socket.takeMessage().json().contains(u"result"_s));
        const QJsonObject error = socket.takeMessage().json()[u"error"_s].toObject();
        QCOMPARE(error[u"code"_s].toString(), u"rateLimited"_s);
        QCOMPARE(error[u"retryAfterMs"_s].toInt(), 30'000);

        RawClient rest(fixture.port());
        const QByteArray body = "{\"clientId\":\"01890000-0000-7000-8000-0000000000aa\",\"text\":\"hi\"}";
        rest.send("POST /v1/conversations/01890000-0000-7000-8000-0000000000aa/messages HTTP/1.1\r\nHost: x\r\n"
                  "Authorization: Bearer token-ann\r\nContent-Type: application/json\r\nContent-Length: " +
                  QByteArray::number(body.size()) + "\r\n\r\n" + body);
        const QByteArray refusal = rest.takeAnswer();
        QVERIFY2(refusal.startsWith("HTTP/1.1 429 "), refusal.constData());
        QVERIFY(refusal.contains("Retry-After: 30"));
    }
};

CONFAB_TEST_CLASS(tst_NodeLimits)
#include "tst_NodeLimits.moc"
