// SPDX-License-Identifier: MIT
#include "shared/protocol/CloseReason.h"
#include "tests/support/TestClass.h"
#include "tests/support/TestServer.h"
#include "tests/unit/server/app/WireClients.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// The server as a whole, in process: what only the real services together can show.
class tst_ServerApp : public QObject
{
    Q_OBJECT

private:
    using Person = RestCaller::Person;

    QJsonObject rest(const QByteArray &method, const QString &path, const QString &token, const QJsonObject &body,
                     int *status = nullptr)
    {
        return m_rest->call(method, path, token, body, status);
    }
    Person signUp(const QString &handle) { return m_rest->signUp(handle); }

    QString makeGroup(const Person &owner, const QStringList &memberIds)
    {
        const QJsonObject reply = rest("POST", u"/v1/conversations"_s, owner.token,
                                       {{u"clientId"_s, u"01890000-0000-7000-8000-000000000001"_s},
                                        {u"kind"_s, u"group"_s},
                                        {u"title"_s, u"Tea"_s},
                                        {u"memberIds"_s, QJsonArray::fromStringList(memberIds)}});
        return reply.value(u"id"_s).toString();
    }

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<RestCaller> m_rest;

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<TestServer>();
        m_rest = std::make_unique<RestCaller>(m_server->url());
    }
    void cleanup()
    {
        m_rest.reset();
        m_server.reset();
    }

    void talksOverSocketAndRestInOneConversation()
    {
        const Person alice = signUp(u"alice"_s);
        const Person bob = signUp(u"bob"_s);
        QVERIFY(!alice.token.isEmpty());
        JsonSocket socket(m_server->socketUrl());
        const QJsonObject hello = socket.call(u"hello"_s, {{u"token"_s, bob.token}, {u"cursors"_s, QJsonArray()}});
        QCOMPARE(hello[u"result"_s][u"user"_s][u"handle"_s].toString(), u"bob"_s);
        QCOMPARE(hello[u"result"_s][u"heartbeatMs"_s].toInt(), 20'000);
        QCOMPARE(hello[u"result"_s][u"server"_s][u"registration"_s].toString(), u"open"_s);

        const QString group = makeGroup(alice, {bob.userId});
        QVERIFY(!group.isEmpty());
        int status = 0;
        const QJsonObject sent =
            rest("POST", u"/v1/conversations/%1/messages"_s.arg(group), alice.token,
                 {{u"clientId"_s, u"01890000-0000-7000-8000-000000000002"_s}, {u"text"_s, u"€😀ä"_s}}, &status);
        QCOMPARE(status, 201);
        QTRY_COMPARE(socket.messages().size(), 1);
        QCOMPARE(socket.messages().first(), sent);
        const QJsonObject history =
            socket.call(u"message.history"_s, {{u"conversationId"_s, group}})[u"result"_s].toObject();
        QCOMPARE(history[u"messages"_s][0].toObject(), sent);
    }

    /// Case N3.
    void closesTheSocketsOfARevokedSessionOnAllShards()
    {
        const Person alice = signUp(u"alice"_s);
        const Person other = signUp(u"other"_s);
        // Sign in a second time, so that one session can end the other.
        const QJsonObject second = rest("POST", u"/v1/sessions"_s, {},
                                        {{u"handle"_s, u"alice"_s}, {u"password"_s, u"correct horse battery"_s}});
        const QString secondToken = second[u"token"_s].toString();
        // Enough others that both shards have some of them.
        std::vector<std::unique_ptr<JsonSocket>> bystanders;
        for (int i = 0; i < 4; ++i) {
            bystanders.push_back(std::make_unique<JsonSocket>(m_server->socketUrl()));
            bystanders.back()->call(u"server.info"_s, {});
        }
        JsonSocket socket(m_server->socketUrl());
        QVERIFY(
            socket.call(u"hello"_s, {{u"token"_s, alice.token}, {u"cursors"_s, QJsonArray()}}).contains(u"result"_s));
        int status = 0;
        rest("DELETE", u"/v1/sessions/%1"_s.arg(alice.sessionId), secondToken, {}, &status);
        QCOMPARE(status, 204);
        QTRY_VERIFY(socket.isClosed());
        QCOMPARE(socket.closeCode(), static_cast<int>(CloseReason::SessionRevoked));
        rest("GET", u"/v1/sessions"_s, alice.token, {}, &status);
        QCOMPARE(status, 401);
        for (const auto &bystander : bystanders)
            QVERIFY(!bystander->isClosed());
    }

    /// Case A14.
    /// Two sockets of one session say hello at once, mostly on different shards: one of them stays and gets
    /// what is sent next, the other is told that a newer one took its place.
    void crossingReconnectsOfOneSessionLeaveOneGoodSocket()
    {
        const Person alice = signUp(u"alice"_s);
        const Person bob = signUp(u"bob"_s);
        const QString group = makeGroup(alice, {bob.userId});
        const QJsonObject greeting{{u"token"_s, bob.token}, {u"cursors"_s, QJsonArray()}};
        for (int round = 0; round < 100; ++round) {
            JsonSocket first(m_server->socketUrl());
            JsonSocket second(m_server->socketUrl());
            QVERIFY(QTest::qWaitFor([&] { return first.isOpen() && second.isOpen(); }));
            first.send(u"hello"_s, greeting);
            second.send(u"hello"_s, greeting);
            QVERIFY(QTest::qWaitFor([&] { return first.isClosed() != second.isClosed(); }));
            JsonSocket &left = first.isClosed() ? second : first;
            const JsonSocket &closed = first.isClosed() ? first : second;
            QCOMPARE(closed.closeCode(), static_cast<int>(CloseReason::Superseded));
            QVERIFY(QTest::qWaitFor([&] { return !left.answers.isEmpty(); }));
            QVERIFY2(left.answers.first().contains(u"result"_s), qPrintable(u"round %1"_s.arg(round)));

            const QString clientId = u"01890000-0000-7000-8000-1%1"_s.arg(round, 11, 10, QLatin1Char('0'));
            const QJsonObject sent = rest("POST", u"/v1/conversations/%1/messages"_s.arg(group), alice.token,
                                          {{u"clientId"_s, clientId}, {u"text"_s, u"still there?"_s}});
            QVERIFY(QTest::qWaitFor([&] { return !left.messages().isEmpty(); }));
            QCOMPARE(left.messages(), QList<QJsonObject>{sent});
            QVERIFY(!left.isClosed());
        }
    }

    void keepsWhatWasAcknowledgedOverARestart()
    {
        const Person alice = signUp(u"alice"_s);
        const QString group = makeGroup(alice, {});
        rest("POST", u"/v1/conversations/%1/messages"_s.arg(group), alice.token,
             {{u"clientId"_s, u"01890000-0000-7000-8000-000000000003"_s}, {u"text"_s, u"kept"_s}});
        const quint16 port = m_server->port();
        m_server->stop();
        m_server->start();
        QCOMPARE(m_server->port(), port);
        const QJsonObject history = rest("GET", u"/v1/conversations/%1/messages?limit=5"_s.arg(group), alice.token, {});
        QCOMPARE(history[u"messages"_s][0][u"content"_s][u"text"_s].toString(), u"kept"_s);
    }

    void tellsSocketsToComeBackWhenItStops()
    {
        const Person alice = signUp(u"alice"_s);
        JsonSocket socket(m_server->socketUrl());
        socket.call(u"hello"_s, {{u"token"_s, alice.token}, {u"cursors"_s, QJsonArray()}});
        m_server->stop();
        QTRY_VERIFY(socket.isClosed());
        QCOMPARE(socket.closeCode(), static_cast<int>(CloseReason::Draining));
    }

    void noticesATakenPort()
    {
        server::Configuration configuration;
        configuration.listen.address = QHostAddress(QHostAddress::LocalHost);
        configuration.listen.port = m_server->port();
        const QTemporaryDir directory;
        configuration.dataDir = directory.path();
        configuration.auth = {8, 1, 4, 0, 0, {}};
        server::ServerApp second(configuration);
        const Result<quint16> port = second.start();
        QVERIFY(!port);
        QCOMPARE(port.error().code, ErrorCode::Conflict);
        QCOMPARE(second.failure(), server::ExitCode::PortTaken);
        QVERIFY(port.error().message.contains(QString::number(m_server->port())));
    }
};

CONFAB_TEST_CLASS(tst_ServerApp)
#include "tst_ServerApp.moc"
