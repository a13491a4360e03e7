// SPDX-License-Identifier: MIT
#include "tests/contract/database/DatabaseContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/TestStore.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlQuery>

#include <deque>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// The SQLite engine under the contract, and what it promises beyond it.
class tst_SqliteDatabase : public confab::test::DatabaseContract
{
    Q_OBJECT

    std::unique_ptr<test::TestStore> m_store;

    Database &database() override { return m_store->database(); }

    std::unique_ptr<SqliteDatabase> open(const QString &dataDir, OpenFailure *failure)
    {
        SqliteDatabase::Options options;
        options.dataDir = dataDir;
        return SqliteDatabase::open(options, m_store->ids(), failure);
    }

private Q_SLOTS:
    void init() { m_store = std::make_unique<test::TestStore>(test::TestStore::Engine::Sqlite); }
    void cleanup() { m_store.reset(); }

    void keepsDirectoryAndFilesPrivate()
    {
        QVERIFY(test::await(m_store->database().commit({{"CREATE TABLE t (a bigint)", {}, {}}})));
        for (const QString &suffix : {u""_s, u"-wal"_s, u"-shm"_s}) {
            struct stat status;
            QCOMPARE(::stat(QFile::encodeName(m_store->sqlite().filePath() + suffix).constData(), &status), 0);
            QCOMPARE(status.st_mode & 0777, mode_t(0600));
        }
        struct stat status;
        QCOMPARE(::stat(QFile::encodeName(m_store->dataDir()).constData(), &status), 0);
        QCOMPARE(status.st_mode & 0777, mode_t(0700));
    }

    void keepsDataAndGenerationAcrossRestarts()
    {
        const Statement generation{"SELECT generation FROM server_meta", {}, {}};
        const auto before = test::await(m_store->database().query(generation));
        QVERIFY(before);
        QVERIFY(!before->first().at(0).toUuid().isNull());
        m_store->addUser(u"ada"_s);
        m_store->reopen();
        const auto after = test::await(m_store->database().query(generation));
        QVERIFY(after);
        QCOMPARE(after->first().at(0).toUuid(), before->first().at(0).toUuid());
        const auto users = test::await(m_store->database().query({"SELECT handle FROM users", {}, {}}));
        QVERIFY(users);
        QCOMPARE(users->first().at(0).toText(), u"ada"_s);
    }

    void worksWhereItsRunnerSays()
    {
        QTemporaryDir directory;
        std::deque<std::function<void()>> work;
        SqliteDatabase::Options options;
        options.dataDir = directory.path();
        options.runner = [&work](std::function<void()> piece) { work.push_back(std::move(piece)); };
        OpenFailure failure;
        const auto database = SqliteDatabase::open(options, m_store->ids(), &failure);
        QVERIFY(database);
        auto made = database->commit({{"CREATE TABLE t (a bigint)", {}, {}}});
        auto inserted = database->commit({{"INSERT INTO t VALUES (7)", {}, {}}});
        QCOMPARE(database->counters().commits, 0);
        QCOMPARE(work.size(), 1U);
        work.front()();
        QVERIFY(test::await(std::move(made)));
        QVERIFY(test::await(std::move(inserted)));
        QCOMPARE(database->counters().commits, 1); // what waited for the same turn shares a transaction
        QCOMPARE(database->counters().groupSizes.sum(), 2);
        QCOMPARE(database->counters().groupSizes.count(), 1U);
        QCOMPARE(database->counters().commitDurations.count(), 1U);
        auto read = database->query({"SELECT a FROM t", {}, {}});
        QCOMPARE(work.size(), 2U);
        work.back()();
        const auto rows = test::await(std::move(read));
        QVERIFY(rows);
        QCOMPARE(rows->first().at(0).toInt(), 7);
    }

    void finishesWhatItsRunnerHasNotRun()
    {
        QTemporaryDir directory;
        std::deque<std::function<void()>> work;
        SqliteDatabase::Options options;
        options.dataDir = directory.path();
        options.runner = [&work](std::function<void()> piece) { work.push_back(std::move(piece)); };
        OpenFailure failure;
        auto database = SqliteDatabase::open(options, m_store->ids(), &failure);
        QVERIFY(database);
        auto made = database->commit({{"CREATE TABLE t (a bigint)", {}, {}}});
        auto read = database->query({"SELECT 7", {}, {}});
        database.reset();
        for (const auto &late : work)
            late(); // too late, and harmless
        QVERIFY(test::await(std::move(made)));
        const auto rows = test::await(std::move(read));
        QVERIFY(rows);
        QCOMPARE(rows->first().at(0).toInt(), 7);
    }

    void refusesASecondInstance()
    {
        OpenFailure failure;
        QVERIFY(!open(m_store->dataDir(), &failure));
        QCOMPARE(failure.reason, OpenFailure::Reason::AlreadyRunning);
        QVERIFY(failure.message.contains(QString::number(::getpid())));
    }

    void refusesADatabaseOfANewerRelease()
    {
        QVERIFY(test::await(m_store->database().commit({{"UPDATE server_meta SET schema_version = 999", {}, 1}})));
        const QString dataDir = m_store->dataDir();
        auto directory = std::make_unique<QTemporaryDir>();
        const QString copy = directory->filePath(u"confab.db"_s);
        QVERIFY(test::await(m_store->database().commit({{"PRAGMA user_version", {}, {}}})));
        QSqlDatabase::addDatabase(u"QSQLITE"_s, u"copy"_s);
        {
            QSqlDatabase source = QSqlDatabase::database(u"copy"_s, false);
            source.setDatabaseName(m_store->sqlite().filePath());
            QVERIFY(source.open());
            QVERIFY(QSqlQuery(source).exec(u"VACUUM INTO '%1'"_s.arg(copy)));
            source.close();
        }
        QSqlDatabase::removeDatabase(u"copy"_s);

        OpenFailure failure;
        QVERIFY(!open(directory->path(), &failure));
        QCOMPARE(failure.reason, OpenFailure::Reason::NewerSchema);
        QVERIFY(QFileInfo::exists(copy));
    }

    void refusesAFileThatIsNoDatabaseAndKeepsIt()
    {
        QTemporaryDir directory;
        QFile file(directory.filePath(u"confab.db"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QByteArray content = QByteArray("not a database ").repeated(200);
        file.write(content);
        file.close();
        OpenFailure failure;
        QVERIFY(!open(directory.path(), &failure));
        QCOMPARE(failure.reason, OpenFailure::Reason::Damaged);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), content);
    }

    void refusesAPathThatIsNoDirectory()
    {
        QTemporaryDir directory;
        QFile file(directory.filePath(u"taken"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        OpenFailure failure;
        QVERIFY(!open(directory.filePath(u"taken/data"_s), &failure));
        QCOMPARE(failure.reason, OpenFailure::Reason::Unwritable);
        QVERIFY(!failure.message.isEmpty());
    }

    /// Case O1.
    /// A step that fails in the middle leaves the version before, and the next start does it again (case O3).
    void migratesInStepsThatCanBeRepeated()
    {
        QTemporaryDir directory;
        SqliteDatabase::Options options;
        options.dataDir = directory.path();
        options.schema = {{1, {"CREATE TABLE one (a bigint)"}},
                          {2, {"CREATE TABLE two (a bigint)", "INSERT INTO nowhere VALUES (1)"}}};
        OpenFailure failure;
        QVERIFY(!SqliteDatabase::open(options, m_store->ids(), &failure));

        options.schema[1].statements[1] = "INSERT INTO two VALUES (7)";
        auto database = SqliteDatabase::open(options, m_store->ids(), &failure);
        QVERIFY(database);
        const auto rows = test::await(database->query({"SELECT a FROM two", {}, {}}));
        QVERIFY(rows);
        QCOMPARE(rows->rows.size(), 1);
        QCOMPARE(rows->first().at(0).toInt(), 7);
        const auto version = test::await(database->query({"SELECT schema_version FROM server_meta", {}, {}}));
        QVERIFY(version);
        QCOMPARE(version->first().at(0).toInt(), 2);
    }

    /// Terms of names with İ, as they were folded before, in their place and beside the term that they become.
    void addsTheTermsThatFoldingMakesNow()
    {
        QTemporaryDir directory;
        SqliteDatabase::Options options;
        options.dataDir = directory.path();
        options.schema = migrations().first(3);
        OpenFailure failure;
        auto database = SqliteDatabase::open(options, m_store->ids(), &failure);
        QVERIFY(database);
        const QByteArray person = "INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, "
                                  "created_at) VALUES (x'%1', '%1', '%1', '', '', 0)";
        QVERIFY(test::await(database->commit({{QByteArray(person).replace("%1", "0a"), {}, 1},
                                              {QByteArray(person).replace("%1", "0b"), {}, 1},
                                              {"INSERT INTO user_terms (term, user_id) VALUES ('IrmakI', x'0a'), "
                                               "('ive', x'0a'), ('Ive', x'0b'), ('ive', x'0b')",
                                               {},
                                               4}})));
        database.reset();

        options.schema = migrations();
        database = SqliteDatabase::open(options, m_store->ids(), &failure);
        QVERIFY(database);
        const auto rows = test::await(database->query(
            {"SELECT term || hex(user_id) FROM user_terms WHERE term = lower(term) ORDER BY 1", {}, {}}));
        QVERIFY(rows);
        QStringList found;
        for (const Row &row : rows->rows)
            found += row.at(0).toText();
        QCOMPARE(found, (QStringList{u"irmaki0A"_s, u"ive0A"_s, u"ive0B"_s}));
    }

    /// Case O6.
    /// While another connection holds the write lock batches queue; then they share one transaction. One whose
    /// COMMIT fails (a deferred constraint) must not take the others with it.
    void replaysAGroupWhoseCommitFailed()
    {
        SqliteDatabase &database = m_store->sqlite();
        QVERIFY(test::await(database.commit(
            {{"CREATE TABLE parents (id bigint PRIMARY KEY)", {}, {}},
             {"CREATE TABLE children (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES parents (id) "
              "DEFERRABLE INITIALLY DEFERRED)",
              {},
              {}},
             {"INSERT INTO parents (id) VALUES (1)", {}, 1}})));
        const qint64 commitsBefore = database.counters().commits;

        QSqlDatabase holder = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
        holder.setDatabaseName(database.filePath());
        QVERIFY(holder.open());
        QVERIFY(QSqlQuery(holder).exec(u"BEGIN IMMEDIATE"_s));
        const QByteArray insert = "INSERT INTO children (id, parent) VALUES (?, ?)";
        std::vector<QCoro::Task<Result<BatchOutcome>>> tasks;
        for (int i = 0; i < 20; ++i)
            tasks.push_back(database.commit({{insert, {i, i == 13 ? 99 : 1}, 1}}));
        QVERIFY(QSqlQuery(holder).exec(u"COMMIT"_s));
        holder.close();
        holder = {};
        QSqlDatabase::removeDatabase(u"holder"_s);

        for (int i = 0; i < 20; ++i) {
            const auto outcome = test::await(std::move(tasks[size_t(i)]));
            QCOMPARE(outcome.has_value(), i != 13);
        }
        const auto children = test::await(database.query({"SELECT count(*) FROM children", {}, {}}));
        QVERIFY(children);
        QCOMPARE(children->first().at(0).toInt(), 19);
        QVERIFY(database.counters().commits > commitsBefore);
    }

    /// A lock that another program does not give back fails what waits, once, and harms nothing.
    void answersUnavailableWhileAnotherProgramHoldsTheLock()
    {
        QTemporaryDir directory;
        SqliteDatabase::Options options;
        options.dataDir = directory.path();
        options.busyTimeoutMs = 50;
        OpenFailure failure;
        const auto database = SqliteDatabase::open(options, m_store->ids(), &failure);
        QVERIFY(database);
        QVERIFY(test::await(database->commit({{"CREATE TABLE t (a bigint)", {}, {}}})));
        const Statement insert{"INSERT INTO t (a) VALUES (1)", {}, 1};

        QSqlDatabase holder = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
        holder.setDatabaseName(database->filePath());
        QVERIFY(holder.open());
        QVERIFY(QSqlQuery(holder).exec(u"BEGIN IMMEDIATE"_s));
        std::vector<QCoro::Task<Result<BatchOutcome>>> tasks;
        for (int i = 0; i < 30; ++i)
            tasks.push_back(database->commit({insert}));
        for (auto &task : tasks) {
            const auto outcome = test::await(std::move(task));
            QVERIFY(!outcome);
            QCOMPARE(outcome.error().code, ErrorCode::Unavailable);
        }
        QVERIFY(QSqlQuery(holder).exec(u"ROLLBACK"_s));
        holder.close();
        holder = {};
        QSqlDatabase::removeDatabase(u"holder"_s);
        QVERIFY(database->counters().undone >= 1);
        QCOMPARE(database->counters().commits.load(), 1);
        QVERIFY(test::await(database->commit({insert})));
    }

    /// No statement of a reader stays open: otherwise the write-ahead log could never be started anew (case O10).
    void leavesNoReadTransactionOpen()
    {
        SqliteDatabase &database = m_store->sqlite();
        QVERIFY(test::await(database.commit({{"CREATE TABLE blobs (id bigint PRIMARY KEY, data bytea)", {}, {}}})));
        const QByteArray data(20'000, 'x');
        for (int i = 0; i < 600; ++i) {
            QVERIFY(test::await(database.commit({{"INSERT INTO blobs (id, data) VALUES (?, ?)", {i, data}, 1}})));
            QVERIFY(test::await(database.query({"SELECT id FROM blobs WHERE id >= ?", {i - 3}, {}})));
        }
        const qint64 written = 600 * data.size();
        QVERIFY2(QFileInfo(database.filePath() + u"-wal"_s).size() < written / 2, "the log was never checkpointed");
    }

    /// Case O7.
    void answersUnavailableOnceItsDiskIsFull()
    {
        SqliteDatabase &database = m_store->sqlite();
        QVERIFY(test::await(
            database.commit({{"CREATE TABLE blobs (data bytea)", {}, {}}, {"PRAGMA max_page_count = 200", {}, {}}})));
        const Statement big{"INSERT INTO blobs (data) VALUES (?)", {QByteArray(4'000'000, 'x')}, 1};
        const auto full = test::await(database.commit({big}));
        QVERIFY(!full);
        QCOMPARE(full.error().code, ErrorCode::Unavailable);
        const auto small =
            test::await(database.commit({{"INSERT INTO blobs (data) VALUES (?)", {QByteArray("y")}, 1}}));
        QVERIFY(small);
        QVERIFY(small->committed());
    }

    /// The hot reads use their indexes: the plan names no scan.
    void readsByIndexAlone()
    {
        const QList<QByteArray> reads = {
            "SELECT id FROM messages WHERE conversation_id = ? AND changed = 1 AND revision > ? AND +id <= ? "
            "AND +id >= ? ORDER BY revision LIMIT ?",
            "SELECT id, text FROM messages WHERE conversation_id = ? AND id > ? AND id >= ? ORDER BY id DESC LIMIT ?",
            "SELECT id FROM messages WHERE conversation_id = ? AND sender_id = ? AND client_id = ?",
            "SELECT user_id, role FROM members WHERE conversation_id = ? AND revision > ? ORDER BY revision LIMIT ?",
        };
        const QList<QByteArray> indexes = {"messages_changed", "PRIMARY KEY", "messages_by_client_id",
                                           "members_by_revision"};
        for (qsizetype i = 0; i < reads.size(); ++i) {
            const Statement explain{"EXPLAIN QUERY PLAN " + reads.at(i), QList<Value>(reads.at(i).count('?'), 1), {}};
            const auto plan = test::await(m_store->database().query(explain));
            QVERIFY(plan);
            QString text;
            for (const Row &row : plan->rows)
                text += row.at(3).toText() + u'\n';
            QVERIFY2(text.contains(QString::fromLatin1(indexes.at(i))), qPrintable(text));
            QVERIFY2(!text.contains("SCAN"_L1) && !text.contains("TEMP B-TREE"_L1), qPrintable(text));
        }
    }
};

CONFAB_TEST_CLASS(tst_SqliteDatabase)
#include "tst_SqliteDatabase.moc"
