// SPDX-License-Identifier: MIT
#include "GatewayFixture.h"
#include "RawClient.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonArray>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// What the bus lost comes right by comparing with the store, seen from a socket.
class tst_Healer : public QObject
{
    Q_OBJECT

private:
    void start(const GatewaySettings &settings)
    {
        m_fixture = std::make_unique<GatewayFixture>(settings);
        m_ann = m_fixture->gatekeeper.add(u"ann"_s);
        m_fixture->gatekeeper.memberships[m_ann.userId] = {{m_tea, 0, 4}};
        m_fixture->gatekeeper.stands[m_tea] = 4;
        m_fixture->gatekeeper.accountRevisions[m_ann.userId] = 0;
        m_client = std::make_unique<RawClient>(m_fixture->port());
        QVERIFY(m_client->upgrade());
        m_client->sendJson(
            {{u"id"_s, 1},
             {u"op"_s, u"hello"_s},
             {u"params"_s,
              QJsonObject{{u"token"_s, u"token-ann"_s}, {u"cursors"_s, QJsonArray()}, {u"features"_s, QJsonArray()}}}});
        QVERIFY(m_client->takeMessage().json().contains(u"result"_s));
    }

    static GatewaySettings quick()
    {
        GatewaySettings settings;
        settings.compareMs = 10;
        settings.settleMs = 10;
        settings.sessionCheckMs = 10;
        return settings;
    }

    std::unique_ptr<GatewayFixture> m_fixture;
    std::unique_ptr<RawClient> m_client;
    Caller m_ann;
    const ConversationId m_tea{QUuid::createUuid()};
    const ConversationId m_coffee{QUuid::createUuid()};

private Q_SLOTS:
    void cleanup()
    {
        m_client.reset();
        m_fixture.reset();
    }

    void tellsOfALastMessageThatDidNotCome()
    {
        start(quick());
        m_fixture->gatekeeper.stands[m_tea] = 5;
        const QJsonObject hint = m_client->takeMessage().json();
        QCOMPARE(hint[u"event"_s].toString(), u"sync"_s);
        const QJsonObject stand = hint[u"data"_s][u"conversations"_s].toArray().first().toObject();
        QCOMPARE(stand[u"conversationId"_s].toString(), m_tea.toString());
        QCOMPARE(stand[u"revision"_s].toInt(), 5);
        // Told once: what comes next is another thing.
        m_fixture->gatekeeper.accountRevisions[m_ann.userId] = 2;
        QCOMPARE(m_client->takeMessage().json()[u"data"_s][u"accountRevision"_s].toInt(), 2);
        QCOMPARE(m_fixture->metric("confab_healed_total{what=\"conversation\"}"), 1);
        QCOMPARE(m_fixture->metric("confab_healed_total{what=\"account\"}"), 1);
        QCOMPARE(m_fixture->metric("confab_healed_total{what=\"session\"}"), 0);
    }

    void saysNothingOfWhatComesByItself()
    {
        GatewaySettings settings = quick();
        settings.settleMs = 60'000; // as long as this test wants
        start(settings);
        m_fixture->gatekeeper.stands[m_tea] = 5;
        QTRY_VERIFY(m_fixture->gateway().healer().isSettling());
        Envelope change{Envelope::Kind::Conversation, m_tea, {}, {}, {}, 5, encodeEvent(Receipts{}), 5};
        m_fixture->bus().publish(conversationTopic(m_tea), encodeEnvelope(change));
        QCOMPARE(m_client->takeMessage().json()[u"event"_s].toString(), u"receipts"_s);
        m_fixture->gateway().healer().settleNow();
        QCOMPARE(m_fixture->metric("confab_healed_total{what=\"conversation\"}"), 0);
        m_fixture->gatekeeper.accountRevisions[m_ann.userId] = 1; // found by the next round
        QTRY_VERIFY(m_fixture->gateway().healer().isSettling());
        m_fixture->gateway().healer().settleNow();
        QCOMPARE(m_client->takeMessage().json()[u"data"_s][u"accountRevision"_s].toInt(), 1);
    }

    void subscribesWhereTheNewsOfItDidNotCome()
    {
        start(quick());
        m_fixture->gatekeeper.memberships[m_ann.userId] = {{m_tea, 0, 4}, {m_coffee, 0, 1}};
        m_fixture->gatekeeper.stands[m_coffee] = 1;
        m_fixture->gatekeeper.accountRevisions[m_ann.userId] = 1;
        QCOMPARE(m_client->takeMessage().json()[u"data"_s][u"accountRevision"_s].toInt(), 1);
        m_fixture->publishMessage(m_coffee, 2, u"hi"_s);
        QCOMPARE(m_client->takeMessage().json()[u"data"_s][u"id"_s].toInt(), 2);

        m_fixture->gatekeeper.memberships[m_ann.userId] = {{m_tea, 0, 4}};
        m_fixture->gatekeeper.accountRevisions[m_ann.userId] = 2;
        QCOMPARE(m_client->takeMessage().json()[u"data"_s][u"accountRevision"_s].toInt(), 2);
        QCOMPARE(m_fixture->gateway().hub().conversationCount(), 1);
    }

    /// N3: the word that a session ended was lost.
    void closesSocketsOfSessionsThatAreOver()
    {
        start(quick());
        m_fixture->gatekeeper.over.insert(m_ann.sessionId);
        QCOMPARE(m_client->takeMessage().closeCode(), static_cast<int>(CloseReason::SessionRevoked));
        QVERIFY(m_fixture->gatekeeper.ended.contains(m_ann.sessionId)); // its requests end too
        QVERIFY(m_fixture->metric("confab_healed_total{what=\"session\"}") >= 1);
        QCOMPARE(m_fixture->metric("confab_websockets_closed_total{reason=\"session revoked\"}"), 1);
    }

    void comparesAtOnceWhenTheBusIsBack()
    {
        GatewaySettings settings = quick();
        settings.compareMs = 3'600'000;
        start(settings);
        m_fixture->gatekeeper.stands[m_tea] = 6;
        m_fixture->gateway().healer().compareNow();
        QCOMPARE(m_client->takeMessage().json()[u"event"_s].toString(), u"sync"_s);
    }

    void stopsInTheMiddleOfAComparison()
    {
        GatewaySettings settings = quick();
        settings.settleMs = 3'600'000;
        start(settings);
        m_fixture->gatekeeper.stands[m_tea] = 6;
        QTRY_VERIFY(m_fixture->gateway().healer().isSettling());
        m_fixture.reset(); // does not wait for it
        QVERIFY(m_client->waitForEnd());
    }
};

CONFAB_TEST_CLASS(tst_Healer)
#include "tst_Healer.moc"
