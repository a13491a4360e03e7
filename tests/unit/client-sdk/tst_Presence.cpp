// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

namespace {

using State = Presence::State;

Presence person(UserId id, State state, const QString &status = {}, qint64 statusExpiresAt = 0)
{
    Presence presence;
    presence.userId = id;
    presence.state = state;
    presence.statusText = status;
    presence.statusExpiresAt = statusExpiresAt;
    return presence;
}

PresenceList listOf(const QList<Presence> &people)
{
    PresenceList list;
    list.people = people;
    return list;
}

PresenceChanges changesOf(const QList<Presence> &people)
{
    PresenceChanges changes;
    changes.people = people;
    return changes;
}

} // namespace

/// Whom the server is asked to tell of, and what is shown of them.
class tst_Presence : public QObject
{
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;
    QHash<UserId, Presence> m_shown;

    FakeServer &server() { return m_fixture->server; }
    PeoplePresence &people() { return m_fixture->engine->peoplePresence(); }
    State shown(UserId id) const { return m_shown.value(id).state; }

    void start()
    {
        m_fixture->startWithRoom({message(3)}, 3);
        connect(&people(), &PeoplePresence::changed, this, [this](const QList<Presence> &changed) {
            for (const Presence &presence : changed)
                m_shown.insert(presence.userId, presence);
        });
    }

    /// Whom the next request names.
    QSet<UserId> asked()
    {
        const QList<UserId> ids = server().expect<WatchPresence>().userIds;
        return {ids.begin(), ids.end()};
    }

    /// Waits for a timer that is due later than the code's own: all of those have fired then.
    void letTimersFire(int ms)
    {
        QTimer later;
        later.setSingleShot(true);
        later.start(ms);
        QTRY_VERIFY(!later.isActive());
    }

    bool asksNothing()
    {
        letTimersFire(10 * m_fixture->parts.presenceTimings.gatherMs);
        return !server().hasRequest(WatchPresence::kInfo.name);
    }

    void watchAndAnswer(UserId id, State state)
    {
        people().watch(id);
        QVERIFY(asked().contains(id));
        server().reply(listOf({person(id, state)}));
        QCOMPARE(shown(id), state);
    }

    void reconnect()
    {
        EngineFixture &f = *m_fixture;
        const int attempts = f.server.attempts;
        f.server.drop();
        QTRY_COMPARE(f.server.attempts, attempts + 1);
        f.connectWith(hello({}, 1));
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
    }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_fixture->parts.presenceTimings.gatherMs = 5;
        m_fixture->parts.presenceTimings.tryAgainMs = 5;
        m_shown.clear();
    }
    void cleanup() { m_fixture.reset(); }

    void namesAllTogetherAndEachOnce()
    {
        start();
        for (int i = 2; i < 30; ++i) {
            people().watch(userId(i));
            people().watch(userId(i));
        }
        QCOMPARE(asked().size(), 28);
        server().reply(listOf({person(kOther, State::Online)}));
        QCOMPARE(shown(kOther), State::Online);
        QCOMPARE(m_shown.size(), 1);
        people().unwatch(kOther); // still wanted by the other
        QVERIFY(asksNothing());
        QCOMPARE(shown(kOther), State::Online);
    }

    void endsWithTheLastWhoAsks()
    {
        start();
        watchAndAnswer(kOther, State::Away);
        people().unwatch(kOther);
        QCOMPARE(asked(), QSet<UserId>());
        QCOMPARE(shown(kOther), State::Unknown);
        server().inject(changesOf({person(kOther, State::Online)})); // was on its way
        QCOMPARE(shown(kOther), State::Unknown);
        server().reply(PresenceList());
    }

    void leavingAndComingBackAtOnceAsksNothing()
    {
        start();
        watchAndAnswer(kOther, State::Online);
        people().unwatch(kOther);
        server().inject(changesOf({person(kOther, State::Away)}));
        people().watch(kOther);
        QVERIFY(asksNothing());
        QCOMPARE(shown(kOther), State::Away);
    }

    void noMoreThanTheServerTells()
    {
        start();
        people().setLimit(3);
        for (int i = 10; i < 15; ++i)
            people().watch(userId(i));
        QCOMPARE(asked(), (QSet<UserId>{userId(12), userId(13), userId(14)}));
        server().reply(listOf({person(userId(12), State::Online), person(userId(14), State::Online)}));
        people().watch(userId(10)); // wanted anew
        QCOMPARE(asked(), (QSet<UserId>{userId(10), userId(13), userId(14)}));
        QCOMPARE(shown(userId(12)), State::Unknown); // of whom no event comes any more
        QCOMPARE(shown(userId(14)), State::Online);
        server().reply(listOf({person(userId(14), State::Online)}));
        people().unwatch(userId(14));
        QCOMPARE(asked(), (QSet<UserId>{userId(10), userId(13), userId(12)}));
    }

    void eventsChangeWhatIsKnown()
    {
        start();
        watchAndAnswer(kOther, State::Online);
        server().inject(changesOf({person(kOther, State::Away), person(userId(7), State::Online)}));
        QCOMPARE(shown(kOther), State::Away);
        QVERIFY(!m_shown.contains(userId(7))); // nobody asked
        Presence gone = person(kOther, State::Offline);
        gone.lastSeenAt = 1'700'000'000'000;
        server().inject(changesOf({gone}));
        QCOMPARE(m_shown.value(kOther), gone);
    }

    void aLostConnectionLeavesNothingKnown()
    {
        EngineFixture &f = *m_fixture;
        start();
        watchAndAnswer(kOther, State::Online);
        f.server.drop();
        QCOMPARE(shown(kOther), State::Unknown);
        people().watch(userId(5)); // while offline
        QTRY_COMPARE(f.server.attempts, 2);
        f.connectWith(hello({}, 1));
        QCOMPARE(asked(), (QSet<UserId>{kOther, userId(5)}));
        QCOMPARE(shown(kOther), State::Unknown);
        server().reply(listOf({person(kOther, State::Away)}));
        QCOMPARE(shown(kOther), State::Away);
    }

    void anAnswerOfALostConnectionCountsNothing()
    {
        start();
        people().watch(kOther);
        QCOMPARE(asked(), QSet<UserId>{kOther});
        reconnect();
        QCOMPARE(asked(), QSet<UserId>{kOther}); // though the first was never answered
        server().reply(listOf({person(kOther, State::Online)}));
        QCOMPARE(shown(kOther), State::Online);
        QVERIFY(asksNothing());
    }

    void aNewSocketIsToldNothingWhereNobodyAsks()
    {
        start();
        watchAndAnswer(kOther, State::Online);
        m_fixture->server.drop();
        people().unwatch(kOther);
        QTRY_COMPARE(server().attempts, 2);
        m_fixture->connectWith(hello({}, 1));
        QVERIFY(asksNothing());
    }

    void saysItAgainWhereTheServerLeftOutEvents()
    {
        EngineFixture &f = *m_fixture;
        start();
        watchAndAnswer(kOther, State::Online);
        f.server.inject(SyncHint{true, 0, {}});
        f.server.expect<Hello>();
        f.server.reply(hello({}, 1));
        QCOMPARE(asked(), QSet<UserId>{kOther});
        server().reply(listOf({person(kOther, State::Offline)}));
        QCOMPARE(shown(kOther), State::Offline);
    }

    void oneRequestAtATime()
    {
        start();
        people().watch(kOther);
        QCOMPARE(asked(), QSet<UserId>{kOther});
        const qint64 first = server().lastId;
        people().watch(userId(5));
        QVERIFY(asksNothing());
        server().reply(first, listOf({person(kOther, State::Online)}));
        QCOMPARE(shown(kOther), State::Online);
        QCOMPARE(asked(), (QSet<UserId>{kOther, userId(5)}));
    }

    void anEventThatOvertookTheAnswerCountsAndIsAskedFor()
    {
        start();
        people().watch(kOther);
        people().watch(userId(5));
        QCOMPARE(asked().size(), 2);
        server().inject(changesOf({person(kOther, State::Online)}));
        server().reply(listOf({person(kOther, State::Offline), person(userId(5), State::Away)})); // made before it
        QCOMPARE(shown(kOther), State::Online);
        QCOMPARE(shown(userId(5)), State::Away);
        QCOMPARE(asked().size(), 2);
        server().reply(listOf({person(kOther, State::Away), person(userId(5), State::Away)}));
        QCOMPARE(shown(kOther), State::Away);
        QVERIFY(asksNothing());
    }

    void whoIsLeftOutIsAskedForOnceAConversationIsShared()
    {
        EngineFixture &f = *m_fixture;
        start();
        people().watch(userId(5));
        QCOMPARE(asked(), QSet<UserId>{userId(5)});
        server().reply(PresenceList());
        QVERIFY(asksNothing());
        Member joined;
        joined.conversationId = kRoom;
        joined.userId = userId(5);
        joined.revision = 4;
        f.server.inject(joined);
        QCOMPARE(asked(), QSet<UserId>{userId(5)});
        server().reply(listOf({person(userId(5), State::Online)}));
        QCOMPARE(shown(userId(5)), State::Online);
        people().watch(userId(6));
        QCOMPARE(asked().size(), 2);
        server().reply(listOf({person(userId(5), State::Online)}));
        people().watch(userId(6)); // another page asks
        QCOMPARE(asked().size(), 2);
    }

    void aFailureIsAskedAgainAndARefusalIsNot()
    {
        start();
        people().watch(kOther);
        asked();
        server().refuse(Error::unavailable(u"not now"_s));
        asked();
        server().refuse(Error::rateLimited(u"too much"_s, 20));
        asked();
        server().refuse(Error::notFound(u"no such operation"_s));
        QVERIFY(asksNothing());
        people().watch(userId(5));
        QCOMPARE(asked().size(), 2);
    }

    void aStatusEndsByTheOwnClock()
    {
        EngineFixture &f = *m_fixture;
        f.parts.presenceTimings.lookMs = 5; // where the clock is set meanwhile
        start();
        const qint64 now = f.clock->utcMs();
        people().watch(kOther);
        people().watch(userId(5));
        people().watch(userId(6));
        asked();
        server().reply(listOf({person(kOther, State::Online, u"in a meeting"_s, now + 60'000),
                               person(userId(5), State::Offline, u"over"_s, now),
                               person(userId(6), State::Online, u"on holiday"_s)}));
        QCOMPARE(m_shown.value(kOther).statusText, u"in a meeting"_s);
        QCOMPARE(m_shown.value(userId(5)), person(userId(5), State::Offline));
        f.clock->jumpUtc(60'000);
        QTRY_COMPARE(m_shown.value(kOther), person(kOther, State::Online));
        QCOMPARE(m_shown.value(userId(6)).statusText, u"on holiday"_s);
    }
};

CONFAB_TEST_CLASS(tst_Presence)
#include "tst_Presence.moc"
