// SPDX-License-Identifier: MIT
#include "server/app/move/StoreMove.h"
#include "server/backends/database/postgres/PostgresStore.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/TestStore.h"

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

/// Texts that engines, collations and encodings treat differently.
const QStringList kTexts{
    QString(),
    u"a"_s,
    u"B"_s,
    u"Z"_s,
    u"é"_s,
    u"e\u0301"_s,
    u"ß"_s,
    u"İ"_s,
    u"\uFEFFbegins with a mark"_s,
    u"\uFF5E before \U0001D54F as UTF-8, behind it as UTF-16"_s,
    u"\U0001D54F"_s,
    u"👩‍👩‍👧‍👦 \t\r\n\\N \\. 'quoted' \"twice\""_s,
    u"مرحبا 中文 \u0001\u007F\u0085\u2028"_s,
};
const QList<qint64> kNumbers{
    0, 1, -1, 9'007'199'254'740'993, std::numeric_limits<qint64>::max(), std::numeric_limits<qint64>::min()};

} // namespace

/// A store that is moved into a PostgreSQL.
class tst_StoreMove : public QObject
{
    Q_OBJECT

    test::PostgresServer m_server;
    std::unique_ptr<test::TestStore> m_store;
    QByteArray m_name;
    int m_count = 0;
    SystemClock m_clock;
    IdGenerator m_ids{m_clock};
    QStringList m_told;
    std::function<void(const QString &line)> m_onLine; ///< Called for each line that is told.
    OpenFailure m_failure;
    QString m_directory; ///< Of the store's files.

    void write(const Statement &statement)
    {
        const Result<BatchOutcome> outcome = test::await(m_store->database().commit({statement}));
        if (!outcome || !outcome->committed())
            qFatal("the test's row cannot be written");
    }

    /// Rows of every table, among them many messages of one conversation.
    void fill(int messages = 300)
    {
        QList<UserId> users;
        for (const QString &text : kTexts) {
            users.append(m_ids.make<UserId>());
            const QString unique = text + QString::number(users.size());
            write({"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) VALUES "
                   "(?, ?, ?, ?, ?, ?)",
                   {users.last(), unique, unique, text, text, kNumbers.at(users.size() % kNumbers.size())},
                   {}});
            write({"INSERT INTO user_terms (term, user_id) VALUES (?, ?)", {text, users.last()}, {}});
            write(
                {"INSERT INTO user_presence (user_id, last_seen_at, hides_last_seen, status_text) VALUES (?, ?, 1, ?)",
                 {users.last(), kNumbers.at(users.size() % kNumbers.size()), text},
                 {}});
            write({"INSERT INTO external_accounts (external_id, user_id) VALUES (?, ?)", {text, users.last()}, {}});
            QByteArray hash = QByteArray::fromHex("00ff0aff00") + QByteArray::number(users.size());
            write({"INSERT INTO sessions (id, user_id, token_hash, device_name, created_at, last_seen_at) VALUES (?, "
                   "?, ?, ?, 1, 2)",
                   {m_ids.make<SessionId>(), users.last(), hash, text},
                   {}});
            write({"INSERT INTO invites (id, code_hash, note, created_by, created_at, max_uses, uses_left) VALUES (?, "
                   "?, ?, ?, 1, 5, 4)",
                   {m_ids.make<InviteId>(), hash, text, QUuid()},
                   {}});
            write({"INSERT INTO audit_log (id, at, actor_id, actor, address, action, target, detail) VALUES (?, 1, ?, "
                   "?, ?, ?, ?, ?)",
                   {users.size(), users.last(), text, text, text, text, text},
                   {}});
            write({"INSERT INTO claims (purpose, scope, client_id, subject, created_at) VALUES (?, ?, ?, ?, 1)",
                   {text, QUuid(), m_ids.makeUuid(), users.last()},
                   {}});
        }
        const auto conversation = m_ids.make<ConversationId>();
        write(
            {"INSERT INTO conversations (id, kind, title, creator_id, created_at, active_at) VALUES (?, 2, 'A group', "
             "?, 1, 1)",
             {conversation, users.first()},
             {}});
        write({"INSERT INTO direct_pairs (low_id, high_id, conversation_id) VALUES (?, ?, ?)",
               {users.first(), users.first(), conversation},
               {}});
        write({"INSERT INTO members (conversation_id, user_id, role, joined_at, revision, account_revision) VALUES (?, "
               "?, 3, 1, 1, 1)",
               {conversation, users.first()},
               {}});
        Batch batch;
        for (int i = 1; i <= messages; ++i) {
            const qint64 id = i <= kNumbers.size() ? kNumbers.at(i - 1) : 1000 + i;
            batch.append(
                {"INSERT INTO messages (conversation_id, id, revision, sender_id, client_id, created_at, text) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?)",
                 {conversation, id, id, users.first(), m_ids.makeUuid(), i, kTexts.at(i % kTexts.size())},
                 {}});
        }
        const Result<BatchOutcome> outcome = test::await(m_store->database().commit(batch));
        if (!outcome || !outcome->committed())
            qFatal("the test's messages cannot be written");
    }

    GenerationId generation()
    {
        const auto rows = test::await(m_store->database().query({"SELECT generation FROM server_meta", {}, {}}));
        return rows && !rows->isEmpty() ? rows->first().first().toId<GenerationId>() : GenerationId();
    }

    /// On the store's files, which nobody else has open.
    template<typename Action>
    Result<Done> onFiles(const QByteArray &database, Action action)
    {
        m_told.clear();
        const std::unique_ptr<MoveSource> source = MoveSource::open(m_directory, &m_failure);
        if (!source)
            return Error::internal(m_failure.message);
        const std::unique_ptr<MoveTarget> target = MoveTarget::open(m_server.conninfo(database), &m_failure);
        if (!target)
            return Error::internal(m_failure.message);
        StoreMove move(*source, *target, QString::fromLatin1(database), m_clock, [this](const QString &line) {
            m_told.append(line);
            if (m_onLine)
                m_onLine(line);
        });
        return action(move);
    }
    Result<Done> move()
    {
        return onFiles(m_name, [](StoreMove &move) { return move.run(); });
    }
    Result<Done> check()
    {
        return onFiles(m_name, [](StoreMove &move) { return move.check(); });
    }

    /// Ends the move's connection when it tells its \a n-th line.
    void cutAt(int n)
    {
        m_onLine = [this, n](const QString &) {
            if (m_told.size() == n)
                m_server.run("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = '" +
                             m_name + "'");
        };
    }

    std::unique_ptr<PostgresStore> serve()
    {
        PostgresDatabase::Options options;
        options.conninfo = m_server.conninfo(m_name);
        return PostgresStore::open(options, m_ids, &m_failure);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.start({u"fsync=off"_s})); }
    void init()
    {
        m_onLine = {};
        m_name = "move" + QByteArray::number(++m_count);
        m_server.makeDatabase(m_name);
        m_store = std::make_unique<test::TestStore>(test::TestStore::Engine::Sqlite);
        m_directory = m_store->dataDir();
    }

    void movesEveryKindOfValue()
    {
        fill();
        const GenerationId before = generation();
        const auto texts = test::await(m_store->database().query({"SELECT text FROM messages ORDER BY id", {}, {}}));
        const auto bytes =
            test::await(m_store->database().query({"SELECT token_hash FROM sessions ORDER BY id", {}, {}}));
        m_store->close();
        const Result<Done> moved = move();
        QVERIFY2(moved, moved ? "" : qPrintable(moved.error().message));
        QVERIFY(m_told.contains(u"messages: 300 rows copied"_s));
        QVERIFY(m_told.contains(u"Both hold the same."_s));

        const std::unique_ptr<PostgresStore> store = serve();
        QVERIFY2(store, qPrintable(m_failure.message));
        const ShardStore shard = store->forShard({});
        const auto found = test::await(shard.database->query({"SELECT generation FROM server_meta", {}, {}}));
        QVERIFY(found);
        QCOMPARE(found->first().first().toId<GenerationId>(), before);
        const auto movedTexts = test::await(shard.database->query({"SELECT text FROM messages ORDER BY id", {}, {}}));
        QVERIFY(texts && movedTexts);
        QCOMPARE(movedTexts->rows.size(), 300);
        for (int i = 0; i < 300; ++i)
            QCOMPARE(movedTexts->rows.at(i).first().toText(), texts->rows.at(i).first().toText());
        const auto movedBytes =
            test::await(shard.database->query({"SELECT token_hash FROM sessions ORDER BY id", {}, {}}));
        QVERIFY(bytes && movedBytes);
        QCOMPARE(movedBytes->rows.size(), kTexts.size());
        for (int i = 0; i < kTexts.size(); ++i)
            QCOMPARE(movedBytes->rows.at(i).first().toBytes(), bytes->rows.at(i).first().toBytes());
    }

    void theOldStoreDoesNotStartAgain()
    {
        m_store->close();
        QVERIFY(move());
        SqliteDatabase::Options options;
        options.dataDir = m_directory;
        QVERIFY(!SqliteDatabase::open(options, m_ids, &m_failure));
        QCOMPARE(m_failure.reason, OpenFailure::Reason::Moved);
        QVERIFY2(m_failure.message.contains(QString::fromLatin1(m_name)), qPrintable(m_failure.message));
        QVERIFY(move()); // nothing is left to do
        const QByteArray other = m_name + "other";
        m_server.makeDatabase(other);
        const Result<Done> again = onFiles(other, [](StoreMove &move) { return move.run(); });
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::Conflict);
    }

    /// The connection is ended at each line in turn, which is after every table and every comparison: in between
    /// neither store can be served as if it were whole, and the next run goes on.
    void goesOnWhereItWasInterrupted()
    {
        fill();
        m_store->close();
        int cuts = 0;
        for (int line = 1; line < 200; ++line) {
            cutAt(line);
            const Result<Done> moved = move();
            if (moved)
                break;
            ++cuts;
            QVERIFY2(moved.error().code == ErrorCode::Unavailable, qPrintable(moved.error().message));
            QVERIFY(!serve());
            QCOMPARE(m_failure.reason, OpenFailure::Reason::Moved);
        }
        m_onLine = {};
        QVERIFY2(cuts > 20, qPrintable(QString::number(cuts)));
        QVERIFY(move());
        QVERIFY2(serve(), qPrintable(m_failure.message));
        QVERIFY(check());
    }

    void doesNotCopyTwice()
    {
        fill(25'000); // more than two batches
        m_store->close();
        // One row that PostgreSQL does not take, behind the first batches.
        m_onLine = [this](const QString &line) {
            if (line.startsWith("members: "_L1))
                m_server.run("ALTER TABLE messages ADD CONSTRAINT no CHECK (created_at < 24000)", m_name);
        };
        const Result<Done> refused = move();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Conflict);
        QVERIFY2(!refused.error().message.contains(u"mark"_s), qPrintable(refused.error().message));
        const qint64 copied = m_server.run("SELECT count(*) FROM messages", m_name).toLongLong();
        QVERIFY2(copied >= 10'000 && copied < 25'000, qPrintable(QString::number(copied)));
        m_onLine = {};
        m_server.run("ALTER TABLE messages DROP CONSTRAINT no", m_name);
        QVERIFY(move());
        QVERIFY(m_told.contains(u"users: 0 rows copied"_s));
        QVERIFY2(m_told.contains(u"messages: %1 rows copied"_s.arg(25'000 - copied)), qPrintable(m_told.join(u'\n')));
    }

    void refusesADatabaseThatHoldsSomethingElse()
    {
        m_store->close();
        m_server.run("CREATE TABLE things (a bigint)", m_name);
        const Result<Done> foreign = move();
        QVERIFY(!foreign);
        QCOMPARE(foreign.error().code, ErrorCode::Conflict);
        m_server.run("DROP TABLE things", m_name);
        QVERIFY(serve()); // makes a store of its own
        const Result<Done> another = move();
        QVERIFY(!another);
        QCOMPARE(another.error().code, ErrorCode::Conflict);
        QVERIFY2(another.error().message.contains(u"not empty"_s), qPrintable(another.error().message));
        QVERIFY(!check());
    }

    void refusesAStoreInUse()
    {
        QVERIFY(!move());
        QCOMPARE(m_failure.reason, OpenFailure::Reason::AlreadyRunning);
    }

    void findsWhatIsNotTheSame_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QString>("found");
        QTest::newRow("one number") << QByteArray("UPDATE messages SET edited_at = 7 WHERE id = 1200") << u"1200"_s;
        QTest::newRow("one text") << QByteArray("UPDATE users SET display_name = 'Z ' WHERE display_name = 'Z'")
                                  << u"users"_s;
        QTest::newRow("a row too few") << QByteArray("DELETE FROM messages WHERE id = 1300") << u"1300"_s;
        QTest::newRow("the last row") << QByteArray("DELETE FROM audit_log WHERE id = 13") << u"13"_s;
        QTest::newRow("a row too many") << QByteArray("INSERT INTO user_terms SELECT 'zzz', id FROM users LIMIT 1")
                                        << u"user_terms"_s;
    }
    void findsWhatIsNotTheSame()
    {
        QFETCH(QByteArray, change);
        QFETCH(QString, found);
        fill();
        m_store->close();
        QVERIFY(move());
        QVERIFY(check());
        m_server.run(change, m_name);
        const Result<Done> checked = check();
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, ErrorCode::Conflict);
        QVERIFY2(checked.error().message.contains(found), qPrintable(checked.error().message));
        QVERIFY2(!checked.error().message.contains(u"zzz"_s), qPrintable(checked.error().message));
    }

    /// Somebody served the old store between an interrupted move and the next run of it.
    void doesNotTakeHalfOfAStoreThatWentOn()
    {
        fill();
        m_store->close();
        cutAt(5);
        const Result<Done> cut = move();
        QVERIFY(!cut);
        QCOMPARE(cut.error().code, ErrorCode::Unavailable);
        m_onLine = {};
        m_store->reopen();
        write({"UPDATE users SET display_name = 'changed' WHERE display_name = 'Z'", {}, {}});
        m_store->close();
        const Result<Done> moved = move();
        QVERIFY(!moved);
        QCOMPARE(moved.error().code, ErrorCode::Conflict);
        QVERIFY2(moved.error().message.contains(u"users"_s), qPrintable(moved.error().message));
        QVERIFY(!serve());
        m_store->reopen(); // and can be served as before
    }

    void undoingGivesTheStoreAnotherGeneration()
    {
        fill();
        const GenerationId before = generation();
        m_store->close();
        QVERIFY(move());
        {
            const std::unique_ptr<MoveSource> source = MoveSource::open(m_directory, &m_failure);
            QVERIFY(source);
            QVERIFY(source->mark());
            QVERIFY(source->takeMarkOff(m_ids.make<GenerationId>()));
        }
        m_store->reopen();
        QVERIFY(generation() != before);
        m_store->close();
        QVERIFY(!move()); // the database holds what is another store now
    }

    void checkingChangesNothing()
    {
        fill();
        m_store->close();
        QVERIFY(check());
        QVERIFY(m_told.contains(u"messages: 300 rows, 0 of them copied"_s));
        QCOMPARE(m_server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", m_name), "0");
        m_store->reopen();
    }

    void tuplesComeOutOfAnyPieces()
    {
        const QList<Column> columns{{"a", ColumnType::Number}, {"b", ColumnType::Text}, {"c", ColumnType::Uuid}};
        const Result<QByteArray> first = copyTuple(columns, {1, u"ä"_s, QByteArray(16, 'x')});
        const Result<QByteArray> second = copyTuple(columns, {Value(), Value(), Value()}); // NULLs
        QVERIFY(first && second);
        const QByteArray stream = copyHead() + *first + *second + copyEnd();
        for (qsizetype size = 1; size <= stream.size(); ++size) {
            CopyReader reader;
            QByteArrayList tuples;
            for (qsizetype at = 0; at < stream.size(); at += size) {
                reader.add(QByteArrayView(stream).sliced(at, qMin(size, stream.size() - at)));
                while (const std::optional<QByteArray> tuple = reader.next())
                    tuples.append(*tuple);
            }
            QCOMPARE(tuples, (QByteArrayList{*first, *second}));
        }
        const Result<QByteArray> wrong = copyTuple(columns, {1, 2, Value()});
        QVERIFY(!wrong);
        QVERIFY(wrong.error().message.contains(u'b'));
    }
};

CONFAB_TEST_CLASS(tst_StoreMove)
#include "tst_StoreMove.moc"
