// SPDX-License-Identifier: MIT
#include "tests/contract/database/MessageStoreContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/TestStore.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// The SQLite engine's appends under the contract, and that they share transactions.
class tst_SqliteMessageStore : public confab::test::MessageStoreContract
{
    Q_OBJECT

    std::unique_ptr<test::TestStore> m_store;

    Database &database() override { return m_store->database(); }
    MessageStore &store() override { return m_store->messages(); }
    const IdGenerator &ids() override { return m_store->ids(); }

    /// Sends one message after the other, each once the one before was stored.
    Task<Done> sendInTurn(UserId sender, ConversationId conversation, int count)
    {
        for (int i = 0; i < count; ++i) {
            Append append;
            append.conversationId = conversation;
            append.senderId = sender;
            append.clientId = m_store->ids().make<ClientId>();
            append.content.text = u"hello"_s;
            const Result<Appended> appended = co_await m_store->messages().append(append);
            if (!appended)
                co_return appended.error();
        }
        co_return Done{};
    }

private Q_SLOTS:
    void init() { m_store = std::make_unique<test::TestStore>(test::TestStore::Engine::Sqlite); }
    void cleanup() { m_store.reset(); }

    /// Commits per second stay far below appends per second: 64 senders who each wait for their last message share
    /// the writer's transactions. A ratio of one run, so that no machine is too slow or too fast for it.
    void sharesTransactionsUnderLoad()
    {
        constexpr int kSenders = 64;
        constexpr int kEach = 30;
        Batch batch;
        QList<UserId> senders;
        QList<ConversationId> chats;
        for (int i = 0; i < kSenders; ++i) {
            senders.append(m_store->addUser(u"user%1"_s.arg(i)));
            chats.append(m_store->ids().make<ConversationId>());
            batch.append({"INSERT INTO conversations (id, kind, title, creator_id, created_at, active_at) "
                          "VALUES (?, 2, '', ?, 0, 0)",
                          {chats.last(), senders.last()},
                          1});
            batch.append({"INSERT INTO members (conversation_id, user_id, role, joined_at, revision, "
                          "account_revision) VALUES (?, ?, 3, 0, 1, 1)",
                          {chats.last(), senders.last()},
                          1});
        }
        QVERIFY(test::await(m_store->database().commit(batch)));

        const WriterCounters &counters = m_store->sqlite().counters();
        const qint64 commits = counters.commits;
        const qint64 appends = counters.appends;
        std::vector<QCoro::Task<Result<Done>>> tasks;
        for (int i = 0; i < kSenders; ++i)
            tasks.push_back(sendInTurn(senders.at(i), chats.at(i), kEach));
        for (auto &task : tasks)
            QVERIFY(test::await(std::move(task)));
        QCOMPARE(counters.appends - appends, kSenders * kEach);
        const qint64 used = counters.commits - commits;
        QVERIFY2(used * 4 <= kSenders * kEach,
                 qPrintable(u"%1 commits for %2 appends"_s.arg(used).arg(kSenders * kEach)));
    }

    void countsNewMessagesAlone()
    {
        const qint64 before = m_store->sqlite().counters().appends;
        const Append append{m_store->ids().make<ConversationId>(),
                            m_store->addUser(u"ada"_s),
                            m_store->ids().make<ClientId>(),
                            0,
                            {u"x"_s, 0}};
        QVERIFY(!test::await(m_store->messages().append(append)));
        QCOMPARE(m_store->sqlite().counters().appends.load(), before);
    }
};

CONFAB_TEST_CLASS(tst_SqliteMessageStore)
#include "tst_SqliteMessageStore.moc"
