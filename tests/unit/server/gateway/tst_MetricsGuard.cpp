// SPDX-License-Identifier: MIT
#include "GatewayFixture.h"
#include "RawClient.h"
#include "server/gateway/http/MetricsGuard.h"
#include "server/runtime/metrics/Metrics.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {
const QString kToken = u"a token of metrics, longer than thirty-two"_s;
}

/// Who may read /metrics: whoever has the token or, without one, this machine alone.
class tst_MetricsGuard : public QObject
{
    Q_OBJECT

private:
    /// The status of the refusal; 200 where there is none.
    static int status(const MetricsGuard &guard, const QByteArray &peer, const QList<HttpField> &fields)
    {
        HttpRequest request;
        request.method = "GET";
        request.path = "/metrics";
        request.fields = fields;
        const auto refusal = guard.refusal(request, QHostAddress(QString::fromLatin1(peer)));
        return refusal ? refusal->status : 200;
    }

private Q_SLOTS:
    void withoutATokenShowsThemToThisMachineAlone_data()
    {
        QTest::addColumn<QByteArray>("peer");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("expected");
        const auto row = [](const char *name, const char *peer, const char *field, const char *value, int expected) {
            QTest::newRow(name) << QByteArray(peer) << QByteArray(field) << QByteArray(value) << expected;
        };
        row("by localhost", "127.0.0.1", "Host", "localhost:8484", 200);
        row("by address", "127.0.0.1", "Host", "127.0.0.1:8484", 200);
        row("by another loopback address", "127.0.0.1", "Host", "127.0.1.1", 200);
        row("IPv6", "::1", "Host", "[::1]:8484", 200);
        row("IPv4 in IPv6", "::ffff:127.0.0.1", "Host", "LocalHost", 200);
        row("without Host, as HTTP/1.0", "127.0.0.1", "Accept", "*/*", 200);
        row("another machine", "192.0.2.1", "Host", "localhost", 404);
        row("another machine, IPv6", "2001:db8::1", "Host", "[::1]", 404);
        row("a page whose name leads here", "127.0.0.1", "Host", "evil.example:8484", 404);
        row("a name that begins so", "127.0.0.1", "Host", "localhost.evil.example", 404);
        row("nonsense", "127.0.0.1", "Host", "[", 404);
        row("X-Forwarded-For", "127.0.0.1", "X-Forwarded-For", "127.0.0.1", 404);
        row("in any case", "127.0.0.1", "x-forwarded-for", "", 404);
        row("Forwarded", "127.0.0.1", "Forwarded", "for=192.0.2.1", 404);
        row("X-Real-IP", "127.0.0.1", "X-Real-IP", "192.0.2.1", 404);
        row("X-Forwarded-Proto alone", "127.0.0.1", "X-Forwarded-Proto", "https", 404);
        row("Via", "127.0.0.1", "Via", "1.1 proxy", 404);
        row("a token where there is none", "192.0.2.1", "Authorization", "Bearer ", 404);
    }

    void withoutATokenShowsThemToThisMachineAlone()
    {
        QFETCH(QByteArray, peer);
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, value);
        QTEST(status(MetricsGuard({}), peer, {HttpField(field, value)}), "expected");
    }

    void withATokenShowsThemToWhomHasIt_data()
    {
        QTest::addColumn<QByteArray>("authorization");
        QTest::addColumn<int>("expected");
        const QByteArray token = kToken.toLatin1();
        QTest::newRow("right") << "Bearer " + token << 200;
        QTest::newRow("scheme in any case") << "bearer " + token << 200;
        QTest::newRow("none") << QByteArray() << 401;
        QTest::newRow("empty") << QByteArray("Bearer ") << 401;
        QTest::newRow("wrong") << QByteArray("Bearer ") + token.toUpper() << 401;
        QTest::newRow("a part") << "Bearer " + token.chopped(1) << 401;
        QTest::newRow("more") << "Bearer " + token + "x" << 401;
        QTest::newRow("other scheme") << "Basic " + token << 401;
    }

    void withATokenShowsThemToWhomHasIt()
    {
        QFETCH(QByteArray, authorization);
        const MetricsGuard guard(kToken);
        // Wherever it comes from: being on this machine is not enough any more.
        for (const char *peer : {"127.0.0.1", "192.0.2.1"})
            QTEST(status(guard, peer, {HttpField("Authorization", authorization)}), "expected");
    }

    void refusalsAreProblemDetails()
    {
        const auto unauthenticated = MetricsGuard(kToken).refusal({}, QHostAddress(QHostAddress::LocalHost));
        QVERIFY(unauthenticated);
        QCOMPARE(unauthenticated->contentType, QByteArray("application/problem+json"));
        QVERIFY(unauthenticated->fields.contains(HttpField("WWW-Authenticate", "Bearer")));
        QVERIFY(unauthenticated->body.contains("metrics.token"));
        QVERIFY(!unauthenticated->body.contains(kToken.toLatin1()));
    }

    void strangersCannotTellThemFromNothing()
    {
        GatewayFixture fixture; // has no metrics at all
        RawClient client(fixture.port());
        client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const QByteArray answer = client.takeAnswer();
        const auto refused = MetricsGuard({}).refusal({}, QHostAddress(u"192.0.2.1"_s));
        QVERIFY(refused);
        QVERIFY2(answer.startsWith("HTTP/1.1 404 "), answer);
        QCOMPARE(refused->status, 404);
        QVERIFY2(answer.endsWith("\r\n\r\n" + refused->body), answer);
        QVERIFY2(answer.contains("Content-Type: " + refused->contentType + "\r\n"), answer);
    }

    /// The connection's other end decides, whatever a trusted proxy says of somebody behind it; and no page of a
    /// browser gets in by CORS.
    void isAskedByTheGateway()
    {
        Metrics metrics;
        metrics.add([](MetricsPage &page) { page.gauge({"shown", "Whether it is shown."}, 1); });
        GatewaySettings settings;
        settings.trustedProxies = TrustedProxies({QHostAddress::parseSubnet(u"127.0.0.0/8"_s)});
        settings.corsOrigins = QStringList{u"*"_s};
        GatewayFixture fixture(settings, nullptr, {}, &metrics);
        RawClient client(fixture.port());
        const auto ask = [&client](const QByteArray &method, const QByteArray &fields) {
            client.send(method + " /metrics HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
            return client.takeAnswer();
        };
        const QByteArray shown = ask("GET", "Origin: https://page.example\r\n");
        QVERIFY2(shown.startsWith("HTTP/1.1 200 "), shown);
        QVERIFY2(shown.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), shown);
        QVERIFY2(shown.endsWith("\nshown 1\n"), shown);
        QVERIFY2(!shown.contains("Access-Control-"), shown);
        QVERIFY(ask("GET", "X-Forwarded-For: 127.0.0.1\r\n").startsWith("HTTP/1.1 404 "));
        QVERIFY(ask("DELETE", {}).startsWith("HTTP/1.1 405 "));
        QVERIFY(ask("OPTIONS", "Access-Control-Request-Method: GET\r\n").startsWith("HTTP/1.1 405 "));
    }
};

CONFAB_TEST_CLASS(tst_MetricsGuard)
#include "tst_MetricsGuard.moc"
