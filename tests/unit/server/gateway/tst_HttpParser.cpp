// SPDX-License-Identifier: MIT
#include "server/gateway/http/HttpParser.h"
#include "tests/support/TestClass.h"

using namespace confab::server;
using namespace Qt::StringLiterals;

class tst_HttpParser : public QObject
{
    Q_OBJECT

private:
    static constexpr qint64 kHeaderBytes = 512;
    static constexpr qint64 kBodyBytes = 100;

    /// Gives the bytes in pieces and collects the requests; stops at a fault.
    static QList<HttpRequest> readAll(HttpParser &parser, const QByteArray &bytes, qsizetype step)
    {
        QList<HttpRequest> requests;
        for (qsizetype at = 0; at < bytes.size(); at += step) {
            parser.append(QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at)));
            HttpParser::Step next = parser.step();
            while (next == HttpParser::Step::Request || next == HttpParser::Step::Continue) {
                if (next == HttpParser::Step::Request)
                    requests.append(parser.takeRequest());
                next = parser.step();
            }
            if (next == HttpParser::Step::Fault)
                break;
        }
        return requests;
    }

private Q_SLOTS:
    void readsRequestsHoweverTheyAreCut_data()
    {
        QTest::addColumn<int>("step");
        for (const int step : {1, 2, 3, 5, 17, 64, 100'000})
            QTest::addRow("%d bytes", step) << step;
    }

    void readsRequestsHoweverTheyAreCut()
    {
        QFETCH(int, step);
        const QByteArray bytes = "\r\nGET /v1/users?query=a%20b HTTP/1.1\r\nHost: h\r\nX-Thing:  two words \r\n\r\n"
                                 "POST /v1/accounts HTTP/1.1\r\nhost: h\r\nContent-Length: 5\r\n\r\nhello"
                                 "POST /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n"
                                 "GET http://example.org/absolute?q HTTP/1.1\r\nHost: h\r\n\r\n"
                                 "GET / HTTP/1.0\r\n\r\n";
        HttpParser parser(kHeaderBytes, kBodyBytes);
        const QList<HttpRequest> requests = readAll(parser, bytes, step);
        QCOMPARE(requests.size(), 5);
        QCOMPARE(requests[0].method, "GET");
        QCOMPARE(requests[0].path, "/v1/users");
        QCOMPARE(requests[0].query, "query=a%20b");
        QCOMPARE(requests[0].field("x-thing"), "two words");
        QVERIFY(requests[0].keepAlive);
        QCOMPARE(requests[1].body, "hello");
        QCOMPARE(requests[2].body, "abcdefg");
        QCOMPARE(requests[3].path, "/absolute");
        QCOMPARE(requests[3].query, "q");
        QVERIFY(!requests[4].keepAlive);
        QVERIFY(!requests[4].isHttp11);
        QVERIFY(!parser.hasBegun());
    }

    void refusesWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        const QByteArray post = "POST / HTTP/1.1\r\nHost: h\r\n";
        QTest::newRow("no HTTP") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") << 400;
        QTest::newRow("HTTP/2.0") << QByteArray("GET / HTTP/2.0\r\nHost: h\r\n\r\n") << 505;
        QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << 400;
        QTest::newRow("two hosts") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") << 400;
        QTest::newRow("no path") << QByteArray("GET ?a HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
        QTest::newRow("relative path") << QByteArray("GET v1/users HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
        QTest::newRow("address within a query") << QByteArray("GET ?a=http://h/b HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
        QTest::newRow("authority form") << QByteArray("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n") << 400;
        QTest::newRow("space before colon") << QByteArray("GET / HTTP/1.1\r\nHost : a\r\n\r\n") << 400;
        QTest::newRow("two lengths") << post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab" << 400;
        QTest::newRow("same length twice") << post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na" << 400;
        QTest::newRow("length and chunks") << post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                                           << 400;
        QTest::newRow("negative length") << post + "Content-Length: -1\r\n\r\n" << 400;
        QTest::newRow("length too large") << post + "Content-Length: 101\r\n\r\n" << 413;
        QTest::newRow("chunks too large")
            << post + "Transfer-Encoding: chunked\r\n\r\n60\r\n" + QByteArray(96, 'a') + "\r\n5\r\nabcde\r\n0\r\n\r\n"
            << 413;
        QTest::newRow("bad chunk size") << post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" << 400;
        QTest::newRow("endless chunk line")
            << post + "Transfer-Encoding: chunked\r\n\r\n1;" + QByteArray(2000, 'e') << 400;
        QTest::newRow("header too long") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nX: ") + QByteArray(600, 'x')
                                         << 431;
        QTest::newRow("many fields") << "GET / HTTP/1.1\r\nHost: h\r\n" + QByteArray("A: b\r\n").repeated(200) << 431;
        QTest::newRow("endless target") << "GET /" + QByteArray(2000, 'x') << 431;
        QTest::newRow("strange expectation") << post + "Content-Length: 1\r\nExpect: miracles\r\n\r\n" << 417;
        QTest::newRow("strange expectation with its body")
            << post + "Content-Length: 1\r\nExpect: miracles\r\n\r\na" << 417;
    }

    void refusesWhatIsWrong()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        for (const qsizetype step : {qsizetype(1), bytes.size()}) {
            HttpParser parser(kHeaderBytes, kBodyBytes);
            QVERIFY(readAll(parser, bytes, step).isEmpty());
            QCOMPARE(parser.step(), HttpParser::Step::Fault);
            QCOMPARE(parser.fault().status, status);
            parser.append("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            QCOMPARE(parser.step(), HttpParser::Step::Fault);
        }
    }

    void acceptsAHeaderUpToItsLimitHoweverItIsCut()
    {
        const QByteArray start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
        for (const int surplus : {0, 1, 64}) {
            const QByteArray bytes = start + QByteArray(kHeaderBytes - start.size() - 4 + surplus, 'x') + "\r\n\r\n";
            for (const qsizetype step : {qsizetype(1), qsizetype(7), bytes.size()}) {
                HttpParser parser(kHeaderBytes, kBodyBytes);
                QCOMPARE(readAll(parser, bytes, step).size(), surplus ? 0 : 1);
            }
        }
    }

    void splitsTheTarget_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("query");
        QTest::newRow("path") << "/a/b"_ba
                              << "/a/b"_ba
                              << ""_ba;
        QTest::newRow("query") << "/a?b?c=http://d/e"_ba
                               << "/a"_ba
                               << "b?c=http://d/e"_ba;
        QTest::newRow("asterisk") << "*"_ba
                                  << "*"_ba
                                  << ""_ba;
        QTest::newRow("address") << "HTTPS://h:1/a?b"_ba
                                 << "/a"_ba
                                 << "b"_ba;
        QTest::newRow("address without a path") << "http://h"_ba
                                                << "/"_ba
                                                << ""_ba;
        QTest::newRow("address with only a query") << "http://h?a=/b"_ba
                                                   << "/"_ba
                                                   << "a=/b"_ba;
    }

    void splitsTheTarget()
    {
        QFETCH(QByteArray, target);
        HttpParser parser(kHeaderBytes, kBodyBytes);
        const QList<HttpRequest> requests = readAll(parser, "OPTIONS " + target + " HTTP/1.1\r\nHost: h\r\n\r\n", 7);
        QCOMPARE(requests.size(), 1);
        QTEST(requests[0].path, "path");
        QTEST(requests[0].query, "query");
    }

    /// What stands behind a chunked body cannot pass for a part of the header (RFC 9110, section 6.5.1).
    void trailersAreNoFieldsHoweverTheyAreCut()
    {
        const QByteArray bytes = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
                                 "Host: other\r\nX-Forwarded-For: 192.0.2.1\r\nCookie: c\r\n"
                                 "Authorization: Bearer x\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n";
        for (qsizetype step = 1; step <= bytes.size(); ++step) {
            HttpParser parser(kHeaderBytes, kBodyBytes);
            const QList<HttpRequest> requests = readAll(parser, bytes, step);
            QCOMPARE(requests.size(), 2);
            QCOMPARE(requests[0].body, "ab");
            QCOMPARE(requests[0].fields,
                     (QList<HttpField>{HttpField("Host", "h"), HttpField("Transfer-Encoding", "chunked")}));
            QCOMPARE(requests[1].path, "/next");
        }
    }

    void readsAnEmptyChunkedBodyHoweverItIsCut()
    {
        const QByteArray bytes = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        for (const qsizetype step : {qsizetype(1), bytes.size() - 2, bytes.size() - 1, bytes.size()}) {
            HttpParser parser(kHeaderBytes, kBodyBytes);
            const QList<HttpRequest> requests = readAll(parser, bytes, step);
            QCOMPARE(requests.size(), 1);
            QVERIFY(requests[0].body.isEmpty());
        }
    }

    void saysWhenTheSenderWaits()
    {
        HttpParser parser(kHeaderBytes, kBodyBytes);
        parser.append("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(parser.step(), HttpParser::Step::Continue);
        QCOMPARE(parser.step(), HttpParser::Step::NeedMore);
        parser.append("ok");
        QCOMPARE(parser.step(), HttpParser::Step::Request);
        QCOMPARE(parser.takeRequest().body, "ok");
    }

    void keepsWhatFollowsARequest()
    {
        HttpParser parser(kHeaderBytes, kBodyBytes);
        parser.append("GET / HTTP/1.1\r\nHost: h\r\n\r\nrest");
        QCOMPARE(parser.step(), HttpParser::Step::Request);
        parser.takeRequest();
        QCOMPARE(parser.takeRest(), "rest");
    }
};

CONFAB_TEST_CLASS(tst_HttpParser)
#include "tst_HttpParser.moc"
