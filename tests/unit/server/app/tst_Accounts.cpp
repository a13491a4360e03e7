// SPDX-License-Identifier: MIT
#include "shared/protocol/CloseReason.h"
#include "tests/support/TestClass.h"
#include "tests/support/TestServer.h"
#include "tests/unit/server/app/WireClients.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

#include <algorithm>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {
const QString kNext = u"another long secret"_s;
const QString kAdminKey = u"0123456789abcdef0123456789abcdef"_s;
const int kRevoked = static_cast<int>(CloseReason::SessionRevoked);
} // namespace

/// Accounts over the wire, on several shards: passwords, deletion, sessions of a backend's people.
class tst_Accounts : public QObject
{
    Q_OBJECT

    using Person = RestCaller::Person;
    using Sockets = std::vector<std::unique_ptr<JsonSocket>>;

    /// A socket that said hello.
    std::unique_ptr<JsonSocket> connected(const QString &token)
    {
        auto socket = std::make_unique<JsonSocket>(m_server->socketUrl());
        const QJsonObject hello = socket->call(u"hello"_s, {{u"token"_s, token}, {u"cursors"_s, QJsonArray()}});
        return hello.contains(u"result"_s) ? std::move(socket) : nullptr;
    }
    /// Several devices of one person, enough for each shard to have some.
    bool connectDevices(const QString &handle, Sockets &sockets)
    {
        for (int i = 0; i < 6; ++i) {
            sockets.push_back(connected(m_rest->signIn(handle).token));
            if (!sockets.back())
                return false;
        }
        return true;
    }
    QString makeGroup(const Person &owner, const QStringList &memberIds)
    {
        const QJsonObject reply = m_rest->call("POST", u"/v1/conversations"_s, owner.token,
                                               {{u"clientId"_s, u"01890000-0000-7000-8000-000000000001"_s},
                                                {u"kind"_s, u"group"_s},
                                                {u"title"_s, u"Tea"_s},
                                                {u"memberIds"_s, QJsonArray::fromStringList(memberIds)}});
        return reply.value(u"id"_s).toString();
    }
    int send(const Person &who, const QString &group, int number)
    {
        int status = 0;
        m_rest->call("POST", u"/v1/conversations/%1/messages"_s.arg(group), who.token,
                     {{u"clientId"_s, u"01890000-0000-7000-8000-00000001%1"_s.arg(number, 4, 10, QChar(u'0'))},
                      {u"text"_s, u"message %1"_s.arg(number)}},
                     &status);
        return status;
    }

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<RestCaller> m_rest;

private Q_SLOTS:
    void init()
    {
        TestServer::Options options;
        options.configure = [](server::Configuration &configuration) { configuration.auth.adminKey = kAdminKey; };
        m_server = std::make_unique<TestServer>(options);
        m_rest = std::make_unique<RestCaller>(m_server->url());
    }
    void cleanup()
    {
        m_rest.reset();
        m_server.reset();
    }

    void meIsOneself()
    {
        const Person ann = m_rest->signUp(u"ann"_s);
        int status = 0;
        const QJsonObject me = m_rest->call("GET", u"/v1/users/me"_s, ann.token, {}, &status);
        QCOMPARE(status, 200);
        QCOMPARE(me[u"handle"_s].toString(), u"ann"_s);
        m_rest->call("GET", u"/v1/users/me"_s, {}, {}, &status);
        QCOMPARE(status, 401);
        const auto socket = connected(ann.token);
        QVERIFY(socket);
        QCOMPARE(socket->call(u"user.me"_s, {})[u"result"_s].toObject(), me);
    }

    /// Case N3: sockets of sessions that a new password ends close on every shard, and get nothing more.
    void newPasswordClosesTheOtherSocketsOnAllShards()
    {
        const Person ann = m_rest->signUp(u"ann"_s);
        const Person bob = m_rest->signUp(u"bob"_s);
        const QString group = makeGroup(bob, {ann.userId});
        Sockets others;
        QVERIFY(connectDevices(u"ann"_s, others));
        const auto asking = connected(ann.token);
        const auto bobs = connected(bob.token);
        QVERIFY(asking && bobs);
        const QJsonObject wrong =
            asking->call(u"account.changePassword"_s, {{u"currentPassword"_s, u"guess"_s}, {u"newPassword"_s, kNext}});
        QCOMPARE(wrong[u"error"_s][u"code"_s].toString(), u"permissionDenied"_s);
        QCOMPARE(wrong[u"error"_s][u"field"_s].toString(), u"currentPassword"_s);
        const QJsonObject done = asking->call(
            u"account.changePassword"_s, {{u"currentPassword"_s, RestCaller::password()}, {u"newPassword"_s, kNext}});
        QVERIFY(done.contains(u"result"_s));
        for (const auto &socket : others) {
            QTRY_VERIFY(socket->isClosed());
            QCOMPARE(socket->closeCode(), kRevoked);
            socket->events.clear();
        }
        QCOMPARE(send(bob, group, 1), 201);
        QTRY_VERIFY(!asking->events.isEmpty());
        QVERIFY(!asking->isClosed());
        QVERIFY(!bobs->isClosed());
        for (const auto &socket : others)
            QVERIFY(socket->events.isEmpty());
        QVERIFY(m_rest->signIn(u"ann"_s).token.isEmpty());
        QVERIFY(!m_rest->signIn(u"ann"_s, kNext).token.isEmpty());
    }

    void newPasswordOverRest()
    {
        const Person ann = m_rest->signUp(u"ann"_s);
        const Person phone = m_rest->signIn(u"ann"_s);
        int status = 0;
        m_rest->call("PUT", u"/v1/accounts/me/password"_s, ann.token,
                     {{u"currentPassword"_s, u"guess"_s}, {u"newPassword"_s, kNext}}, &status);
        QCOMPARE(status, 403);
        m_rest->call("PUT", u"/v1/accounts/me/password"_s, ann.token,
                     {{u"currentPassword"_s, RestCaller::password()}, {u"newPassword"_s, kNext}}, &status);
        QCOMPARE(status, 200);
        m_rest->call("GET", u"/v1/users/me"_s, ann.token, {}, &status);
        QCOMPARE(status, 200);
        m_rest->call("GET", u"/v1/users/me"_s, phone.token, {}, &status);
        QCOMPARE(status, 401);
    }

    /// Case N4: after the answer nothing reaches any socket of the account, whatever happens where it was a member.
    void deletionClosesEverySocketAfterItsAnswer()
    {
        const Person ann = m_rest->signUp(u"ann"_s);
        const Person bob = m_rest->signUp(u"bob"_s);
        const QString group = makeGroup(ann, {bob.userId});
        QCOMPARE(send(ann, group, 1), 201);
        Sockets sockets;
        QVERIFY(connectDevices(u"ann"_s, sockets));
        sockets.push_back(connected(ann.token));
        const auto bobs = connected(bob.token);
        QVERIFY(sockets.back() && bobs);
        const QJsonObject done = sockets.back()->call(u"account.delete"_s, {{u"password"_s, RestCaller::password()}});
        QVERIFY(done.contains(u"result"_s));
        for (const auto &socket : sockets) {
            QTRY_VERIFY(socket->isClosed());
            QCOMPARE(socket->closeCode(), kRevoked);
            socket->events.clear();
        }
        const auto told = [&bobs](const QString &event) {
            return std::any_of(bobs->events.cbegin(), bobs->events.cend(),
                               [&](const QJsonObject &frame) { return frame[u"event"_s].toString() == event; });
        };
        QTRY_VERIFY(told(u"member"_s) && told(u"user"_s) && told(u"conversation"_s));
        QCOMPARE(send(bob, group, 2), 201);
        QTRY_VERIFY(told(u"message"_s));
        for (const auto &socket : sockets)
            QVERIFY(socket->events.isEmpty());

        int status = 0;
        const QJsonObject gone = m_rest->call("GET", u"/v1/users/%1"_s.arg(ann.userId), bob.token, {}, &status);
        QCOMPARE(status, 200);
        QCOMPARE(gone[u"displayName"_s].toString(), QString());
        QVERIFY(gone[u"deactivated"_s].toBool());
        QVERIFY(m_rest->signUp(u"ann"_s).token.isEmpty());
        const QJsonObject history = m_rest->call("GET", u"/v1/conversations/%1/messages"_s.arg(group), bob.token);
        QCOMPARE(history[u"messages"_s].toArray().size(), 2);
        m_rest->call("GET", u"/v1/users/me"_s, ann.token, {}, &status);
        QCOMPARE(status, 401);
    }

    void deletionOverRest()
    {
        const Person ann = m_rest->signUp(u"ann"_s);
        int status = 0;
        m_rest->call("DELETE", u"/v1/accounts/me"_s, ann.token, {{u"password"_s, u"guess"_s}}, &status);
        QCOMPARE(status, 403);
        m_rest->call("DELETE", u"/v1/accounts/me"_s, ann.token, {{u"password"_s, RestCaller::password()}}, &status);
        QCOMPARE(status, 204);
        m_rest->call("GET", u"/v1/users/me"_s, ann.token, {}, &status);
        QCOMPARE(status, 401);
    }

    void backendsSignTheirPeopleIn()
    {
        const QJsonObject eve{{u"externalId"_s, u"crm/4711"_s}, {u"displayName"_s, u"Eve"_s}, {u"handle"_s, u"eve"_s}};
        int status = 0;
        m_rest->call("POST", u"/v1/sessions/for"_s, {}, eve, &status);
        QCOMPARE(status, 401);
        m_rest->call("POST", u"/v1/sessions/for"_s, m_rest->signUp(u"ann"_s).token, eve, &status);
        QCOMPARE(status, 401);
        const Person first = RestCaller::personOf(m_rest->call("POST", u"/v1/sessions/for"_s, kAdminKey, eve, &status));
        QCOMPARE(status, 201);
        const Person second = RestCaller::personOf(m_rest->call("POST", u"/v1/sessions/for"_s, kAdminKey, eve));
        QCOMPARE(second.userId, first.userId);
        const auto one = connected(first.token);
        const auto two = connected(second.token);
        QVERIFY(one && two);
        QCOMPARE(two->call(u"session.openFor"_s, eve)[u"error"_s][u"code"_s].toString(), u"permissionDenied"_s);
    }

    /// Case N3: a session that ends by time closes its socket within the bound.
    void expiredSessionClosesItsSocket()
    {
        const QJsonObject eve{{u"externalId"_s, u"e1"_s}, {u"displayName"_s, u"Eve"_s}, {u"lifetimeSeconds"_s, 4}};
        const Person person = RestCaller::personOf(m_rest->call("POST", u"/v1/sessions/for"_s, kAdminKey, eve));
        const auto socket = connected(person.token);
        QVERIFY(socket);
        QTRY_VERIFY_WITH_TIMEOUT(socket->isClosed(), 30'000);
        QCOMPARE(socket->closeCode(), static_cast<int>(CloseReason::SessionExpired));
        int status = 0;
        m_rest->call("GET", u"/v1/users/me"_s, person.token, {}, &status);
        QCOMPARE(status, 401);
    }
};

CONFAB_TEST_CLASS(tst_Accounts)
#include "tst_Accounts.moc"
