// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

/// The outbox's way to a scripted server.
class tst_Outbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_fixture = std::make_unique<EngineFixture>(); }
    void cleanup() { m_fixture.reset(); }

    /// Case B7.
    void pendingBecomesSentInOneRow()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        TimelineRow row = f.timeline().rows.first();
        QCOMPARE(row.state, DeliveryState::Pending);
        const QString key = row.key;
        const auto asked = f.server.expect<SendMessage>();
        QCOMPARE(asked.clientId, clientId(1));
        f.server.reply(own(4, 1, u"hello"_s));
        QCOMPARE(f.timeline().rows.size(), 2);
        row = f.timeline().rows.first();
        QCOMPARE(row.key, key);
        QCOMPARE(row.state, DeliveryState::Sent);
        QCOMPARE(row.messageId, 4);
        QCOMPARE(f.cursor(), 4);
        QCOMPARE(f.unread(), 1);
    }

    /// Case B7.
    void echoBeforeTheReplyShowsOneRow()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        (void)f.server.expect<SendMessage>();
        const qint64 request = f.server.lastId;
        f.server.inject(own(4, 1, u"hello"_s));
        QCOMPARE(f.texts().size(), 2);
        QCOMPARE(f.timeline().rows.first().state, DeliveryState::Sent);
        f.server.reply(request, own(4, 1, u"hello"_s));
        QCOMPARE(f.texts().size(), 2);
    }

    /// Case B8.
    void replyAheadOfOthersMessagesEndsInTheServersOrder()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"mine"_s);
        (void)f.server.expect<SendMessage>();
        f.server.reply(own(5, 1, u"mine"_s));
        QCOMPARE(f.cursor(), 3);
        QCOMPARE(f.server.expect<GetConversationChanges>().after, 3);
        f.server.reply(page(kRoom, {own(5, 1, u"mine"_s), message(4, kOther, u"theirs"_s)}, 5));
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"theirs"_s, u"mine"_s}));
        QCOMPARE(f.cursor(), 5);
    }

    /// Case B19.
    void oneIsUnderWayPerConversationAndOrderHolds()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        for (int i = 1; i <= 3; ++i)
            send(i, QString::number(i));
        for (int i = 1; i <= 3; ++i) {
            const auto asked = f.server.expect<SendMessage>();
            QCOMPARE(asked.clientId, clientId(i));
            QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
            f.server.reply(own(3 + i, i, asked.text));
        }
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"1"_s, u"2"_s, u"3"_s}));
    }

    /// Case C2.
    void conversationsDoNotWaitForEachOther()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        AccountChange change;
        change.accountRevision = 2;
        change.entries = {entry(conversationId(2), 1, 0, 2)};
        f.server.inject(change);
        send(1, u"slow"_s);
        (void)f.server.expect<SendMessage>();
        QVERIFY(f.engine->wishes().send(conversationId(2), clientId(2), u"fast"_s, 0));
        QCOMPARE(f.server.expect<SendMessage>().conversationId, conversationId(2));
    }

    /// Case C3.
    void refusedMessageIsShownAndTheNextIsSent()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"bad"_s);
        send(2, u"good"_s);
        (void)f.server.expect<SendMessage>();
        f.server.refuse(Error::invalid(u"text"_s, u"not this"_s));
        QCOMPARE(f.server.expect<SendMessage>().clientId, clientId(2));
        f.server.reply(own(4, 2, u"good"_s));
        const TimelineRow failed = f.timeline().rows.first();
        QCOMPARE(failed.state, DeliveryState::Failed);
        QCOMPARE(failed.error.message, u"not this"_s);
        QCOMPARE(f.engine->rows().conversation(kRoom)->failedCount, 1);
        QCOMPARE(f.engine->rows().conversation(kRoom)->pendingCount, 0);

        QVERIFY(f.engine->wishes().edit(kRoom, clientId(1), u"better"_s));
        QCOMPARE(f.server.expect<SendMessage>().text, u"better"_s);
    }

    void deletionOfAShownMessageFailsVisibly()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().remove(kRoom, MessageId(3)));
        (void)f.server.expect<DeleteMessage>();
        f.server.refuse(Error::notFound(u"There is no such conversation."_s)); // left meanwhile, and not told yet
        QCOMPARE(f.timeline().rows.first().pendingChange, PendingChange::DeleteFailed);
        QVERIFY(!f.timeline().rows.first().deleted);
        QCOMPARE(f.engine->rows().conversation(kRoom)->failedCount, 1);
    }

    void deletionInALostConversationStaysFailed()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().remove(kRoom, MessageId(3)));
        (void)f.server.expect<DeleteMessage>();
        AccountChange change;
        change.accountRevision = 2;
        change.gone = {kRoom};
        f.server.inject(change);
        f.server.refuse(Error::notFound(u"There is no such conversation."_s));
        const QList<OutboxItem> items = f.engine->store().outbox().items(kRoom);
        QCOMPARE(items.size(), 1);
        QCOMPARE(items.first().state, OutboxItem::State::Failed);
    }

    void deletionOfWhatIsGoneIsDone()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().remove(kRoom, MessageId(3)));
        (void)f.server.expect<DeleteMessage>();
        LocalStore &store = f.engine->store();
        QVERIFY(store.write(Durability::Soon, [&] { store.messages().clear(kRoom); }));
        f.server.refuse(Error::notFound(u"There is no such message."_s));
        QVERIFY(store.outbox().items(kRoom).isEmpty());
    }

    void retryAndDiscard()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"bad"_s);
        (void)f.server.expect<SendMessage>();
        f.server.refuse(Error::denied(u"no"_s));
        QVERIFY(f.engine->wishes().retry(kRoom, clientId(1)));
        QCOMPARE(f.server.expect<SendMessage>().clientId, clientId(1));
        f.server.refuse(Error::denied(u"no"_s));
        QSignalSpy removed(&f.engine->publisher(), &Publisher::timelineRowsRemoved);
        QVERIFY(f.engine->wishes().discard(kRoom, clientId(1)));
        QCOMPARE(removed.size(), 1);
        QCOMPARE(f.texts(), (QStringList{u"text"_s}));
        QVERIFY(!f.engine->wishes().retry(kRoom, clientId(1)));
    }

    /// Case B19.
    void troubleOfTheServerIsTriedAgainWithTheSameId()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(f.server.expect<SendMessage>().clientId, clientId(1));
            f.server.refuse(Error::unavailable(u"busy"_s, 1));
        }
        QCOMPARE(f.timeline().rows.first().state, DeliveryState::Pending);
        QCOMPARE(f.server.expect<SendMessage>().clientId, clientId(1));
    }

    /// Case B5.
    void lostReplyIsSentAgainWithTheSameIdAfterARestart()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        (void)f.server.expect<SendMessage>();
        f.stop(); // killed while it was under way
        f.start();
        QCOMPARE(f.timeline().rows.first().state, DeliveryState::Pending);
        f.connectWith(hello({}));
        QCOMPARE(f.server.expect<SendMessage>().clientId, clientId(1));
        f.server.reply(own(4, 1, u"hello"_s));
        QCOMPARE(f.texts().size(), 2);
    }

    void messageThatArrivedBeforeTheLossIsNotSentTwice()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        (void)f.server.expect<SendMessage>();
        f.server.drop();
        HelloReply reply = hello({entry(kRoom, 4)});
        reply.changes = {page(kRoom, {own(4, 1, u"hello"_s)}, 4)};
        QTRY_COMPARE(f.server.attempts, 2);
        f.connectWith(reply);
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
        QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
        QCOMPARE(f.texts().size(), 2);
    }

    void fiftyTypedOfflineArriveInOrder()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.drop();
        for (int i = 1; i <= 50; ++i)
            send(i, QString::number(i));
        f.stop();
        f.start();
        f.connectWith(hello({}));
        for (int i = 1; i <= 50; ++i) {
            const auto asked = f.server.expect<SendMessage>();
            QCOMPARE(asked.text, QString::number(i));
            f.server.reply(own(3 + i, i, asked.text));
        }
        QCOMPARE(f.texts().size(), 51);
        QVERIFY(f.engine->store().outbox().items(kRoom).isEmpty());
    }

    /// Case B6: all that failed is tried again in the moment in which the connection returns; each is sent once.
    void retryingAllAtTheReconnectSendsEachOnce()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        for (int i = 1; i <= 5; ++i)
            send(i, QString::number(i));
        for (int i = 1; i <= 5; ++i) {
            (void)f.server.expect<SendMessage>();
            f.server.refuse(Error::denied(u"no"_s));
        }
        const auto retryAll = [&f] {
            for (int i = 1; i <= 5; ++i)
                (void)f.engine->wishes().retry(kRoom, clientId(i));
        };
        f.server.drop();
        retryAll();
        QTRY_COMPARE(f.server.attempts, 2);
        f.connectWith(hello({}));
        retryAll();
        for (int i = 1; i <= 5; ++i) {
            QCOMPARE(f.server.expect<SendMessage>().clientId, clientId(i));
            QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
            f.server.reply(own(3 + i, i, QString::number(i)));
        }
        QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"1"_s, u"2"_s, u"3"_s, u"4"_s, u"5"_s}));
    }

    /// Case B10: five more are typed while the twenty of before are going out.
    void whatIsTypedWhileTheQueueEmptiesComesAfterIt()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.drop();
        for (int i = 1; i <= 20; ++i)
            send(i, QString::number(i));
        QTRY_COMPARE(f.server.attempts, 2);
        f.connectWith(hello({}));
        for (int i = 1; i <= 25; ++i) {
            if (i <= 5)
                send(20 + i, QString::number(20 + i));
            QCOMPARE(f.server.expect<SendMessage>().text, QString::number(i));
            QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
            f.server.reply(own(3 + i, i, QString::number(i)));
        }
        QCOMPARE(f.texts().size(), 26);
        QVERIFY(f.engine->store().outbox().items(kRoom).isEmpty());
    }

    /// Cases C7, C9: what happens to a message before it left is one sending, or none.
    void editedOrDeletedOfflineIsSentOnceOrNever()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.drop();
        send(1, u"first"_s);
        send(2, u"never mind"_s);
        QVERIFY(f.engine->wishes().edit(kRoom, clientId(1), u"second"_s));
        QVERIFY(f.engine->wishes().edit(kRoom, clientId(1), u"third"_s));
        QVERIFY(f.engine->wishes().remove(kRoom, clientId(2)));
        f.stop();
        f.start();
        f.connectWith(hello({}));
        const auto asked = f.server.expect<SendMessage>();
        QCOMPARE(asked.clientId, clientId(1));
        QCOMPARE(asked.text, u"third"_s);
        f.server.reply(own(4, 1, u"third"_s));
        for (const char *op : {SendMessage::kInfo.name, EditMessage::kInfo.name, DeleteMessage::kInfo.name})
            QVERIFY(!f.server.hasRequest(op));
        QCOMPARE(f.texts(), (QStringList{u"text"_s, u"third"_s}));
    }

    /// Case C8.
    void editsDuringTheSendLandOnTheRightId()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"first"_s);
        (void)f.server.expect<SendMessage>();
        QVERIFY(f.engine->wishes().edit(kRoom, clientId(1), u"second"_s));
        QVERIFY(f.engine->wishes().edit(kRoom, clientId(1), u"third"_s));
        QCOMPARE(f.timeline().rows.first().text, u"third"_s);
        f.server.reply(own(4, 1, u"first"_s));
        QCOMPARE(f.timeline().rows.first().text, u"third"_s); // the echo overwrites no newer wish
        const auto asked = f.server.expect<EditMessage>();
        QCOMPARE(asked.messageId, 4);
        QCOMPARE(asked.text, u"third"_s);
        Message edited = own(4, 1, u"third"_s);
        edited.revision = 5;
        edited.editedAt = 1;
        f.server.reply(edited);
        QCOMPARE(f.timeline().rows.first().pendingChange, PendingChange::None);
        QCOMPARE(f.cursor(), 5);
    }

    /// Case C9.
    void deletionDuringTheSendBecomesSendAndDelete()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"oops"_s);
        (void)f.server.expect<SendMessage>();
        QVERIFY(f.engine->wishes().remove(kRoom, clientId(1)));
        QVERIFY(f.timeline().rows.first().deleted);
        f.server.reply(own(4, 1, u"oops"_s));
        QCOMPARE(f.server.expect<DeleteMessage>().messageId, 4);
    }

    void refusedEditIsShownAndCanBeGivenUp()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({own(3, 1, u"mine"_s)}, 3);
        QVERIFY(f.engine->wishes().edit(kRoom, MessageId(3), u"changed"_s));
        (void)f.server.expect<EditMessage>();
        f.server.refuse(Error::denied(u"too late"_s));
        QCOMPARE(f.timeline().rows.first().pendingChange, PendingChange::EditFailed);
        QCOMPARE(f.timeline().rows.first().error.message, u"too late"_s);
        QVERIFY(f.engine->wishes().discard(kRoom, clientId(1)));
        QCOMPARE(f.texts(), (QStringList{u"mine"_s}));
    }

    /// Case C1.
    void sessionThatEndsKeepsTheQueue()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        (void)f.server.expect<SendMessage>();
        f.server.refuse(Error::unauthenticated(u"ended"_s));
        QCOMPARE(f.engine->state(), Client::State::SessionOver);
        QCOMPARE(f.timeline().rows.first().state, DeliveryState::Pending);
    }

    /// Case C5.
    void messageAboveTheFrameLimitFailsWithoutBeingSent()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.stop();
        f.start();
        send(1, QString(3000, u'x')); // offline, by the limits of before
        HelloReply reply = hello({});
        reply.server.limits.frameBytes = 2000;
        f.connectWith(reply);
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
        QCOMPARE(f.timeline().rows.first().state, DeliveryState::Failed);
        QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
        // C5: known beforehand, it is refused before it is queued, with the field and the limit.
        const Result<ClientId> refused = f.engine->wishes().send(kRoom, clientId(2), QString(3000, u'x'), 0);
        QCOMPARE(refused.error().code, ErrorCode::TooLarge);
        QCOMPARE(refused.error().field, u"text"_s);
        QVERIFY(refused.error().message.contains(u"1488"_s));
        QCOMPARE(f.texts().size(), 2);
    }

    /// Case C5.
    void frameThatEndsTheConnectionIsNotSentAgain()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        send(1, u"hello"_s);
        (void)f.server.expect<SendMessage>();
        f.server.drop(static_cast<int>(CloseReason::TooLarge));
        QTRY_COMPARE(f.server.attempts, 2);
        f.connectWith(hello({}));
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
        QVERIFY(!f.server.hasRequest(SendMessage::kInfo.name));
        QCOMPARE(f.timeline().rows.first().state, DeliveryState::Failed);
    }

    /// Case H1.
    void textThatNoTextMayHoldIsRefusedAtTheEdge()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        const QString lone = u"a"_s + QChar(0xD800) + u"b"_s;
        const QString null = u"a"_s + QChar(0) + u"b"_s;
        for (const QString &text : {lone, null}) {
            const Result<ClientId> sent = f.engine->wishes().send(kRoom, clientId(1), text, 0);
            QVERIFY(!sent);
            QCOMPARE(sent.error().code, ErrorCode::InvalidArgument);
            QCOMPARE(sent.error().field, u"text"_s);
            QVERIFY(!f.engine->wishes().setDraft(kRoom, text));
        }
        QVERIFY(!f.engine->wishes().send(kRoom, clientId(1), QString(10'001, u'x'), 0));
        QCOMPARE(f.texts().size(), 1);
    }

    void sendingClearsTheDraftInTheSameStep()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().setDraft(kRoom, u"hel"_s));
        send(1, u"hello"_s);
        f.stop();
        f.start();
        QCOMPARE(f.engine->store().notes().draft(kRoom), QString());
    }

private:
    static Message own(MessageId id, int client, const QString &text)
    {
        Message made = message(id, kMe, text);
        made.clientId = clientId(client);
        return made;
    }
    void send(int id, const QString &text) { QVERIFY(m_fixture->engine->wishes().send(kRoom, clientId(id), text, 0)); }

    std::unique_ptr<EngineFixture> m_fixture;
};

CONFAB_TEST_CLASS(tst_Outbox)
#include "tst_Outbox.moc"
