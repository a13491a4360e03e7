// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

namespace {

Message tombstone(MessageId id, Revision deletedAt)
{
    Message made = message(id, kOther, QString());
    made.deleted = true;
    made.revision = deletedAt;
    return made;
}

} // namespace

/// Unread numbers and read positions, as a device counts and moves them.
class tst_UnreadCounts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<EngineFixture>(); }
    void cleanup() { m_fixture.reset(); }

    /// Case D6.
    void unreadIsCountedFromRowsWhereAllAreHeld()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3), message(2, kMe)}, 3);
        QCOMPARE(f.unread(), 1);
        f.server.inject(message(4));
        QCOMPARE(f.unread(), 2);
        f.server.inject(message(5, kMe)); // one's own causes none
        QCOMPARE(f.unread(), 2);
        f.server.inject(tombstone(4, 6));
        QCOMPARE(f.unread(), 1);
        QVERIFY(f.engine->readMarks().markRead(kRoom, 5));
        QCOMPARE(f.unread(), 0);
        QVERIFY(f.engine->readMarks().markRead(kRoom, 3)); // an older one changes nothing
        QCOMPARE(f.unread(), 0);
    }

    void aDeletionThatTheServersNumberKnowsOfIsNotCountedOffAgain()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(90)}, 90, {0, 90});
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(kRoom, 92, 41, 2)};
        f.server.inject(change);
        QCOMPARE(f.unread(), 41);
        f.server.inject(tombstone(90, 91));
        QCOMPARE(f.cursor(), 91);
        QCOMPARE(f.unread(), 41);
        // One that came after it was counted is.
        f.server.inject(message(92));
        f.server.inject(message(93));
        QCOMPARE(f.unread(), 42);
        f.server.inject(tombstone(93, 94));
        QCOMPARE(f.unread(), 41);
    }

    void anOlderNumberAfterADeletionIsLessByIt()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(90), message(89)}, 90, {0, 89});
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(kRoom, 90, 42, 2)};
        f.server.inject(change);
        QCOMPARE(f.unread(), 42);
        f.server.inject(tombstone(90, 91));
        QCOMPARE(f.unread(), 41);
        change.accountRevision = 3;
        change.entries = {entry(kRoom, 90, 42, 3)}; // counted before it, and told behind it
        f.server.inject(change);
        QCOMPARE(f.unread(), 41);
    }

    void aDeletedMessageThatWasNeverHeldIsCountedOff()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(90)}, 90, {0, 90});
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(kRoom, 91, 43, 2)};
        f.server.inject(change); // counts 91, which is deleted before this device learns of it
        (void)f.server.expect<GetConversationChanges>();
        f.server.reply(page(kRoom, {tombstone(91, 92)}, 92));
        QCOMPARE(f.cursor(), 92);
        QCOMPARE(f.unread(), 42);
    }

    void theAnswerToAReadPositionCountsAtItsOwnRevision()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(90)}, 90, {0, 90});
        QVERIFY(f.engine->readMarks().markUnread(kRoom));
        (void)f.server.expect<MarkUnread>();
        ReadState state;
        state.conversationId = kRoom;
        state.unread = 44; // 91 and 92 are among them and not yet here
        state.headRevision = 92;
        state.markedUnread = true;
        state.accountRevision = 2;
        f.server.reply(state);
        QCOMPARE(f.unread(), 44);
        f.server.inject(message(91));
        f.server.inject(message(92));
        QCOMPARE(f.unread(), 44);
        f.server.inject(message(93));
        QCOMPARE(f.unread(), 45);
    }

    void aNumberAtTheCapIsAskedForAfterADeletion()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(900)}, 900, {0, 900});
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(kRoom, 900, 100, 2)};
        f.server.inject(change);
        QCOMPARE(f.unread(), 100);
        f.server.inject(tombstone(900, 901));
        QCOMPARE(f.server.expect<GetConversation>().conversationId, kRoom);
        f.server.reply(entry(kRoom, 901, 100, 2));
        QTRY_COMPARE(f.unread(), 100);
    }

    void unreadIsAskedForWhereAHoleHidesNewMessages()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.inject(message(60));
        (void)f.server.expect<GetConversationChanges>();
        f.server.reply(page(kRoom, {message(59)}, 59, {3, 59}));
        QCOMPARE(f.cursor(), 60);
        QCOMPARE(f.server.expect<GetConversation>().conversationId, kRoom);

        // Also where the answer was lost with the process.
        f.stop();
        f.start();
        f.connectWith(hello());
        (void)f.server.expect<GetConversation>();
        f.server.refuse(Error::unavailable(u"Busy."_s));
        (void)f.server.expect<GetConversation>();
        f.server.reply(entry(kRoom, 60, 57));
        QTRY_COMPARE(f.unread(), 57);
    }

    void unreadStandsOnTheServersNumberWhereAHoleLies()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        HelloReply reply = hello({entry(kRoom, 90, 42)});
        reply.changes = {page(kRoom, {message(90)}, 90, {0, 90})};
        f.connectWith(reply);
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
        QCOMPARE(f.unread(), 42);
        f.server.inject(message(91));
        QCOMPARE(f.unread(), 43);
        f.server.inject(tombstone(90, 92));
        QCOMPARE(f.unread(), 42);
        QVERIFY(f.engine->readMarks().markRead(kRoom, 92));
        QCOMPARE(f.unread(), 0);
    }

    void unreadIsCapped()
    {
        EngineFixture &f = *m_fixture;
        QList<Message> many;
        for (MessageId id = 150; id > 0; --id)
            many.append(message(id));
        f.startWithRoom(many, 150);
        QCOMPARE(f.unread(), 100);
    }

    void readPositionIsSentOnceAndKeptOffline()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(9), message(3)}, 9);
        f.server.drop();
        QVERIFY(f.engine->readMarks().markRead(kRoom, 3));
        QVERIFY(f.engine->readMarks().markRead(kRoom, 9));
        QCOMPARE(f.unread(), 0);
        f.stop();
        f.start();
        QCOMPARE(f.unread(), 0);
        f.connectWith(hello({}));
        QCOMPARE(f.server.expect<MarkRead>().messageId, 9);
        ReadState state;
        state.conversationId = kRoom;
        state.readUpTo = 9;
        state.accountRevision = 2;
        f.server.reply(state);
        QVERIFY(f.engine->store().notes().readMarks().isEmpty());
        QVERIFY(!f.server.hasRequest(MarkRead::kInfo.name));
        QCOMPARE(f.unread(), 0);
    }

private:
    std::unique_ptr<EngineFixture> m_fixture;
};

CONFAB_TEST_CLASS(tst_UnreadCounts)
#include "tst_UnreadCounts.moc"
