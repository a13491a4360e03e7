// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

/// What a device tells the server of messages that reached it.
class tst_DeliveryMarks : public QObject
{
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;

    QList<DeliveredUpTo> marks() { return m_fixture->engine->store().notes().deliveryMarks(100); }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_fixture->parts.syncTimings.deliveryMs = 20;
    }
    void cleanup() { m_fixture.reset(); }

    void whatCameTogetherIsToldOnce()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3), message(2)}, 3);
        f.server.inject(message(4));
        f.server.inject(message(5, kMe)); // one's own needs no word
        const auto told = f.server.expect<MarkDelivered>();
        QCOMPARE(told.positions, (QList<DeliveredUpTo>{{kRoom, 4}}));
        // What comes while it is on its way follows as one.
        f.server.inject(message(6));
        f.server.inject(message(7));
        QCOMPARE(marks(), (QList<DeliveredUpTo>{{kRoom, 7}}));
        QVERIFY(!f.server.hasRequest(MarkDelivered::kInfo.name));
        f.server.reply(Empty{});
        QCOMPARE(f.server.expect<MarkDelivered>().positions, (QList<DeliveredUpTo>{{kRoom, 7}}));
        f.server.reply(Empty{});
        QTRY_VERIFY(marks().isEmpty());
        QVERIFY(!f.server.hasRequest(MarkDelivered::kInfo.name));
    }

    void whatIsReadNeedsNoWord()
    {
        EngineFixture &f = *m_fixture;
        f.parts.syncTimings.deliveryMs = 200;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->readMarks().markRead(kRoom, 3));
        f.server.expect<MarkRead>();
        f.server.reply(ReadState{kRoom, 3, 0, 3, false, 2});
        QTRY_VERIFY(marks().isEmpty());
        QVERIFY(!f.server.hasRequest(MarkDelivered::kInfo.name));
    }

    void bigConversationsAreNotTold()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        ConversationEntry big = entry(kRoom, 3);
        big.conversation.memberCount = 101;
        HelloReply reply = hello({big});
        reply.changes = {page(kRoom, {message(3)}, 3)};
        f.connectWith(reply);
        QTRY_VERIFY(f.engine->state() == Client::State::Online && marks().isEmpty());
        QVERIFY(!f.server.hasRequest(MarkDelivered::kInfo.name));
    }

    void manyMarksThatNeedNoWordHoldNoOtherUp()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        HelloReply reply = hello({entry(kRoom, 3)});
        reply.changes = {page(kRoom, {message(3, kMe)}, 3)};
        f.connectWith(reply);
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
        // Of conversations that are gone since.
        LocalStore &store = f.engine->store();
        QVERIFY(store.write(Durability::Soon, [&] {
            for (int i = 0; i < 250; ++i)
                store.notes().markDelivered(conversationId(1000 + i), 5);
        }));
        QTRY_VERIFY(marks().isEmpty());
        QVERIFY(!f.server.hasRequest(MarkDelivered::kInfo.name));
    }

    void marksOutliveTheProgram()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.expect<MarkDelivered>();
        f.stop(); // before the answer
        f.start();
        f.connectWith(hello({}));
        QCOMPARE(f.server.expect<MarkDelivered>().positions, (QList<DeliveredUpTo>{{kRoom, 3}}));
    }

    void aServerThatCannotIsAskedAgainAndOneThatRefusesIsNot()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        f.server.expect<MarkDelivered>();
        f.server.refuse(Error::unavailable(u"later"_s));
        QCOMPARE(f.server.expect<MarkDelivered>().positions, (QList<DeliveredUpTo>{{kRoom, 3}}));
        f.server.refuse(Error::notFound(u"an older server"_s));
        QTRY_VERIFY(marks().isEmpty());
    }
};

CONFAB_TEST_CLASS(tst_DeliveryMarks)
#include "tst_DeliveryMarks.moc"
