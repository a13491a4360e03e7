// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

/// The engine against a scripted server: what it stores, what it asks for, when its cursor moves.
class tst_SyncEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<EngineFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void firstHelloHasNoCursorsAndTheNextOneHas()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        HelloReply reply = hello({entry(kRoom, 3)}, 7);
        reply.changes = {page(kRoom, {message(3), message(2)}, 3, {0, 2})};
        const Hello first = f.connectWith(reply);
        QCOMPARE(first.token, u"token"_s);
        QVERIFY(first.cursors.isEmpty());
        QVERIFY(!first.generation);
        QTRY_COMPARE(f.engine->state(), Client::State::Online);

        f.stop();
        f.start();
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"text"_s})); // before any network
        const Hello second = f.connectWith(hello({}, 7));
        QCOMPARE(second.cursors, (QList<Cursor>{{kRoom, 3}}));
        QCOMPARE(second.generation, std::optional(generation(1)));
        QCOMPARE(second.accountRevision, std::optional<qint64>(7));
    }

    void nextEventMovesTheCursor()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(4, kOther, u"four"_s));
        QCOMPARE(f.cursor(), 4);
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"four"_s}));
    }

    /// Case B2.
    void crossedEventsAreSortedWithoutAsking()
    {
        EngineFixture &f = *m_fixture;
        f.parts.syncTimings.gapMs = 60'000;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(5, kOther, u"five"_s));
        QCOMPARE(f.cursor(), 3);
        f.server.inject(message(4, kOther, u"four"_s));
        QCOMPARE(f.cursor(), 5);
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"four"_s, u"five"_s}));
        QVERIFY(!f.server.hasRequest(GetConversationChanges::kInfo.name));
    }

    void doubledEventsChangeNothing()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(4));
        QSignalSpy rows(&f.engine->publisher(), &Publisher::timelineRowsChanged);
        f.server.inject(message(4));
        QCOMPARE(rows.size(), 0);
        QCOMPARE(f.texts().size(), 2);
    }

    /// Case B2.
    void lostEventIsFetched()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(6, kOther, u"six"_s));
        const auto asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.after, 3);
        QVERIFY(asked.newLimit);
        f.server.reply(page(kRoom, {message(6, kOther, u"six"_s), message(4, kOther, u"four"_s)}, 6));
        QCOMPARE(f.cursor(), 6);
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"four"_s, u"six"_s}));
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
    }

    /// Case B13.
    void liveEventBeforeTheCatchUpHidesNoGap()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.stop();
        f.start();
        HelloReply reply = hello({entry(kRoom, 203)});
        reply.more = {kRoom};
        f.connectWith(reply);
        f.server.inject(message(204, kOther, u"live"_s));
        QCOMPARE(f.cursor(), 3);
        (void)f.server.expect<GetConversationChanges>();
        f.server.reply(page(kRoom, {message(203, kOther, u"newest"_s)}, 203, {3, 203}));
        QCOMPARE(f.cursor(), 204);
        QCOMPARE(f.timeline().holes, (QList<Hole>{{3, 203}}));
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"newest"_s, u"live"_s}));
    }

    /// Case B14.
    void catchUpOfManyPagesGoesOnAfterARestart()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3), message(2)}, 3);
        f.server.inject(message(90));
        auto asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.base, std::optional<qint64>(3));
        Message edited = message(2, kOther, u"edited"_s);
        edited.revision = 40;
        ConversationChanges first = page(kRoom, {edited}, 40);
        first.more = true;
        f.server.reply(first);
        QCOMPARE(f.cursor(), 3);
        asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.after, 40);
        QCOMPARE(asked.base, std::optional<qint64>(3));

        f.stop();
        f.start();
        QCOMPARE(f.texts().first(), u"edited"_s);
        const Hello again = f.connectWith(hello({}));
        QCOMPARE(again.cursors, (QList<Cursor>{{kRoom, 3}}));
        asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.after, 40);
        QCOMPARE(asked.base, std::optional<qint64>(3));
        f.server.reply(page(kRoom, {message(90, kOther, u"new"_s)}, 90, {3, 90}));
        QCOMPARE(f.cursor(), 90);
        QCOMPARE(f.texts(), (QStringList{u"edited"_s, u"text"_s, u"new"_s}));
    }

    void changedRowInsideAHoleIsNotStored()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(9)}, 9, {0, 9});
        Message edited = message(4, kOther, u"edited"_s);
        edited.revision = 10;
        f.server.inject(edited);
        QCOMPARE(f.cursor(), 10);
        QCOMPARE(f.texts(), (QStringList{u"text"_s}));
    }

    void holeIsFilledFromItsNewEndAndCloses()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(9)}, 9, {0, 9});
        int done = 0;
        const auto callback = [&](const Result<Done> &result) { done += result ? 1 : 0; };
        f.engine->conversations().fillHole(kRoom, {0, 9}, callback);
        f.engine->conversations().fillHole(kRoom, {0, 9}, callback);
        const auto asked = f.server.expect<GetHistory>();
        QCOMPARE(asked.before, std::optional<qint64>(9));
        QCOMPARE(asked.after, std::optional<qint64>(0));
        QVERIFY(!f.server.hasRequest(GetHistory::kInfo.name));
        MessagePage part;
        part.messages = {message(8, kOther, u"eight"_s), message(7, kOther, u"seven"_s)};
        part.more = true;
        f.server.reply(part);
        QCOMPARE(done, 2);
        QCOMPARE(f.timeline().holes, (QList<Hole>{{0, 7}}));

        f.engine->conversations().fillHole(kRoom, {0, 7}, callback);
        (void)f.server.expect<GetHistory>();
        part.messages = {message(2, kOther, u"two"_s)};
        part.more = false;
        f.server.reply(part);
        QVERIFY(f.timeline().holes.isEmpty());
        QCOMPARE(f.texts(), (QStringList{u"two"_s, u"seven"_s, u"eight"_s, u"text"_s}));
    }

    void changeDuringAFillIsNotLost()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(9)}, 9, {0, 9});
        f.engine->conversations().fillHole(kRoom, {0, 9}, [](const Result<Done> &) {});
        (void)f.server.expect<GetHistory>();
        const qint64 request = f.server.lastId;
        Message edited = message(5, kOther, u"edited"_s);
        edited.revision = 10;
        f.server.inject(edited);
        MessagePage part;
        part.messages = {message(5, kOther, u"stale"_s)};
        f.server.reply(request, part);
        QCOMPARE(f.texts(), (QStringList{u"edited"_s, u"text"_s}));
    }

    void newGenerationDropsTheCacheAndKeepsTheWishes()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.stop();
        f.start();
        QVERIFY(f.engine->wishes().send(kRoom, clientId(1), u"pending"_s, 0));
        QVERIFY(f.engine->wishes().setDraft(kRoom, u"draft"_s));
        HelloReply reply = hello({entry(kRoom, 2)});
        reply.generation = generation(2);
        reply.resync = true;
        reply.changes = {page(kRoom, {message(2, kOther, u"restored"_s)}, 2)};
        f.connectWith(reply);
        QTRY_COMPARE(f.cursor(), 2);
        QCOMPARE(f.texts(), (QStringList{u"restored"_s, u"pending"_s}));
        QCOMPARE(f.engine->store().notes().draft(kRoom), u"draft"_s);
    }

    void changedViewOfTheHistoryDropsTheConversation()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(kRoom, 9, 0, 2)};
        change.entries.first().membership.visibleFrom = 8;
        f.server.inject(change);
        QVERIFY(f.texts().isEmpty());
        const auto asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.after, 0);
        f.server.reply(page(kRoom, {message(9, kOther, u"visible"_s)}, 9));
        QCOMPARE(f.texts(), (QStringList{u"visible"_s}));
    }

    void goneConversationLeavesTheListAndFailsWhatWasPending()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().send(kRoom, clientId(1), u"pending"_s, 0));
        QSignalSpy removed(&f.engine->publisher(), &Publisher::conversationsRemoved);
        AccountChange change;
        change.accountRevision = 2;
        change.gone = {kRoom};
        f.server.inject(change);
        QCOMPARE(removed.size(), 1);
        QVERIFY(f.engine->rows().conversations().isEmpty());
        QCOMPARE(f.engine->store().outbox().items(kRoom).first().state, OutboxItem::State::Failed);
    }

    void newConversationComesByTheAccountAndIsFetched()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(conversationId(2), 5, 1, 2)};
        f.server.inject(change);
        QCOMPARE(f.engine->rows().conversations().size(), 2);
        const auto asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.conversationId, conversationId(2));
    }

    void lostAccountEventIsFetched()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        AccountChange change;
        change.accountRevision = 5;
        f.server.inject(change);
        const auto asked = f.server.expect<ListConversations>();
        QCOMPARE(asked.after, std::optional<qint64>(1));
        ConversationList list;
        list.gone = {kRoom};
        list.accountRevision = 5;
        f.server.reply(list);
        QCOMPARE(f.engine->store().accountRevision(), 5);
        QVERIFY(f.engine->rows().conversations().isEmpty());
    }

    /// Case A10.
    void listOfManyPagesIsReadToItsEnd()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        HelloReply reply = hello({}, 90);
        reply.moreConversations = true;
        f.connectWith(reply);
        QCOMPARE(f.engine->state(), Client::State::Updating);
        QVERIFY(!f.server.expect<ListConversations>().after);
        ConversationList list;
        list.entries = {entry(kRoom, 0)};
        list.accountRevision = 40;
        list.more = true;
        f.server.reply(list);
        QCOMPARE(f.server.expect<ListConversations>().after, std::optional<qint64>(40));
        list.entries = {};
        list.accountRevision = 90;
        list.more = false;
        f.server.reply(list);
        QCOMPARE(f.engine->store().accountRevision(), 90);
    }

    /// Q1: the server left out events for this socket. The same socket asks for everything since the cursors.
    void missedEventsAreFetchedByAnotherHello()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        SyncHint hint;
        hint.missed = true;
        f.server.inject(hint);
        const auto asked = f.server.expect<Hello>();
        QCOMPARE(asked.cursors, (QList<Cursor>{{kRoom, 3}}));
        f.server.inject(hint); // another one while the answer is on its way is not lost
        HelloReply reply = hello({entry(kRoom, 5, 2)});
        reply.changes = {page(kRoom, {message(5), message(4)}, 5)};
        f.server.reply(reply);
        QCOMPARE(f.cursor(), 5);
        QCOMPARE(f.texts().size(), 3);
        QCOMPARE(f.server.expect<Hello>().cursors, (QList<Cursor>{{kRoom, 5}}));
        f.server.reply(hello({}));
        QCOMPARE(f.server.attempts, 1);
        QCOMPARE(f.engine->state(), Client::State::Online);
    }

    void aHelloAgainLeavesWhatIsBeingSentAlone()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().send(kRoom, clientId(1), u"on its way"_s, 0));
        f.server.expect<SendMessage>();
        const qint64 sending = f.server.lastId;
        SyncHint hint;
        hint.missed = true;
        f.server.inject(hint);
        f.server.expect<Hello>();
        f.server.reply(hello({}));
        QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
        Message sent = message(4, kMe, u"on its way"_s);
        sent.clientId = clientId(1);
        f.server.reply(sending, sent);
        QVERIFY(f.engine->store().outbox().items(kRoom).isEmpty());
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"on its way"_s}));
    }

    void hintOfAConversationAsksWhatChangedThere()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        SyncHint hint;
        hint.conversations = {{kRoom, 3}, {conversationId(7), 9}};
        f.server.inject(hint); // nothing is missing of the one, and the other is not ours
        hint.conversations = {{kRoom, 4}};
        f.server.inject(hint);
        const auto asked = f.server.expect<GetConversationChanges>();
        QCOMPARE(asked.conversationId, kRoom);
        QCOMPARE(asked.after, 3);
        f.server.reply(page(kRoom, {message(4)}, 4));
        QCOMPARE(f.cursor(), 4);
        QCOMPARE(f.server.openRequests(), 0);
    }

    void hintOfTheAccountAsksForItsList()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        SyncHint hint;
        hint.accountRevision = 1;
        f.server.inject(hint);
        hint.accountRevision = 2;
        f.server.inject(hint);
        QCOMPARE(f.server.expect<ListConversations>().after, std::optional<qint64>(1));
        ConversationList list;
        list.entries = {entry(conversationId(2), 0, 0, 2)};
        list.accountRevision = 2;
        f.server.reply(list);
        QCOMPARE(f.engine->rows().conversations().size(), 2);
    }

    void entriesThatDidNotFitAreAskedFor()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.stop();
        f.start();
        HelloReply reply = hello({});
        reply.entriesLeft = {kRoom};
        reply.changes = {page(kRoom, {message(90)}, 90, Hole{3, 90})};
        f.connectWith(reply);
        const auto asked = f.server.expect<ListConversations>();
        QCOMPARE(asked.ids, (QList<ConversationId>{kRoom}));
        ConversationList list;
        list.entries = {entry(kRoom, 90, 87)};
        f.server.reply(list);
        QCOMPARE(f.unread(), 87);
        QCOMPARE(f.engine->store().accountRevision(), 1);
        QCOMPARE(f.server.openRequests(), 0);
    }

    /// The number of a conversation with messages that are not held is asked for, also by the next run.
    void unreadNumberOlderThanAHoleIsAskedFor()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(91));
        f.server.expect<GetConversationChanges>();
        f.server.reply(page(kRoom, {message(91), message(90)}, 91, Hole{3, 90}));
        f.server.expect<GetConversation>();
        f.stop(); // before it was answered
        f.start();
        f.connectWith(hello({}));
        QCOMPARE(f.server.expect<ListConversations>().ids, (QList<ConversationId>{kRoom}));
        ConversationList list;
        list.entries = {entry(kRoom, 91, 80)};
        f.server.reply(list);
        QCOMPARE(f.unread(), 80);
    }

    void cursorAndRowsAreOneTransaction()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        Message broken = message(4);
        broken.content.text = u"x"_s;
        LocalStore &store = f.engine->store();
        QVERIFY(!store.write(Durability::Soon, [&] {
            store.putMessage(broken, kMe);
            store.conversations().setCursor(kRoom, 4);
            store.fail(Error::unavailable(u"full"_s));
        }));
        QCOMPARE(f.cursor(), 3);
        QCOMPARE(f.texts().size(), 1);
    }

    /// Case D3.
    void receiptsMoveForwardOnly()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(Receipts{{{kRoom, kOther, 5, 3}, {kRoom, kMe, 9, 9}}});
        f.server.inject(Receipts{{{kRoom, kOther, 4, 2}}});
        QCOMPARE(f.timeline().others, (Reached{5, 3}));
        f.server.inject(Receipts{{{kRoom, kOther, 0, 7}}});
        QCOMPARE(f.timeline().others, (Reached{7, 7})); // what is read was delivered
    }

    /// Receipts have no revision, so a missed event leaves no gap: hello tells where others are.
    void helloBringsReceiptsThatWereMissed()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3), message(4)}, 4);
        f.server.inject(Receipts{{{kRoom, kOther, 0, 3}}});
        f.stop();
        f.start();
        HelloReply reply = hello({});
        reply.receipts = {{kRoom, kOther, 5, 4}, {conversationId(77), kOther, 9, 9}};
        f.connectWith(reply);
        QTRY_COMPARE(f.timeline().others, (Reached{5, 4}));
    }

    void unknownPeopleAreFetchedTogether()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(4, userId(7)));
        f.server.inject(message(5, userId(8)));
        const auto asked = f.server.expect<GetUsers>();
        QCOMPARE(QSet<UserId>(asked.ids.begin(), asked.ids.end()), (QSet<UserId>{userId(7), userId(8)}));
        UserList list;
        list.users = {user(userId(7), u"Seven"_s)};
        f.server.reply(list);
        QCOMPARE(f.timeline().rows.at(1).senderName, u"Seven"_s);
        // Who the server does not tell of is not asked for again and again.
        f.server.inject(message(6, userId(8)));
        f.server.inject(message(7, userId(9)));
        QCOMPARE(f.server.expect<GetUsers>().ids, (QList<UserId>{userId(9)}));
    }

    /// Case H4.
    void badEventsAreDroppedAndHealed()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        Q_EMIT f.server.current->received(encodeEvent("message", QByteArray("\xA1\x62id\x61x", 6)));
        Q_EMIT f.server.current->received(encodeEvent("somethingNewer", encodeCbor(Empty{})));
        Q_EMIT f.server.current->received(QByteArray(100, '\x81'));
        f.server.inject(message(5));
        QCOMPARE(f.server.expect<GetConversationChanges>().after, 3);
    }

private:
    std::unique_ptr<EngineFixture> m_fixture;
};

CONFAB_TEST_CLASS(tst_SyncEngine)
#include "tst_SyncEngine.moc"
