// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/Migrations.h"
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtCore/QDir>

#include <array>
#include <csignal>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kMovedVersion = 1000;
int statementsToLive = 0; // 0: all of them

void run(SqliteFile &file, const QString &sql)
{
    file.run(sql);
    if (statementsToLive > 0 && --statementsToLive == 0)
        ::raise(SIGKILL);
}

/// A migration as they come: a table is built anew, filled from the old one, and takes its place.
constexpr std::array kMoveTables{Migration{
    kMovedVersion, [](SqliteFile &file) {
        run(file, u"CREATE TABLE moved (conversation_id BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"_s);
        run(file, u"INSERT INTO moved SELECT conversation_id, text FROM drafts"_s);
        run(file, u"DROP TABLE drafts"_s);
        run(file, u"CREATE TABLE meta_moved (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"_s);
        run(file, u"INSERT INTO meta_moved SELECT key, value FROM meta"_s);
        run(file, u"DROP TABLE meta"_s);
        run(file, u"ALTER TABLE meta_moved RENAME TO meta"_s);
    }}};

/// Has a child process migrate the file; gives its wait status. It dies behind that many statements, or at its first
/// write beyond that many pages of a file; 0: it does not.
int migrateInAChild(const QString &path, int statements, int pages)
{
    const pid_t child = ::fork();
    if (child == 0) {
        statementsToLive = statements;
        if (pages > 0) {
            const rlimit none{0, 0};
            ::setrlimit(RLIMIT_CORE, &none);
            const rlimit limit{rlim_t(pages) * 4096, rlim_t(pages) * 4096};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            ::signal(SIGXFSZ, SIG_DFL);
        }
        SqliteFile file;
        const bool migrated = file.open(path) && migrate(file, kMoveTables);
        file.close();
        ::_exit(migrated ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

} // namespace

/// Migrations, transactions, holes.
class tst_LocalStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void keepsWhatWasWritten()
    {
        {
            LocalStore store;
            QVERIFY(store.open(m_directory->path()));
            QVERIFY(store.write(Durability::Flushed, [&] {
                store.setMe(user(kMe, u"Me"_s));
                store.notes().setDraft(kRoom, u"draft \U0001F600"_s);
            }));
        }
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QCOMPARE(store.me().displayName, u"Me"_s);
        QCOMPARE(store.notes().draft(kRoom), u"draft \U0001F600"_s);
    }

    /// Case O11.
    void refusesAProfileInUse()
    {
        LocalStore first;
        QVERIFY(first.open(m_directory->path()));
        LocalStore second;
        const Result<Done> opened = second.open(m_directory->path());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Conflict);
    }

    /// Case O3.
    void refusesANewerFileAndLeavesIt()
    {
        {
            LocalStore store;
            QVERIFY(store.open(m_directory->path()));
            QVERIFY(store.write(Durability::Flushed, [&] { store.setMeta(u"x"_s, "kept"); }));
        }
        SqliteFile file;
        QVERIFY(file.open(path()));
        QVERIFY(file.write(Durability::Flushed, [&] { file.run(u"PRAGMA user_version=999"_s); }));
        file.close();

        LocalStore store;
        const Result<Done> opened = store.open(m_directory->path());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Conflict);
        QVERIFY(file.open(path()));
        QCOMPARE(file.value(u"SELECT value FROM meta WHERE key = 'x'"_s).toByteArray(), "kept");
    }

    /// Case O3.
    void failedMigrationLeavesTheOldVersion()
    {
        SqliteFile file;
        QVERIFY(file.open(path()));
        const std::array steps{
            Migration{1, [](SqliteFile &f) { f.run(u"CREATE TABLE a (x)"_s); }},
            Migration{2,
                      [](SqliteFile &f) {
                          f.run(u"CREATE TABLE b (x)"_s);
                          f.run(u"INSERT INTO missing VALUES (1)"_s);
                      }},
        };
        QVERIFY(!migrate(file, steps));
        QCOMPARE(file.value(u"PRAGMA user_version"_s).toInt(), 1);
        QCOMPARE(file.value(u"SELECT count(*) FROM sqlite_schema WHERE name = 'b'"_s).toInt(), 0);
    }

    void killedInAMigrationItOpensAtTheOldVersionOrTheNew_data()
    {
        QTest::addColumn<bool>("whileWriting");
        QTest::newRow("behind each statement") << false;
        QTest::newRow("at each page") << true;
    }
    /// Case O3.
    /// A process that migrates a filled profile is killed behind each statement, and at each page that it writes.
    void killedInAMigrationItOpensAtTheOldVersionOrTheNew()
    {
        QFETCH(bool, whileWriting);
        int deaths = 0;
        int olds = 0;
        for (bool finished = false; !finished; ++deaths) {
            init();
            {
                LocalStore store;
                QVERIFY(store.open(m_directory->path()));
                QVERIFY(store.write(Durability::Flushed, [&] {
                    store.notes().setDraft(kRoom, u"kept"_s);
                    store.setMeta(u"large"_s, QByteArray(50'000, 'x'));
                }));
            }
            const int status = migrateInAChild(path(), whileWriting ? 0 : deaths + 1, whileWriting ? deaths + 1 : 0);
            finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
            QVERIFY(finished || WIFSIGNALED(status));

            SqliteFile file;
            QVERIFY(file.open(path()));
            const int version = file.value(u"PRAGMA user_version"_s).toInt();
            const bool isNew = version == kMovedVersion;
            QVERIFY(isNew || (version == migrations().back().version && !finished));
            olds += isNew ? 0 : 1;
            QCOMPARE(file.value(u"PRAGMA integrity_check"_s).toString(), u"ok"_s);
            const QString held = u"SELECT text FROM %1"_s;
            QCOMPARE(file.value(held.arg(isNew ? u"moved"_s : u"drafts"_s)).toString(), u"kept"_s);
            QVERIFY(migrate(file, kMoveTables));
            QCOMPARE(file.value(held.arg(u"moved"_s)).toString(), u"kept"_s);
            QCOMPARE(file.value(u"SELECT length(value) FROM meta WHERE key = 'large'"_s).toInt(), 50'000);
        }
        QVERIFY2(olds >= 7, "it died in fewer places than it has statements");
        QVERIFY2(!whileWriting || deaths > olds + 1, "it never died while the log was brought into the file");
    }

    /// Cases O7, O9: a full disk fails the write alone, whatever SQLite has rolled back by itself, and it is said.
    void fullDiskFailsTheWriteAndNothingElse()
    {
        SqliteFile file;
        QVERIFY(file.open(path()));
        QVERIFY(file.write(Durability::Flushed, [&] {
            file.run(u"CREATE TABLE kept (x)"_s);
            file.run(u"INSERT INTO kept VALUES ('before')"_s);
        }));
        file.each(u"PRAGMA max_page_count=1"_s, {}, [](const QSqlQuery &) {}); // no fewer than there are
        const QByteArray large(100'000, 'x');
        for (int i = 0; i < 3; ++i) {
            const Result<Done> full = file.write(Durability::Flushed, [&] {
                file.run(u"INSERT INTO kept VALUES ('half')"_s);
                file.run(u"INSERT INTO kept VALUES (?)"_s, {large});
                file.run(u"INSERT INTO kept VALUES ('after')"_s);
            });
            QVERIFY(!full);
            QCOMPARE(full.error().code, ErrorCode::Unavailable);
            QVERIFY(file.isDiskFull());
            QCOMPARE(file.value(u"SELECT group_concat(x) FROM kept"_s).toString(), u"before"_s);
        }
        file.each(u"PRAGMA max_page_count=1000000"_s, {}, [](const QSqlQuery &) {});
        QVERIFY(file.write(Durability::Flushed, [&] { file.run(u"INSERT INTO kept VALUES (?)"_s, {large}); }));
        QVERIFY(!file.isDiskFull());
    }

    /// A read that breaks off in the middle of a write has not read all there is: nothing may be built on it.
    void readThatBreaksOffFailsItsWrite()
    {
        SqliteFile file;
        QVERIFY(file.open(path()));
        QVERIFY(file.write(Durability::Flushed, [&] {
            file.run(u"CREATE TABLE numbers (x)"_s);
            file.run(u"INSERT INTO numbers VALUES (1), (2), (3)"_s);
        }));
        const QString overflowsAtTwo =
            u"SELECT CASE WHEN x = 2 THEN abs(-9223372036854775807 - 1) ELSE x END FROM numbers"_s;
        int rows = 0;
        QVERIFY(!file.write(Durability::Flushed, [&] {
            file.each(overflowsAtTwo, {}, [&](const QSqlQuery &) { ++rows; });
            file.run(u"DELETE FROM numbers"_s);
        }));
        QCOMPARE(rows, 1);
        QCOMPARE(file.value(u"SELECT count(*) FROM numbers"_s).toInt(), 3);
    }

    /// Case O10: the write-ahead log starts anew however much was read in between.
    void noReaderHoldsTheLogOpen()
    {
        SqliteFile file;
        QVERIFY(file.open(path()));
        QVERIFY(file.write(Durability::Soon, [&] { file.run(u"CREATE TABLE rows (x)"_s); }));
        const QByteArray row(4'000, 'x');
        for (int i = 0; i < 40; ++i) {
            QVERIFY(file.write(Durability::Soon, [&] {
                for (int j = 0; j < 100; ++j)
                    file.run(u"INSERT INTO rows VALUES (?)"_s, {row});
            }));
            QVERIFY(file.value(u"SELECT x FROM rows LIMIT 1"_s).isValid());
        }
        QCOMPARE(file.value(u"SELECT count(*) FROM rows"_s).toInt(), 4'000);
        // 16 MB were written. SQLite starts the log anew at some 4 MB unless a reader stands in its way.
        QVERIFY2(QFileInfo(path() + u"-wal"_s).size() < 8'000'000,
                 qPrintable(QString::number(QFileInfo(path() + u"-wal"_s).size())));
    }

    void failedWriteChangesNothing()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        bool told = false;
        store.onCommit([&](const ChangeSet &) { told = true; });
        QVERIFY(!store.write(Durability::Flushed, [&] {
            store.notes().setDraft(kRoom, u"draft"_s);
            store.fail(Error::internal(u"no"_s));
        }));
        QCOMPARE(store.notes().draft(kRoom), QString());
        QVERIFY(!told);
        QVERIFY(store.changes().conversations.isEmpty());
    }

    void rowsInAHoleAreNotStored()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QVERIFY(store.write(Durability::Soon, [&] {
            store.messages().addHole(kRoom, {5, 10});
            QCOMPARE(store.putMessage(message(5), kMe), PutOutcome::Added);
            QCOMPARE(store.putMessage(message(6), kMe), PutOutcome::InHole);
            QCOMPARE(store.putMessage(message(9), kMe), PutOutcome::InHole);
            QCOMPARE(store.putMessage(message(10), kMe), PutOutcome::Added);
        }));
        QCOMPARE(store.messages().before(kRoom, 0, 10).size(), 2);
    }

    void aNewHoleSwallowsRowsAndSmallerHoles()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QVERIFY(store.write(Durability::Soon, [&] {
            store.putMessage(message(7), kMe);
            store.messages().addHole(kRoom, {2, 4});
            store.messages().addHole(kRoom, {1, 9});
        }));
        QCOMPARE(store.messages().holes(kRoom), (QList<Hole>{{1, 9}}));
        QVERIFY(store.messages().before(kRoom, 0, 10).isEmpty());
    }

    void holesShrinkAndClose()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QVERIFY(store.write(Durability::Soon, [&] { store.messages().addHole(kRoom, {0, 10}); }));
        QVERIFY(store.write(Durability::Soon, [&] { store.messages().shrinkHole(kRoom, {0, 10}, 4); }));
        QCOMPARE(store.messages().holes(kRoom), (QList<Hole>{{0, 4}}));
        QVERIFY(store.write(Durability::Soon, [&] { store.messages().shrinkHole(kRoom, {0, 4}, 1); }));
        QVERIFY(store.messages().holes(kRoom).isEmpty());
    }

    void olderRevisionsChangeNothing()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        Message edited = message(1, kOther, u"new"_s);
        edited.revision = 5;
        QVERIFY(store.write(Durability::Soon, [&] {
            store.putMessage(edited, kMe);
            QCOMPARE(store.putMessage(message(1, kOther, u"old"_s), kMe), PutOutcome::Kept);
        }));
        QCOMPARE(store.messages().find(kRoom, 1)->content.text, u"new"_s);
    }

    void onlyOnesOwnMessageMergesWithAPendingOne()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        Message foreign = message(1, kOther);
        foreign.clientId = clientId(1);
        Message own = message(2, kMe);
        own.clientId = clientId(1);
        QVERIFY(store.write(Durability::Soon, [&] {
            store.outbox().addSend(kRoom, clientId(1), u"mine"_s, 0, 0);
            store.putMessage(foreign, kMe);
        }));
        QCOMPARE(store.outbox().items(kRoom).size(), 1);
        QVERIFY(store.write(Durability::Soon, [&] { store.putMessage(own, kMe); }));
        QVERIFY(store.outbox().items(kRoom).isEmpty());
    }

    void cursorOnlyMovesForward()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QVERIFY(store.write(Durability::Soon, [&] {
            store.conversations().putEntry(entry(kRoom, 9));
            store.conversations().setCursor(kRoom, 9);
            store.conversations().setCursor(kRoom, 4);
        }));
        QCOMPARE(store.conversations().find(kRoom)->cursor, 9);
    }

    void readPositionsAreAMaximum()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QVERIFY(store.write(Durability::Soon, [&] {
            store.notes().markRead(kRoom, 9);
            store.notes().markRead(kRoom, 4);
            store.people().putReceipt({kRoom, kOther, 9, 8});
            store.people().putReceipt({kRoom, kOther, 4, 3});
        }));
        QCOMPARE(store.notes().readMark(kRoom)->messageId, 9);
        QCOMPARE(store.people().reached(kRoom, kOther), (Reached{9, 8}));
    }

    void signingOutEmptiesTheProfile()
    {
        LocalStore store;
        QVERIFY(store.open(m_directory->path()));
        QVERIFY(store.write(Durability::Flushed, [&] {
            store.setMe(user(kMe, u"Me"_s));
            store.notes().setDraft(kRoom, u"draft"_s);
            store.outbox().addSend(kRoom, clientId(1), u"text"_s, 0, 0);
            store.putMessage(message(1), kMe);
        }));
        QVERIFY(store.write(Durability::Flushed, [&] { store.clear(); }));
        QVERIFY(store.me().id.isNull());
        QCOMPARE(store.notes().draft(kRoom), QString());
        QVERIFY(store.outbox().items(kRoom).isEmpty());
        QVERIFY(store.messages().before(kRoom, 0, 10).isEmpty());
    }

private:
    QString path() const { return QDir(m_directory->path()).filePath(u"confab.db"_s); }

    std::unique_ptr<QTemporaryDir> m_directory;
};

CONFAB_TEST_CLASS(tst_LocalStore)
#include "tst_LocalStore.moc"
