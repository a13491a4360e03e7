// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/connection/WebSocketTransport.h"
#include "tests/support/TestClass.h"

#include <QtCore/QThread>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>
#include <QtWebSockets/QWebSocketServer>

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;

/// The real socket against peers that misbehave from the first byte on.
class tst_WebSocketTransport : public QObject
{
    Q_OBJECT

    /// Answers every request with these bytes and nothing more, or with nothing at all where they are empty.
    class Intermediary : public QTcpServer
    {
    public:
        explicit Intermediary(const QByteArray &answer)
        {
            connect(this, &QTcpServer::newConnection, this, [this, answer] {
                QTcpSocket *socket = nextPendingConnection();
                ++requests;
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                connect(socket, &QTcpSocket::readyRead, socket, [socket, answer] {
                    socket->readAll();
                    if (answer.isEmpty())
                        return;
                    socket->write(answer);
                    socket->disconnectFromHost();
                });
            });
            listen(QHostAddress::LocalHost);
        }
        QUrl url() const { return QUrl(u"ws://127.0.0.1:%1/v1/socket"_s.arg(serverPort())); }

        int requests = 0;
    };

    QThread m_network;
    const SystemClock m_clock{};

    std::unique_ptr<Connection> connection()
    {
        ConnectionTimings timings;
        timings.backoffBaseMs = 2;
        timings.backoffMaxMs = 4;
        return std::make_unique<Connection>([this] { return std::make_unique<WebSocketTransport>(&m_network); },
                                            m_clock, timings, [] { return 0.5; });
    }

private Q_SLOTS:
    void initTestCase() { m_network.start(); }
    void cleanupTestCase()
    {
        m_network.quit();
        QVERIFY(m_network.wait());
    }

    /// Case A15: fifty attempts given up in the middle of the handshake, and the next one connects.
    void attemptsAbortedInTheHandshakeLeaveNothingBehind()
    {
        Intermediary silent({});
        for (int i = 1; i <= 50; ++i) {
            WebSocketTransport transport(&m_network);
            transport.open(silent.url());
            QTRY_COMPARE(silent.requests, i);
        }
        QWebSocketServer server(u"test"_s, QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({u"confab.v1.cbor"_s});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        WebSocketTransport transport(&m_network);
        QSignalSpy opened(&transport, &Transport::opened);
        transport.open(server.serverUrl());
        QTRY_COMPARE(opened.size(), 1);
    }

    /// Case A16: nobody listens; the end is told once, also when it is closed on top.
    void refusedConnectionsEndOnce()
    {
        QTcpServer gone;
        QVERIFY(gone.listen(QHostAddress::LocalHost));
        const QUrl url(u"ws://127.0.0.1:%1/"_s.arg(gone.serverPort()));
        gone.close();
        for (int i = 0; i < 20; ++i) {
            WebSocketTransport transport(&m_network);
            QSignalSpy closed(&transport, &Transport::closed);
            connect(&transport, &Transport::closed, &transport, [&transport] { transport.close(); });
            transport.open(url);
            transport.close();
            QTRY_COMPARE(closed.size(), 1);
            transport.close();
            // Whatever the network thread still has to say comes before its answer to this.
            QMetaObject::invokeMethod(
                QAbstractEventDispatcher::instance(&m_network), [] {}, Qt::BlockingQueuedConnection);
            QCoreApplication::processEvents();
            QCOMPARE(closed.size(), 1);
        }
    }

    void intermediariesAreTriedAgain_data()
    {
        QTest::addColumn<QByteArray>("answer");
        const QByteArray page = "<html><body>no</body></html>";
        const auto answer = [](const QByteArray &status, const QByteArray &body) {
            return "HTTP/1.1 " + status +
                   "\r\nContent-Type: text/html\r\nContent-Length: " + QByteArray::number(body.size()) +
                   "\r\nConnection: close\r\n\r\n" + body;
        };
        QTest::newRow("503 without a body") << answer("503 Service Unavailable", {});
        QTest::newRow("503 with a page") << answer("503 Service Unavailable", page);
        QTest::newRow("200 of a portal") << answer("200 OK", page);
        QTest::newRow("400") << answer("400 Bad Request", page);
        QTest::newRow("401") << answer("401 Unauthorized", page);
        QTest::newRow("403") << answer("403 Forbidden", page);
        QTest::newRow("410") << answer("410 Gone", page);
        QTest::newRow("502") << answer("502 Bad Gateway", page);
        QTest::newRow("a redirection") << QByteArray("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n");
        QTest::newRow("no HTTP at all") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n");
        QTest::newRow("an upgrade of another key")
            << QByteArray("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
    }
    /// Cases A17, A18: what is not the server's own word ends no session and no loop; it is tried again.
    void intermediariesAreTriedAgain()
    {
        QFETCH(QByteArray, answer);
        Intermediary intermediary(answer);
        const std::unique_ptr<Connection> client = connection();
        QSignalSpy over(client.get(), &Connection::sessionOver);
        QSignalSpy lost(client.get(), &Connection::lost);
        client->start(intermediary.url());
        QTRY_VERIFY(intermediary.requests >= 3);
        QTRY_VERIFY(lost.size() >= 2);
        QCOMPARE(over.size(), 0);
    }
};

CONFAB_TEST_CLASS(tst_WebSocketTransport)
#include "tst_WebSocketTransport.moc"
