// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

#include <algorithm>
#include <limits>
#include <random>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Read positions, unread counts and deliveries.
class tst_ReadService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    UserId ada, bob, eve;
    ConversationId chat;

    qint64 unread(const UserId &who) { return f->entry(who, chat).membership.unread; }

    Result<ReadState> markUnread(const UserId &who)
    {
        const MarkUnread op{chat};
        return await(f->reading.markUnread(f->caller(who), op));
    }

    Result<Empty> markDelivered(const UserId &who, const QList<DeliveredUpTo> &positions)
    {
        const MarkDelivered op{positions};
        return await(f->reading.markDelivered(f->caller(who), op));
    }
    qint64 delivered(const UserId &who)
    {
        const Statement statement{
            "SELECT delivered_up_to FROM members WHERE conversation_id = ? AND user_id = ?", {chat, who}, {}};
        return await(f->store.database().query(statement))->first().first().toInt();
    }
    static QSet<UserId> everybodyOf(const QList<Receipts> &events)
    {
        QSet<UserId> people;
        for (const Receipts &event : events) {
            for (const Receipt &receipt : event.receipts) {
                if (receipt.readUpTo > 0)
                    people.insert(receipt.userId);
            }
        }
        return people;
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        chat = f->direct(ada, bob);
        QCoreApplication::processEvents();
        f->envelopes.clear();
    }

    void countsOthersLivingMessagesAboveThePosition()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 5);
        QCOMPARE(unread(bob), 5);
        QCOMPARE(unread(ada), 0);
        f->remove(ada, sent.at(4));
        QCOMPARE(unread(bob), 4);
        f->edit(ada, sent.at(3), u"edited"_s);
        QCOMPARE(unread(bob), 4);
        const ReadState state = f->markRead(bob, chat, sent.at(1).id);
        QCOMPARE(state.unread, 2);
        QCOMPARE(state.readUpTo, sent.at(1).id);
        QCOMPARE(state.headRevision, sent.at(4).revision + 2); // behind the deletion and the edit
        QCOMPARE(unread(bob), 2);
    }

    /// Case D2: a conversation that ends with an edit, a deletion and a member's change can be read to the end.
    void clearsWhateverComesLast()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 3);
        f->edit(ada, sent.at(0), u"edited"_s);
        f->remove(ada, sent.at(2));
        QCOMPARE(f->markRead(bob, chat, sent.at(2).id).unread, 0);
        QCOMPARE(unread(bob), 0);
    }

    void capsTheCount()
    {
        f->sendMany(ada, chat, 130);
        QCOMPARE(unread(bob), f->limits.unreadCap);
    }

    /// Case D1: what one left is in no sum, and clears by itself.
    void countsNothingOfConversationsThatWereLeft()
    {
        chat = f->group(ada, {bob});
        f->sendMany(ada, chat, 3);
        QCOMPARE(unread(bob), 3);
        f->removeMember(ada, chat, bob);
        Hello op;
        op.accountRevision = 1;
        op.cursors = {{chat, 1}};
        const HelloReply reply = f->hello(bob, op);
        QVERIFY(reply.gone.contains(chat));
        for (const ConversationEntry &entry : reply.conversations)
            QVERIFY(entry.conversation.id != chat);
        const MarkRead read{chat, 1};
        const auto refused = await(f->reading.markRead(f->caller(bob), read));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
    }

    /// Case D3: whatever the order and number of marks, the highest stands.
    void movesForwardAlone()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 20);
        QList<qint64> marks;
        for (const Message &message : sent.mid(0, 15))
            marks << message.id << message.id;
        std::mt19937 random(7);
        std::shuffle(marks.begin(), marks.end(), random);
        qint64 highest = 0;
        for (const qint64 mark : marks) {
            highest = std::max(highest, mark);
            const ReadState state = f->markRead(bob, chat, mark);
            QCOMPARE(state.readUpTo, highest);
        }
        QCOMPARE(unread(bob), 5);
    }

    /// Case O4: many devices at once; none fails and the highest position stands.
    void takesTheHighestOfManyAtOnce()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 50);
        std::vector<QCoro::Task<Result<ReadState>>> tasks;
        for (int i = 0; i < 50; ++i) {
            const MarkRead op{chat, sent.at((i * 7) % 50).id};
            tasks.push_back(f->reading.markRead(f->caller(bob), op));
        }
        for (auto &task : tasks)
            QVERIFY(await(std::move(task)));
        QCOMPARE(unread(bob), 0);
        QCOMPARE(f->entry(bob, chat).membership.readUpTo, sent.last().id);
    }

    void staysAtTheNewestVisibleMessage()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 3);
        QCOMPARE(f->markRead(bob, chat, std::numeric_limits<qint64>::max()).readUpTo, sent.last().id);
        f->send(ada, chat);
        QCOMPARE(unread(bob), 1);
        QCOMPARE(f->markRead(bob, chat, 0).unread, 1);
        const MarkRead negative{chat, -1};
        QVERIFY(!await(f->reading.markRead(f->caller(bob), negative)));
    }

    /// Case D5: the position is one value; a restart or another device reads the same.
    void agreesOnAllDevicesAndAfterARestart()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 4);
        f->markRead(bob, chat, sent.last().id);
        QCOMPARE(f->heard<AccountChange>(Envelope::Kind::User).last().entries.first().membership.unread, 0);
        Hello op;
        op.accountRevision = 1; // a device that missed it
        op.cursors = {{chat, sent.last().id}};
        const HelloReply reply = f->hello(bob, op);
        QCOMPARE(reply.conversations.size(), 1);
        QCOMPARE(reply.conversations.first().membership.unread, 0);
        QCOMPARE(reply.conversations.first().membership.readUpTo, sent.last().id);
        f->store.reopen();
        const auto rows =
            await(f->store.database().query({"SELECT read_up_to FROM members WHERE user_id = ?", {bob}, {}}));
        QVERIFY(rows);
        QCOMPARE(rows->first().at(0).toInt(), sent.last().id);
    }

    /// Case D6: one's own message is unread on no device of one's own, and reads nothing.
    void leavesThePositionWhenOneSends()
    {
        f->sendMany(ada, chat, 5);
        f->send(bob, chat, u"reply"_s);
        QCOMPARE(unread(bob), 5);
        QCOMPARE(f->entry(bob, chat).membership.readUpTo, 0);
        QCOMPARE(unread(ada), 1);
        f->markRead(bob, chat, f->entry(bob, chat).lastMessage->id);
        f->send(bob, chat, u"another"_s);
        QCOMPARE(unread(bob), 0);
    }

    void tellsOwnDevicesAndTheConversationOnce()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 2);
        QCoreApplication::processEvents();
        f->envelopes.clear();
        const ReadState state = f->markRead(bob, chat, sent.last().id);
        QCOMPARE(f->heard<Receipts>(), (QList<Receipts>{{{{chat, bob, 0, sent.last().id}}}}));
        const QList<AccountChange> changes = f->heard<AccountChange>(Envelope::Kind::User);
        QCOMPARE(changes, (QList<AccountChange>{{state.accountRevision, {f->entry(bob, chat)}, {}}}));
        for (const Envelope &envelope : f->envelopes) {
            if (envelope.kind == Envelope::Kind::User)
                QCOMPARE(envelope.userId, bob);
            else
                QCOMPARE(envelope.messageId, sent.last().id);
        }
        f->envelopes.clear();
        const ReadState again = f->markRead(bob, chat, sent.first().id);
        QCOMPARE(again, state);
        QVERIFY(f->heard<Receipts>().isEmpty());
        QVERIFY(f->envelopes.isEmpty());
    }

    void keepsTheUnreadMarkUntilTheNextRead()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 1);
        const ReadState read = f->markRead(bob, chat, sent.last().id);
        const auto marked = markUnread(bob);
        QVERIFY(marked);
        QVERIFY(marked->markedUnread);
        QCOMPARE(marked->readUpTo, sent.last().id);
        QCOMPARE(marked->accountRevision, read.accountRevision + 1);
        const auto again = markUnread(bob);
        QVERIFY(again);
        QCOMPARE(*again, *marked);
        const ReadState cleared = f->markRead(bob, chat, sent.last().id);
        QVERIFY(!cleared.markedUnread);
        QCOMPARE(cleared.accountRevision, marked->accountRevision + 1);
        QCOMPARE(f->heard<Receipts>().size(), 1); // the position did not move again
        QVERIFY(!markUnread(eve));
    }

    void deliveriesMoveForwardOnlyAndAreTold()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 4);
        QCoreApplication::processEvents();
        f->envelopes.clear();
        QVERIFY(markDelivered(bob, {{chat, sent.at(2).id}, {chat, sent.at(1).id}}));
        QCOMPARE(f->heard<Receipts>(), (QList<Receipts>{{{{chat, bob, sent.at(2).id, 0}}}}));
        QCOMPARE(f->envelopes.first().messageId, sent.at(2).id);
        QVERIFY(f->envelopes.first().worth == Worth::Ephemeral);
        // Neither an account's number nor a conversation's moves for it.
        QCOMPARE(f->envelopes.size(), 1);
        QVERIFY(markDelivered(bob, {{chat, sent.at(0).id}}));
        QCOMPARE(delivered(bob), sent.at(2).id);
        QCOMPARE(f->hello(ada).receipts, (QList<Receipt>{{chat, bob, sent.at(2).id, 0}}));
        // What was read needs no second word.
        f->markRead(bob, chat, sent.at(3).id);
        QVERIFY(markDelivered(bob, {{chat, sent.at(3).id}}));
        QCOMPARE(delivered(bob), sent.at(2).id);
        QCOMPARE(f->hello(ada).receipts, (QList<Receipt>{{chat, bob, sent.at(2).id, sent.at(3).id}}));
    }

    void deliveriesOfWhatOneMayNotSeeChangeNothing()
    {
        const Message early = f->send(ada, chat);
        const ConversationId group = f->group(ada, {bob}, true);
        const Message before = f->send(ada, group);
        f->add(ada, group, eve);
        QCoreApplication::processEvents();
        f->envelopes.clear();
        QVERIFY(markDelivered(eve, {{chat, early.id}, {group, before.id}, {group, before.id + 1000}, {group, -1}}));
        QVERIFY(f->heard<Receipts>().isEmpty());
        QCOMPARE(f->count("SELECT count(*) FROM members WHERE delivered_up_to > 0"), 0);
        const auto tooMany = markDelivered(bob, QList<DeliveredUpTo>(101, {chat, early.id}));
        QVERIFY(!tooMany);
        QCOMPARE(tooMany.error().code, ErrorCode::TooLarge);
        QCOMPARE(tooMany.error().field, u"positions"_s);
    }

    /// A hundred people who read at once cost one event a second for all, not one for each.
    void receiptsOfManyGoTogether()
    {
        QList<UserId> people;
        for (int i = 0; i < 30; ++i)
            people.append(f->person(u"p%1"_s.arg(i)));
        const ConversationId group = f->group(ada, people);
        const Message message = f->send(ada, group);
        QCoreApplication::processEvents();
        f->envelopes.clear();
        for (const UserId &userId : std::as_const(people)) {
            QVERIFY(markDelivered(userId, {{group, message.id}}));
            f->markRead(userId, group, message.id);
        }
        QTRY_COMPARE(everybodyOf(f->heard<Receipts>()).size(), people.size());
        const QList<Receipts> events = f->heard<Receipts>();
        qsizetype rows = 0;
        for (const Receipts &event : events)
            rows += event.receipts.size();
        // The first goes out at once; the others wait for the interval, however many there were in it.
        QCOMPARE(events.first().receipts, (QList<Receipt>{{group, people.first(), message.id, 0}}));
        QVERIFY2(events.size() < people.size() / 2, qPrintable(QString::number(events.size())));
        QVERIFY2(rows < 2 * people.size(), qPrintable(QString::number(rows)));
    }
};

CONFAB_TEST_CLASS(tst_ReadService)
#include "tst_ReadService.moc"
