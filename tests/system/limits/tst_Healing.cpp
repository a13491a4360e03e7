// SPDX-License-Identifier: MIT
#include "server/gateway/GatewaySettings.h"
#include "shared/protocol/Operations.h"
#include "tests/support/TestClass.h"
#include "tests/support/TestServer.h"
#include "tests/support/system/FaultyBus.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;
using client::Client;

namespace {

QStringList lines(Person &person, ConversationId conversation)
{
    QStringList lines;
    for (const Message &message : person.timeline(conversation))
        lines.append(u"%1 %2"_s.arg(message.id).arg(message.content.text));
    return lines;
}

/// Whether the person's device has the conversation in its list.
bool holds(Person &person, ConversationId conversation)
{
    return await(person.client().markUnread(conversation)).has_value();
}

} // namespace

/// The bus may lose, double and reorder: clients end equal to the server without another event.
class tst_Healing : public QObject
{
    Q_OBJECT

    BusFaults m_faults;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<Person> m_ada;
    std::unique_ptr<Person> m_joan;
    User m_joanUser;

private Q_SLOTS:
    void init()
    {
        TestServer::Options options;
        options.shards = 2;
        options.gateway = [](server::GatewaySettings &settings) {
            settings.compareMs = 200;
            settings.settleMs = 50;
            settings.sessionCheckMs = 100;
        };
        options.bus = [this](std::unique_ptr<server::Bus> bus) {
            return std::make_unique<FaultyBus>(std::move(bus), m_faults);
        };
        m_faults.drops = m_faults.doubles = m_faults.reorders = false;
        m_server = std::make_unique<TestServer>(options);
        m_ada = std::make_unique<Person>(m_server->url());
        m_joan = std::make_unique<Person>(m_server->url());
        QVERIFY(m_ada->registerAs(u"ada"_s));
        const Result<User> joan = m_joan->registerAs(u"joan"_s);
        QVERIFY(joan);
        m_joanUser = *joan;
    }
    void cleanup()
    {
        m_ada.reset();
        m_joan.reset();
        m_server.reset();
    }

    void lastMessageThatWasLostArrives()
    {
        const Result<Conversation> direct = await(m_ada->client().createDirect(m_joanUser.id));
        QVERIFY(direct);
        QVERIFY(await(m_ada->client().sendMessage(direct->id, u"first"_s)));
        QVERIFY(waitUntil([&] { return m_joan->timeline(direct->id).size() == 1; }));
        m_faults.drops = true; // from now on nothing comes by the bus
        QVERIFY(await(m_ada->client().sendMessage(direct->id, u"lost"_s)));
        QVERIFY(waitUntil([&] { return m_joan->timeline(direct->id).size() == 2; }));
        QCOMPARE(lines(*m_joan, direct->id), lines(*m_ada, direct->id));
    }

    void youWereAddedThatWasLostArrivesAndWhatFollowsToo()
    {
        m_faults.drops = true;
        const Result<Conversation> group = await(m_ada->client().createGroup(u"Tea"_s, {m_joanUser.id}));
        QVERIFY(group);
        QVERIFY(waitUntil([&] { return holds(*m_joan, group->id); }));
        m_faults.drops = false;
        QVERIFY(await(m_ada->client().sendMessage(group->id, u"welcome"_s)));
        QVERIFY(waitUntil([&] { return m_joan->timeline(group->id).size() == 1; }));
        m_faults.drops = true; // and the way out
        QVERIFY(await(m_ada->client().removeMember(group->id, m_joanUser.id)));
        QVERIFY(waitUntil([&] { return !holds(*m_joan, group->id); }));
    }

    void revocationThatWasLostEndsTheSession()
    {
        RestClient rest(m_server->url());
        const Result<SignedIn> phone = signIn(rest, u"joan"_s);
        QVERIFY(phone);
        rest.setToken(phone->token);
        const Result<SessionList> sessions = rest.call<SessionList>("GET", u"/v1/sessions"_s);
        QVERIFY(sessions);
        m_faults.drops = true;
        for (const Session &session : sessions->sessions) {
            if (session.id != phone->session.id)
                QCOMPARE(rest.request("DELETE", u"/v1/sessions/%1"_s.arg(session.id.toString())).status, 204);
        }
        QVERIFY(waitUntil([&] { return m_joan->client().state() == Client::State::SessionOver; }));
        QCOMPARE(m_ada->client().state(), Client::State::Online);
    }

    /// N3: a revoked session's requests end on all shards, not only where it has a socket.
    void revokedSessionIsRefusedByRestAtOnceEverywhere()
    {
        RestClient phone(m_server->url());
        const Result<SignedIn> signedIn = signIn(phone, u"joan"_s);
        QVERIFY(signedIn);
        // Remembered on both shards: each new connection may land on either.
        for (int i = 0; i < 16; ++i) {
            RestClient connection(m_server->url());
            connection.setToken(signedIn->token);
            QCOMPARE(connection.request("GET", u"/v1/sessions"_s).status, 200);
        }
        phone.setToken(signedIn->token);
        QCOMPARE(phone.request("DELETE", u"/v1/sessions/%1"_s.arg(signedIn->session.id.toString())).status, 204);
        for (int i = 0; i < 16; ++i) {
            RestClient connection(m_server->url());
            connection.setToken(signedIn->token);
            QCOMPARE(connection.request("GET", u"/v1/sessions"_s).status, 401);
        }
    }

    void doubledAndReorderedMessagesEndInOrderOnce()
    {
        const Result<Conversation> direct = await(m_ada->client().createDirect(m_joanUser.id));
        QVERIFY(direct);
        QVERIFY(waitUntil([&] { return holds(*m_joan, direct->id); }));
        m_faults.doubles = m_faults.reorders = true;
        for (int i = 0; i < 60; ++i)
            QVERIFY(await((i % 2 ? m_ada : m_joan)->client().sendMessage(direct->id, u"message %1"_s.arg(i))));
        const auto everywhere = [&] {
            return m_ada->timeline(direct->id).size() == 60 && m_joan->timeline(direct->id).size() == 60 &&
                   m_ada->unsettled(direct->id) == 0 && m_joan->unsettled(direct->id) == 0;
        };
        QVERIFY(waitUntil(everywhere)); // the last one may be held back by the bus for good
        QCOMPARE(lines(*m_ada, direct->id), lines(*m_joan, direct->id));
    }
};

CONFAB_TEST_CLASS(tst_Healing)
#include "tst_Healing.moc"
