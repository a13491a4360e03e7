// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/support/TestServer.h"
#include "tests/support/faults/FaultProxy.h"
#include "tests/support/system/Person.h"
#include <Confab/PersonPresence.h>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;
using client::Client;
using client::PersonPresence;

/// Two people with the SDK on a real server: how one is present, as the other sees it.
class tst_WhoIsThere : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<FaultProxy> m_joansLine;
    std::unique_ptr<Person> m_ada;
    std::unique_ptr<Person> m_joan;
    std::unique_ptr<PersonPresence> m_seen; ///< Joan, as Ada sees her.

    Client &ada() { return m_ada->client(); }
    Client &joan() { return m_joan->client(); }
    bool seenAs(const QString &state)
    {
        return waitUntil([&] { return m_seen->stateName() == state; });
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<TestServer>();
        m_joansLine = std::make_unique<FaultProxy>(m_server->port());
        m_ada = std::make_unique<Person>(m_server->url());
        m_joan = std::make_unique<Person>(m_joansLine->url());
        QVERIFY(m_ada->registerAs(u"ada"_s));
        const Result<User> user = m_joan->registerAs(u"joan"_s);
        QVERIFY(user);
        m_seen = std::make_unique<PersonPresence>();
        m_seen->setClient(&ada());
        m_seen->setUserId(user->id);
        QVERIFY(await(ada().createDirect(user->id)));
    }
    void cleanup()
    {
        m_seen.reset();
        m_joan.reset();
        m_ada.reset();
        m_joansLine.reset();
        m_server.reset();
    }

    /// Asked for before the two shared a conversation, and told once they do.
    void comesAndGoes()
    {
        QVERIFY(seenAs(u"online"_s));
        joan().setAway(true);
        QVERIFY(seenAs(u"away"_s));
        joan().setAway(false);
        QVERIFY(seenAs(u"online"_s));
        const QDateTime before = QDateTime::currentDateTime().addSecs(-60);
        QVERIFY(await(joan().signOut()));
        QVERIFY(seenAs(u"offline"_s));
        QVERIFY(m_seen->lastSeenAt() > before);
        QVERIFY(m_seen->lastSeenAt() < QDateTime::currentDateTime().addSecs(60));
    }

    void whoHidesItIsOfflineSinceNoTime()
    {
        QVERIFY(seenAs(u"online"_s));
        const Result<OwnPresence> own = await(joan().setLastSeenHidden(true));
        QVERIFY(own && own->lastSeenHidden);
        QVERIFY(joan().ownPresence().lastSeenHidden);
        QVERIFY(await(joan().signOut()));
        QVERIFY(seenAs(u"offline"_s));
        QVERIFY(!m_seen->lastSeenAt().isValid());
    }

    void aStatusComesAndEndsByItself()
    {
        const qint64 end = QDateTime::currentMSecsSinceEpoch() + 3000;
        const Result<OwnPresence> own = await(joan().setStatus(u" in a meeting "_s, end));
        QVERIFY(own);
        QCOMPARE(own->statusText, u"in a meeting"_s);
        QCOMPARE(own->statusExpiresAt, end);
        QCOMPARE(joan().ownPresence(), *own);
        QVERIFY(waitUntil([&] { return m_seen->statusText() == "in a meeting"_L1; }));
        QCOMPARE(m_seen->statusExpiresAt().toMSecsSinceEpoch(), end);
        QVERIFY(waitUntil([&] { return m_seen->statusText().isEmpty(); }));
        QVERIFY(QDateTime::currentMSecsSinceEpoch() >= end);
        QVERIFY(m_seen->isOnline());
        QVERIFY(waitUntil([&] { return joan().ownPresence().statusText.isEmpty(); }));
    }

    void theOwnStatusIsOnAllDevicesAndAfterARestart()
    {
        Person phone(m_server->url());
        QVERIFY(phone.signIn(u"joan"_s, Person::password()));
        QVERIFY(await(joan().setStatus(u"at the lake"_s)));
        QVERIFY(waitUntil([&] { return phone.client().ownPresence().statusText == "at the lake"_L1; }));
        QVERIFY(await(phone.client().setStatus({})));
        QVERIFY(waitUntil([&] { return joan().ownPresence().statusText.isEmpty(); }));
        QVERIFY(await(phone.client().setStatus(u"back soon"_s)));
        m_joan->restart();
        QVERIFY(m_joan->waitOnline());
        QVERIFY(waitUntil([&] { return joan().ownPresence().statusText == "back soon"_L1; }));
    }

    void whatIsWrongIsSaidWithTheField()
    {
        const Result<OwnPresence> tooLong = await(joan().setStatus(QString(101, u'x')));
        QCOMPARE(tooLong.error().code, ErrorCode::TooLarge);
        QCOMPARE(tooLong.error().field, u"text"_s);
        const Result<OwnPresence> over = await(joan().setStatus(u"late"_s, 1));
        QCOMPARE(over.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(over.error().field, u"expiresAt"_s);
    }

    /// Case E4.
    void isSaidAgainAfterTheLineBroke()
    {
        QVERIFY(seenAs(u"online"_s));
        joan().setAway(true);
        m_joansLine->refuse(); // before or after the server heard of it
        QVERIFY(waitUntil([&] { return joan().state() == Client::State::Offline; }));
        m_joansLine->heal();
        QVERIFY(m_joan->waitOnline());
        QVERIFY(seenAs(u"away"_s));

        m_joansLine->refuse();
        joan().setAway(false);
        QVERIFY(waitUntil([&] { return joan().state() == Client::State::Offline; }));
        m_joansLine->heal();
        QVERIFY(m_joan->waitOnline());
        QVERIFY(seenAs(u"online"_s));
    }

    void nothingIsKnownWithoutAConnection()
    {
        PersonPresence adaSeen; // by Joan, whose line breaks
        adaSeen.setClient(&joan());
        adaSeen.setUserId(ada().me().id);
        QVERIFY(waitUntil([&] { return adaSeen.isOnline(); }));
        m_joansLine->refuse();
        QVERIFY(waitUntil([&] { return joan().state() == Client::State::Offline; }));
        QVERIFY(!adaSeen.isKnown());
        m_joansLine->heal();
        QVERIFY(waitUntil([&] { return adaSeen.isOnline(); }));
    }
};

CONFAB_TEST_CLASS(tst_WhoIsThere)
#include "tst_WhoIsThere.moc"
