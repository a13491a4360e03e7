// SPDX-License-Identifier: MIT
#include "server/app/ExitCode.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/system/faults/FaultScene.h"

#include <QtCore/QFile>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlError>
#include <QtSql/QSqlQuery>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;
using server::ExitCode;

namespace {

/// Rows that make a move take a while.
QString addRows(const QString &file, int count)
{
    QString trouble;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"rows"_s);
        database.setDatabaseName(file);
        QSqlQuery query(database);
        const bool done =
            database.open() &&
            query.exec(
                u"WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1000 + %1) "
                "INSERT INTO audit_log (id, at, actor_id, actor, address, action, target, detail) SELECT i, i, "
                "zeroblob(16), 'somebody', 'here', 'did', hex(randomblob(20)), hex(randomblob(100)) FROM n"_s.arg(
                    count));
        if (!done)
            trouble = database.lastError().text() + query.lastError().text();
    }
    QSqlDatabase::removeDatabase(u"rows"_s);
    return trouble;
}

} // namespace

/// `confabd migrate` as whoever runs it sees it, killed at any moment.
class tst_Migrate : public QObject
{
    Q_OBJECT

    PostgresServer m_postgres;
    QTemporaryDir m_directory;

    static int code(ExitCode exitCode) { return static_cast<int>(exitCode); }

    /// The file for --to-file.
    QString addressFile(const QByteArray &database)
    {
        QFile file(m_directory.filePath(QString::fromLatin1(database)));
        if (!file.open(QFile::WriteOnly) || file.write(m_postgres.url(database) + '\n') < 0)
            qFatal("the address cannot be written");
        return file.fileName();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_postgres.start()); }

    /// People chat on SQLite; while they go on typing, their server is stopped, moved with interruptions and started
    /// on PostgreSQL. They go on with what they hold: nothing is lost, and nobody has to sync anew.
    void peopleGoOnWithWhatTheyHold()
    {
        m_postgres.makeDatabase("people");
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.chat(20);
        QVERIFY(waitUntil([&] { return scene.checker->acknowledgedCount() >= 10; }));
        QCOMPARE(scene.server.terminate(), code(ExitCode::Stopped));
        scene.chat(3);
        const QString added = addRows(scene.server.dataDir() + u"/confab.db"_s, 80'000);
        QVERIFY2(added.isEmpty(), qPrintable(added));

        const QStringList command{u"migrate"_s, u"--from"_s, u"sqlite:"_s + scene.server.dataDir(), u"--to-file"_s,
                                  addressFile("people")};
        int killed = 0;
        for (int kills = scaled(8); kills > 0; --kills) {
            QProcess migrating;
            migrating.start(ConfabdProcess::program(), command);
            QVERIFY(migrating.waitForStarted());
            if (migrating.waitForFinished(scene.seed.between(10, 300)))
                continue; // it was faster, or there was nothing left to do
            migrating.kill();
            QVERIFY(migrating.waitForFinished());
            ++killed;
        }
        QVERIFY(killed > 0);
        QByteArray output;
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run(command, &output, &errors), code(ExitCode::Stopped));
        QVERIFY2(output.contains("The store is in PostgreSQL now") || output.contains("Nothing is left to do"), output);
        QCOMPARE(ConfabdProcess::run(command + QStringList{u"--check"_s}, &output, &errors), code(ExitCode::Stopped));
        QVERIFY2(output.contains("Both hold the same."), output + errors);

        QVERIFY(!scene.server.start());
        QVERIFY(scene.server.process().state() == QProcess::NotRunning ||
                scene.server.process().waitForFinished(30'000));
        QCOMPARE(scene.server.exitCode(), code(ExitCode::Moved));
        const QByteArray refusal = scene.server.errorOutput();
        QVERIFY2(refusal.contains("was moved to postgresql://***@127.0.0.1"), refusal);

        scene.server.setEnvironment({u"CONFAB_DATABASE_URL="_s + QString::fromLatin1(m_postgres.url("people"))});
        QVERIFY2(scene.server.start(), scene.server.errorOutput());
        scene.chat(5);
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        const QByteArray log = scene.server.errorOutput();
        QVERIFY2(!log.contains("another store"), log);
    }

    void saysWhatIsWrongWithTheCommandLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        const QString to = u"postgresql://a:secret-word@127.0.0.1:1/b"_s;
        QTest::newRow("nothing") << QStringList{} << u"--from"_s;
        QTest::newRow("no scheme") << QStringList{u"--from"_s, u"/somewhere"_s, u"--to"_s, to} << u"--from"_s;
        QTest::newRow("no target") << QStringList{u"--from"_s, u"sqlite:/somewhere"_s} << u"--to"_s;
        QTest::newRow("another engine") << QStringList{u"--from"_s, u"sqlite:/somewhere"_s, u"--to"_s, u"mysql://x"_s}
                                        << u"--to"_s;
        QTest::newRow("unknown") << QStringList{u"--blobs"_s} << u"--blobs"_s;
        QTest::newRow("no value") << QStringList{u"--from"_s} << u"--from"_s;
        QTest::newRow("no file") << QStringList{u"--from=sqlite:/somewhere"_s, u"--to-file=/nowhere/address"_s}
                                 << u"/nowhere/address"_s;
        QTest::newRow("undoing into") << QStringList{u"--from"_s, u"sqlite:/somewhere"_s, u"--undo"_s, u"--to"_s, to}
                                      << u"--undo"_s;
    }
    void saysWhatIsWrongWithTheCommandLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run(QStringList{u"migrate"_s} + arguments, nullptr, &errors), code(ExitCode::Usage));
        QVERIFY2(errors.contains(says.toUtf8()), errors);
        QVERIFY2(!errors.contains("secret-word"), errors);
    }

    void saysWhyItCannotMove()
    {
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        const QStringList from{u"migrate"_s, u"--from"_s, u"sqlite:"_s + confabd.dataDir()};
        const QStringList away{u"--to"_s, u"postgresql://a:secret-word@127.0.0.1:1/b"_s};
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run(from + away, nullptr, &errors), code(ExitCode::AlreadyRunning));
        QCOMPARE(confabd.terminate(), code(ExitCode::Stopped));
        QCOMPARE(ConfabdProcess::run(from + away, nullptr, &errors), code(ExitCode::DatabaseAway));
        QVERIFY2(!errors.contains("secret-word"), errors);
        m_postgres.makeDatabase("things");
        m_postgres.run("CREATE TABLE things (a bigint)", "things");
        const QStringList to{u"--to"_s, QString::fromLatin1(m_postgres.url("things"))};
        QCOMPARE(ConfabdProcess::run(from + to, nullptr, &errors), code(ExitCode::Moved));
        QVERIFY2(errors.contains("not empty"), errors);
        const QStringList fromNothing{u"migrate"_s, u"--from"_s, u"sqlite:"_s + m_directory.filePath(u"none"_s)};
        QCOMPARE(ConfabdProcess::run(fromNothing + to, nullptr, &errors), code(ExitCode::Moved));
        QVERIFY2(errors.contains("There is no store"), errors);
        QCOMPARE(ConfabdProcess::run(from + QStringList{u"--undo"_s}, nullptr, &errors), code(ExitCode::Moved));
        QVERIFY2(errors.contains("no mark"), errors);
        QVERIFY2(confabd.start(), confabd.errorOutput());
    }

    void canBeUndone()
    {
        m_postgres.makeDatabase("undone");
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        QCOMPARE(confabd.terminate(), code(ExitCode::Stopped));
        const QStringList from{u"migrate"_s, u"--from"_s, u"sqlite:"_s + confabd.dataDir()};
        const QStringList to{u"--to"_s, QString::fromLatin1(m_postgres.url("undone"))};
        QCOMPARE(ConfabdProcess::run(from + to), code(ExitCode::Stopped));
        QVERIFY(!confabd.start());
        QCOMPARE(ConfabdProcess::run(from + QStringList{u"--undo"_s}), code(ExitCode::Stopped));
        QVERIFY2(confabd.start(), confabd.errorOutput());
    }
};

CONFAB_TEST_CLASS(tst_Migrate)
#include "tst_Migrate.moc"
