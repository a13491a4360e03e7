// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;
using Kind = OutboxItem::Kind;
using State = OutboxItem::State;

/// How wishes fold into each other.
class tst_OutboxTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_store.reset();
        m_directory = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<LocalStore>();
        QVERIFY(m_store->open(m_directory->path()));
    }

    /// Case C7.
    void editOfUnsentMessageChangesItsText()
    {
        send(1, u"first"_s);
        edit(1, u"second"_s);
        QCOMPARE(items().size(), 1);
        QCOMPARE(items().first().text, u"second"_s);
        QCOMPARE(items().first().kind, Kind::Send);
    }

    /// Case C9.
    void deletingUnsentMessageCancelsIt()
    {
        send(1, u"first"_s);
        QVERIFY(remove(1));
        QVERIFY(items().isEmpty());
    }

    void editOfMessageUnderWayFollowsIt()
    {
        send(1, u"first"_s);
        markSending(0);
        edit(1, u"second"_s);
        edit(1, u"third"_s);
        QCOMPARE(items().size(), 2);
        QCOMPARE(items().at(0).text, u"first"_s);
        QCOMPARE(items().at(1).kind, Kind::Edit);
        QCOMPARE(items().at(1).text, u"third"_s);
    }

    void whatMayHaveArrivedIsFollowedEvenWhenQueuedAgain()
    {
        send(1, u"first"_s);
        markSending(0);
        write([&] { m_store->outbox().requeueAll(); });
        edit(1, u"second"_s);
        QCOMPARE(items().size(), 2);
        QCOMPARE(items().at(0).text, u"first"_s);
        QVERIFY(remove(1));
        QCOMPARE(items().size(), 2);
        QCOMPARE(items().at(1).kind, Kind::Delete);
    }

    void editAfterSendLearnsTheMessageId()
    {
        send(1, u"first"_s);
        markSending(0);
        edit(1, u"second"_s);
        QVERIFY(!next() || next()->kind == Kind::Send);
        write([&] { QVERIFY(m_store->outbox().acknowledge(kRoom, clientId(1), 7)); });
        QCOMPARE(next()->kind, Kind::Edit);
        QCOMPARE(next()->messageId, 7);
    }

    void refusedMessageTakesTheEditBehindIt()
    {
        send(1, u"first"_s);
        markSending(0);
        edit(1, u"second"_s);
        fail(0);
        QCOMPARE(items().size(), 1);
        QCOMPARE(items().first().text, u"second"_s);
        QCOMPARE(items().first().state, State::Queued);
    }

    void refusedMessageIsCancelledByTheDeletionBehindIt()
    {
        send(1, u"first"_s);
        markSending(0);
        QVERIFY(remove(1));
        fail(0);
        QVERIFY(items().isEmpty());
    }

    /// Case C3.
    void refusedMessageHoldsNothingUp()
    {
        send(1, u"bad"_s);
        send(2, u"good"_s);
        markSending(0);
        fail(0);
        QCOMPARE(next()->clientId, clientId(2));
        QCOMPARE(items().first().error.code, ErrorCode::InvalidArgument);
    }

    void oneItemAtATimeLeaves()
    {
        send(1, u"first"_s);
        send(2, u"second"_s);
        QCOMPARE(next()->clientId, clientId(1));
        markSending(0);
        QVERIFY(!next());
    }

    void retryKeepsTheOldOrder()
    {
        send(1, u"first"_s);
        send(2, u"second"_s);
        fail(0);
        write([&] { QVERIFY(m_store->outbox().retry(kRoom, clientId(1))); });
        QCOMPARE(next()->clientId, clientId(1));
    }

    void discardForgetsWhatFailed()
    {
        send(1, u"first"_s);
        fail(0);
        write([&] { QVERIFY(m_store->outbox().discard(kRoom, clientId(1), u"key"_s)); });
        QVERIFY(items().isEmpty());
        write([&] { QVERIFY(!m_store->outbox().discard(kRoom, clientId(1), u"key"_s)); });
    }

    void editingAFailedMessageQueuesItAgain()
    {
        send(1, u"bad"_s);
        fail(0);
        edit(1, u"better"_s);
        QCOMPARE(items().first().state, State::Queued);
        QCOMPARE(items().first().text, u"better"_s);
    }

    void deletionTakesThePlaceOfAWaitingEdit()
    {
        write([&] { m_store->outbox().addEdit(kRoom, clientId(1), 5, u"edited"_s, 0); });
        write([&] { m_store->outbox().addDelete(kRoom, clientId(1), 5, u"key"_s, 0); });
        QCOMPARE(items().size(), 1);
        QCOMPARE(items().first().kind, Kind::Delete);
        QVERIFY(!m_store->write(Durability::Flushed,
                                [&] { m_store->outbox().addEdit(kRoom, clientId(1), 5, u"late"_s, 0); }));
        QCOMPARE(items().size(), 1);
    }

    void lostConversationFailsItsItemsAndKeepsThem()
    {
        send(1, u"first"_s);
        write([&] { m_store->dropConversation(kRoom); });
        QCOMPARE(items().size(), 1);
        QCOMPARE(items().first().state, State::Failed);
        QCOMPARE(items().first().error.code, ErrorCode::NotFound);
    }

private:
    void write(const std::function<void()> &body) { QVERIFY(m_store->write(Durability::Flushed, body)); }
    void send(int id, const QString &text)
    {
        write([&] { m_store->outbox().addSend(kRoom, clientId(id), text, 0, 0); });
    }
    void edit(int id, const QString &text)
    {
        write([&] { m_store->outbox().addEdit(kRoom, clientId(id), 0, text, 0); });
    }
    bool remove(int id)
    {
        return m_store
            ->write(Durability::Flushed, [&] { m_store->outbox().addDelete(kRoom, clientId(id), 0, u"key"_s, 0); })
            .has_value();
    }
    void markSending(int index)
    {
        write([&] { m_store->outbox().markSending(items().at(index)); });
    }
    void fail(int index)
    {
        write([&] { m_store->outbox().markFailed(items().at(index), Error::invalid(u"text"_s, u"no"_s), u"key"_s); });
    }
    QList<OutboxItem> items() { return m_store->outbox().items(kRoom); }
    std::optional<OutboxItem> next() { return m_store->outbox().next(kRoom); }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<LocalStore> m_store;
};

CONFAB_TEST_CLASS(tst_OutboxTable)
#include "tst_OutboxTable.moc"
