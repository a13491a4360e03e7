// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceService.h"
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;
using State = Presence::State;

namespace {

constexpr BoardTimings kBoard{.gatherMs = 2, .beatMs = 50, .leaseMs = 3'600'000, .listMs = 10};
constexpr DeskTimings kDesk{.tickMs = 10, .graceMs = 10'000, .roundMs = 200};

/// A socket as its session's device.
struct Socket
{
    Caller caller;
    qint64 number = 1;
};

/// What reached the socket of a session, in order.
struct Told
{
    SessionId sessionId;
    QList<Presence> people;
};

/// Presence at one shard.
struct PresenceShard
{
    PresenceShard(MessagesFixture &f, const DeskTimings &timings = kDesk)
        : rows(f.store.database()), board(f.bus.makeEndpoint(), f.store.clock(), kBoard),
          desk(rows, board, f.store.clock(), timings),
          service(rows, desk, board, *f.endpoint, f.store.clock(), f.limits)
    {
        desk.setSink([this](const UserId &, const SessionId &sessionId, const QByteArray &bytes) {
            const Result<ServerFrame> frame = decodeServerFrame(bytes);
            told.append({sessionId, decodeCbor<PresenceChanges>(frame->body, Strictness::Reply)->people});
        });
    }

    void open(const Socket &socket, bool away = false) { desk.socketOpened(socket.caller, socket.number, away); }
    void close(const Socket &socket) { desk.socketClosed(socket.caller, socket.number); }
    /// How the socket sees them from now on, in the order asked.
    QList<Presence> watch(const Socket &socket, const QList<UserId> &people)
    {
        const Result<PresenceList> now = await(service.watch(socket.caller, {people}));
        return now ? sorted(now->people, people) : QList<Presence>();
    }
    static QList<Presence> sorted(QList<Presence> all, const QList<UserId> &order)
    {
        std::sort(all.begin(), all.end(), [&](const Presence &a, const Presence &b) {
            return order.indexOf(a.userId) < order.indexOf(b.userId);
        });
        return all;
    }
    /// The newest that the socket was told of somebody.
    Presence last(const Socket &socket, const UserId &userId) const
    {
        Presence newest;
        for (const Told &each : told) {
            for (const Presence &presence : each.people) {
                if (each.sessionId == socket.caller.sessionId && presence.userId == userId)
                    newest = presence;
            }
        }
        return newest;
    }

    PresenceRows rows;
    PresenceBoard board;
    PresenceDesk desk;
    PresenceService service;
    QList<Told> told;
};

} // namespace

/// Who is there, what they say of themselves, and who is told, over one or two shards.
class tst_PresenceService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    std::unique_ptr<PresenceShard> here, there;
    UserId ada, bob, eve;
    ConversationId chat;

    Socket socket(const UserId &userId)
    {
        Socket one{f->caller(userId)};
        one.caller.sessionId = SessionId(QUuid::createUuid());
        return one;
    }
    /// Moves the clock without losing anybody's lease.
    void advance(qint64 milliseconds)
    {
        for (qint64 left = milliseconds; left > 0; left -= 100) {
            f->store.clock().advance(std::min<qint64>(left, 100));
            QCoreApplication::processEvents();
        }
        waitForTicks(3);
    }
    /// Until both shards have looked so often for changes.
    void waitForTicks(quint64 ticks)
    {
        for (const auto *shard : {here.get(), there.get()}) {
            const quint64 before = shard->desk.counts().ticks;
            QTRY_VERIFY(shard->desk.counts().ticks >= before + ticks);
        }
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        here = std::make_unique<PresenceShard>(*f);
        there = std::make_unique<PresenceShard>(*f);
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        chat = f->direct(ada, bob);
    }
    void cleanup()
    {
        here.reset();
        there.reset();
        f.reset();
    }

    void tellsWhoComesAndGoes()
    {
        const Socket adas = socket(ada);
        const Socket bobs = socket(bob);
        here->open(adas);
        QCOMPARE(here->watch(adas, {bob}).value(0).state, State::Offline);
        there->open(bobs);
        QTRY_COMPARE(here->last(adas, bob).state, State::Online);
        QVERIFY(await(there->service.setAway(bobs.caller, {true})));
        QTRY_COMPARE(here->last(adas, bob).state, State::Away);
        QVERIFY(await(there->service.setAway(bobs.caller, {false})));
        QTRY_COMPARE(here->last(adas, bob).state, State::Online);
        const qint64 closedAt = f->store.clock().utcMs();
        there->close(bobs);
        advance(9'000);
        QCOMPARE(here->last(adas, bob).state, State::Online);
        advance(2'000);
        QTRY_COMPARE(here->last(adas, bob).state, State::Offline);
        QCOMPARE(here->last(adas, bob).lastSeenAt, closedAt);
        QCOMPARE(there->desk.hereCount(), 0);
        QCOMPARE(there->board.vouchedCount(), 0);
    }

    void somebodyWithTwoDevicesIsThereWhileOneIs()
    {
        const Socket adas = socket(ada);
        here->open(adas);
        here->watch(adas, {bob});
        const Socket laptop = socket(bob);
        const Socket phone = socket(bob);
        here->open(laptop);
        there->open(phone, true);
        QTRY_COMPARE(here->last(adas, bob).state, State::Online);
        here->desk.sessionEnded(laptop.caller.sessionId);
        QTRY_COMPARE(here->last(adas, bob).state, State::Away);
        there->desk.sessionEnded(phone.caller.sessionId); // signed out everywhere: at once
        QTRY_COMPARE(here->last(adas, bob).state, State::Offline);
        QVERIFY(here->last(adas, bob).lastSeenAt > 0);
    }

    /// Case E2.
    void connectingInHasteLeavesNothing()
    {
        const Socket adas = socket(ada);
        there->open(adas);
        there->watch(adas, {bob});
        Socket bobs = socket(bob);
        for (int i = 0; i < 200; ++i) {
            // The close of the socket before may be noticed before or after the new one's opening.
            const Socket before = bobs;
            if (i % 2 == 0)
                here->close(before);
            ++bobs.number;
            here->open(bobs);
            if (i % 2 != 0)
                here->close(before);
            if (i % 20 == 0)
                advance(50);
        }
        QTRY_COMPARE(there->last(adas, bob).state, State::Online);
        const qsizetype events = there->told.size();
        QVERIFY2(events <= 2, qPrintable(QString::number(events))); // it never looked as if he had left
        here->close(bobs);
        advance(11'000);
        QTRY_COMPARE(there->last(adas, bob).state, State::Offline);
        QCOMPARE(here->desk.hereCount(), 0);
        QCOMPARE(here->board.vouchedCount(), 0);
    }

    /// Case E4.
    void helloSaysAnewWhetherSomebodyIsThere()
    {
        const Socket adas = socket(ada);
        there->open(adas);
        there->watch(adas, {bob});
        Socket bobs = socket(bob);
        here->open(bobs);
        QVERIFY(await(here->service.setAway(bobs.caller, {true})));
        QTRY_COMPARE(there->last(adas, bob).state, State::Away);
        here->close(bobs); // while the answer was on its way
        ++bobs.number;
        here->open(bobs, false);
        QTRY_COMPARE(there->last(adas, bob).state, State::Online);
    }

    void strangersLearnNothing()
    {
        const Socket eves = socket(eve);
        here->open(eves);
        here->open(socket(bob));
        QVERIFY(here->watch(eves, {bob, eve}).size() == 1); // oneself
        QVERIFY(await(here->service.get(eves.caller, {{bob}}))->people.isEmpty());
        there->open(socket(ada));
        waitForTicks(5);
        QCOMPARE(here->last(eves, bob), Presence());
    }

    void whoLeavesAConversationHearsNoMoreAndIsNotHeardOf()
    {
        const ConversationId group = f->group(ada, {bob, eve});
        const Socket adas = socket(ada);
        const Socket eves = socket(eve);
        here->open(adas);
        here->open(eves);
        QCOMPARE(here->watch(eves, {ada, eve}).size(), 2);
        QCOMPARE(here->watch(adas, {bob, eve}).size(), 2);
        f->removeMember(ada, group, eve);
        QVERIFY(await(here->service.membershipEnded(eve)));
        QCOMPARE(here->desk.watchedBy(eve), QSet<UserId>{eve});
        QCOMPARE(here->desk.watchedBy(ada), QSet<UserId>{bob});
        QCOMPARE(here->desk.watchersOf(eve), QSet<UserId>{eve});
        f->removeMember(ada, group, bob); // with whom she shares another one
        QVERIFY(await(here->service.membershipEnded(bob)));
        QCOMPARE(here->desk.watchedBy(ada), QSet<UserId>{bob});
    }

    void whoLeavesWhileTheyAreLookedUpIsNotHeardOf()
    {
        const ConversationId group = f->group(ada, {eve});
        const Socket adas = socket(ada);
        here->open(adas);
        const WatchPresence list{{eve}};
        auto watching = here->service.watch(adas.caller, list); // asked the store already, or will
        f->removeMember(ada, group, eve);
        auto ended = here->service.membershipEnded(eve);
        QVERIFY(await(std::move(watching)));
        QVERIFY(await(std::move(ended)));
        QVERIFY(here->desk.watchedBy(ada).isEmpty());
    }

    void theListBegunLastCounts()
    {
        const ConversationId group = f->group(ada, {eve});
        Q_UNUSED(group)
        Socket adas = socket(ada);
        here->open(adas);
        PresenceDesk &desk = here->desk;
        const quint64 first = desk.beginWatching(adas.caller.sessionId);
        const quint64 second = desk.beginWatching(adas.caller.sessionId);
        QCOMPARE(await(desk.watch(adas.caller, second, {eve}))->size(), 1);
        QCOMPARE(await(desk.watch(adas.caller, first, {bob}))->size(), 1); // its lookup took longer
        QCOMPARE(desk.watchedBy(ada), QSet<UserId>{eve});
        const quint64 third = desk.beginWatching(adas.caller.sessionId);
        ++adas.number; // the socket that asked is gone
        here->open(adas);
        QVERIFY(await(desk.watch(adas.caller, third, {bob})));
        QVERIFY(desk.watchedBy(ada).isEmpty());
    }

    void aStatusIsToldAndEnds()
    {
        const Socket adas = socket(ada);
        here->open(adas);
        here->watch(adas, {bob});
        const Caller caller = socket(bob).caller;
        const qint64 end = f->store.clock().utcMs() + 60'000;
        const Result<OwnPresence> set = await(there->service.setStatus(caller, {u"  on a train  "_s, end}));
        QVERIFY(set);
        QCOMPARE(*set, (OwnPresence{u"on a train"_s, end, false}));
        QTRY_COMPARE(here->last(adas, bob).statusText, u"on a train"_s);
        QCOMPARE(here->last(adas, bob).statusExpiresAt, end);
        QCOMPARE(f->heard<OwnPresence>(Envelope::Kind::User), QList<OwnPresence>{*set});
        f->store.clock().jumpUtc(60'001);
        QCOMPARE(await(there->service.mine(caller, {})).value_or(*set), OwnPresence());
        QCOMPARE(await(here->service.get(adas.caller, {{bob}}))->people.value(0).statusText, QString());
        QTRY_COMPARE(here->last(adas, bob).statusText, QString());
    }

    void anEmptyStatusTakesItAway()
    {
        const Caller caller = socket(bob).caller;
        QVERIFY(await(here->service.setStatus(caller, {u"busy"_s, {}})));
        QCOMPARE(await(here->service.mine(caller, {}))->statusText, u"busy"_s);
        const Result<OwnPresence> cleared =
            await(here->service.setStatus(caller, {QString(), f->store.clock().utcMs() + 1000}));
        QCOMPARE(cleared.value_or(OwnPresence{u"?"_s}), OwnPresence());
    }

    void refusesAStatusThatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("inMs");
        QTest::addColumn<QString>("field");
        QTest::newRow("two lines") << u"a\nb"_s << qint64(1000) << u"text"_s;
        QTest::newRow("too long") << QString(101, u'x') << qint64(1000) << u"text"_s;
        QTest::newRow("NUL") << QString(QChar(u'\0')) << qint64(1000) << u"text"_s;
        QTest::newRow("over already") << u"a"_s << qint64(0) << u"expiresAt"_s;
    }
    void refusesAStatusThatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(qint64, inMs);
        const Caller caller = socket(bob).caller;
        const Result<OwnPresence> set = await(here->service.setStatus(caller, {text, f->store.clock().utcMs() + inMs}));
        QVERIFY(!set);
        QTEST(set.error().field, "field");
        QCOMPARE(await(here->service.mine(caller, {})).value_or(OwnPresence{u"?"_s}), OwnPresence());
    }

    void whoHidesItIsSeenWithoutATime()
    {
        const Socket adas = socket(ada);
        here->open(adas);
        const Socket bobs = socket(bob);
        here->open(bobs);
        here->desk.sessionEnded(bobs.caller.sessionId);
        QTRY_VERIFY(here->watch(adas, {bob}).value(0).lastSeenAt > 0);
        QVERIFY(await(there->service.hideLastSeen(bobs.caller, {true})));
        QTRY_COMPARE(here->last(adas, bob), (Presence{bob, State::Offline, 0, {}, 0}));
        QVERIFY(await(there->service.hideLastSeen(bobs.caller, {false})));
        QTRY_VERIFY(here->last(adas, bob).lastSeenAt > 0);
    }

    void theLastTimeNeverGoesBack()
    {
        const qint64 late = f->store.clock().utcMs();
        QVERIFY(await(here->rows.writeLastSeen({{bob, late}, {ada, late}})));
        QVERIFY(await(here->rows.writeLastSeen({{bob, late - 1000}, {ada, late + 1000}})));
        const QList<PresenceRow> rows = await(here->rows.read({ada, bob})).value_or({});
        for (const PresenceRow &row : rows)
            QCOMPARE(row.lastSeenAt, row.userId == bob ? late : late + 1000);
        QCOMPARE(rows.size(), 2);
    }

    void whoIsNotActiveIsOffline()
    {
        const Socket adas = socket(ada);
        here->open(adas);
        here->open(socket(bob));
        QVERIFY(await(here->service.setStatus(socket(bob).caller, {u"here"_s, {}})));
        f->deactivate(bob);
        QCOMPARE(here->watch(adas, {bob}), QList<Presence>({{bob, State::Offline, 0, {}, 0}}));
    }

    void nothingIsWrittenOfAnAccountThatIsGone()
    {
        const Socket adas = socket(ada);
        there->open(adas);
        there->watch(adas, {bob});
        const Socket phone = socket(bob);
        const Socket laptop = socket(bob);
        here->open(phone);
        here->open(laptop);
        here->close(laptop);
        QTRY_COMPARE(there->last(adas, bob).state, State::Online);
        f->deactivate(bob);
        here->desk.userEnded(bob);
        QTRY_COMPARE(there->last(adas, bob), (Presence{bob, State::Offline, 0, {}, 0}));
        QTRY_COMPARE(here->desk.hereCount(), 0);
        QCOMPARE(f->count("SELECT count(*) FROM user_presence"), 0);
        here->desk.userEnded(bob); // again, who is not here
        QCOMPARE(here->desk.hereCount(), 0);
    }

    void refusesTooManyAndWhoHasNoSocket()
    {
        const Socket adas = socket(ada);
        const Result<PresenceList> noSocket = await(here->service.watch(adas.caller, {{bob}}));
        QVERIFY(!noSocket);
        QCOMPARE(noSocket.error().code, ErrorCode::Conflict);
        here->open(adas);
        const QList<UserId> many(f->limits.watchedPeople + 1, bob);
        const Result<PresenceList> tooMany = await(here->service.watch(adas.caller, {many}));
        QVERIFY(!tooMany);
        QCOMPARE(tooMany.error().code, ErrorCode::TooLarge);
        QCOMPARE(tooMany.error().field, u"userIds"_s);
    }

    void aListTakesThePlaceOfTheOneBefore()
    {
        const ConversationId group = f->group(ada, {eve});
        Q_UNUSED(group)
        Socket adas = socket(ada);
        here->open(adas);
        here->watch(adas, {bob});
        here->watch(adas, {eve});
        QCOMPARE(here->desk.watchedCount(), 1);
        here->open(socket(bob));
        here->open(socket(eve));
        QTRY_COMPARE(here->last(adas, eve).state, State::Online);
        QCOMPARE(here->last(adas, bob), Presence());
        ++adas.number; // a new socket of the session watches nobody
        here->open(adas);
        QCOMPARE(here->desk.watchedCount(), 0);
    }

    void aLostHintHealsWithinARound()
    {
        const Socket adas = socket(ada);
        here->open(adas);
        here->watch(adas, {bob});
        // Changed without a word, as by a node whose word was lost.
        QVERIFY(await(here->rows.writeStatus(bob, u"quiet"_s, 0)));
        QTRY_COMPARE(here->last(adas, bob).statusText, u"quiet"_s);
    }
};

CONFAB_TEST_CLASS(tst_PresenceService)
#include "tst_PresenceService.moc"
