// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresMessageStore.h"
#include "server/backends/database/postgres/PostgresMigrator.h"
#include "shared/core/Clock.h"
#include "tests/contract/database/MessageStoreContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"

#include <QtTest/QTest>

#include <thread>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// PostgreSQL's appends under the contract, that they share transactions, and its migrations.
class tst_PostgresMessageStore : public confab::test::MessageStoreContract
{
    Q_OBJECT

    test::PostgresServer m_server;
    ManualClock m_clock;
    IdGenerator m_ids{m_clock};
    PostgresDatabase::Options m_options;
    QByteArray m_name;
    std::unique_ptr<PostgresDatabase> m_database;
    std::unique_ptr<PostgresMessageStore> m_store;
    int m_count = 0;

    Database &database() override { return *m_database; }
    MessageStore &store() override { return *m_store; }
    const IdGenerator &ids() override { return m_ids; }

    std::optional<OpenFailure> migrateTo(const QList<Migration> &steps)
    {
        return PostgresMigrator(m_options.conninfo, steps).run(m_ids.make<GenerationId>());
    }

    /// What somebody who is the one member of a conversation may send there.
    Append draft()
    {
        Append append;
        append.senderId = m_ids.make<UserId>();
        append.conversationId = m_ids.make<ConversationId>();
        const auto made = test::await(m_database->commit(
            {{"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) "
              "VALUES (?, 'ada', 'ada', 'Ada', '', 0)",
              {append.senderId},
              1},
             {"INSERT INTO conversations (id, kind, title, creator_id, created_at, active_at) VALUES (?, 2, '', ?, 0, "
              "0)",
              {append.conversationId, append.senderId},
              1},
             {"INSERT INTO members (conversation_id, user_id, role, joined_at, revision, account_revision) "
              "VALUES (?, ?, 1, 0, 0, 0)",
              {append.conversationId, append.senderId},
              1}}));
        if (!made)
            qFatal("the test's conversation cannot be made");
        return append;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.start()); }
    void init()
    {
        m_name = "test" + QByteArray::number(++m_count);
        m_options.conninfo = m_server.makeDatabase(m_name) + " application_name=" + m_name;
        const std::optional<OpenFailure> failure = migrateTo(migrations());
        QVERIFY2(!failure, failure ? qPrintable(failure->message) : "");
        m_database = std::make_unique<PostgresDatabase>(m_options);
        m_store = std::make_unique<PostgresMessageStore>(m_options);
    }
    void cleanup()
    {
        m_store.reset();
        m_database.reset();
    }

    /// Case O1. Two nodes that start together make each step once; a step that fails leaves what was before it.
    void migratesOnceHoweverManyStart()
    {
        QList<Migration> steps = migrations();
        const int next = steps.last().version + 1;
        steps.append({next, {"CREATE TABLE extra (a bigint)", "INSERT INTO nowhere VALUES (1)"}});
        const std::optional<OpenFailure> failure = migrateTo(steps);
        QVERIFY(failure);
        QCOMPARE(m_server.run("SELECT count(*) FROM pg_tables WHERE tablename = 'extra'", m_name), "0");
        steps.last().statements.last() = "INSERT INTO extra VALUES (1)";
        std::array<std::optional<OpenFailure>, 4> failures;
        std::vector<std::thread> nodes;
        for (std::optional<OpenFailure> &each : failures)
            nodes.emplace_back([this, &each, &steps] { each = migrateTo(steps); });
        for (std::thread &node : nodes)
            node.join();
        for (const std::optional<OpenFailure> &each : failures)
            QVERIFY2(!each, each ? qPrintable(each->message) : "");
        QCOMPARE(m_server.run("SELECT count(*) FROM extra", m_name), "1");
        const std::optional<OpenFailure> older = migrateTo(migrations());
        QVERIFY(older);
        QCOMPARE(older->reason, OpenFailure::Reason::NewerSchema);
    }

    /// Many appends share a transaction while the connections are busy.
    void sharesTransactionsUnderLoad()
    {
        const Append hers = draft();
        std::vector<QCoro::Task<Result<Appended>>> tasks;
        for (int i = 0; i < 1000; ++i) {
            Append append = hers;
            append.clientId = m_ids.make<ClientId>();
            append.content.text = u"\"quoted\\\" {and, braced} 👩🏽‍🚀 %1"_s.arg(i);
            tasks.push_back(m_store->append(append));
        }
        QSet<qint64> ids;
        for (int i = 0; i < 1000; ++i) {
            const Result<Appended> appended = test::await(std::move(tasks[static_cast<std::size_t>(i)]));
            QVERIFY2(appended, appended ? "" : qPrintable(appended.error().message));
            QCOMPARE(appended->message.content.text, u"\"quoted\\\" {and, braced} 👩🏽‍🚀 %1"_s.arg(i));
            ids.insert(appended->message.id);
        }
        QCOMPARE(ids.size(), 1000);
        QVERIFY2(m_store->groups() <= 200, qPrintable(QString::number(m_store->groups())));
    }

    /// Connections that are ended at any moment: every acknowledged message is there once, under its number.
    void endedConnectionsLoseNothing()
    {
        const Append hers = draft();
        QHash<QUuid, qint64> acknowledged;
        for (int round = 0; round < 30; ++round) {
            QList<Append> appends;
            std::vector<QCoro::Task<Result<Appended>>> tasks;
            for (int i = 0; i < 100; ++i) {
                Append append = hers;
                append.clientId = m_ids.make<ClientId>();
                append.content.text = u"text"_s;
                appends.append(append);
                tasks.push_back(m_store->append(append));
            }
            m_server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" + m_name +
                         "'");
            for (int i = 0; i < 100; ++i) {
                const Result<Appended> appended = test::await(std::move(tasks[static_cast<std::size_t>(i)]));
                if (appended)
                    acknowledged.insert(appends.at(i).clientId.uuid(), appended->message.id);
                else
                    QCOMPARE(appended.error().code, ErrorCode::Unavailable);
            }
        }
        QVERIFY2(acknowledged.size() > 2000, qPrintable(QString::number(acknowledged.size())));
        const auto rows = test::await(m_database->query({"SELECT client_id, id FROM messages", {}, {}}));
        QVERIFY(rows);
        QHash<QUuid, qint64> stored;
        for (const Row &row : rows->rows)
            stored.insert(row.at(0).toUuid(), row.at(1).toInt());
        QCOMPARE(stored.size(), rows->rows.size());
        for (auto each = acknowledged.begin(); each != acknowledged.end(); ++each)
            QCOMPARE(stored.value(each.key()), each.value());
        const auto head = test::await(m_database->query({"SELECT revision FROM conversations", {}, {}}));
        QVERIFY(head);
        QCOMPARE(head->first().at(0).toInt(), qint64(stored.size())); // no number was burnt
    }
};

CONFAB_TEST_CLASS(tst_PostgresMessageStore)
#include "tst_PostgresMessageStore.moc"
