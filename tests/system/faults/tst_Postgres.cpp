// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/support/server/PgBouncer.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/system/faults/FaultScene.h"

#include <csignal>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// A server on PostgreSQL, of which either is killed, restarted or cut off.
class tst_Postgres : public QObject
{
    Q_OBJECT

    PostgresServer m_postgres;
    int m_count = 0;

    QStringList onPostgres()
    {
        const QByteArray name = "scene" + QByteArray::number(++m_count);
        m_postgres.makeDatabase(name);
        return {u"--database-url"_s, QString::fromLatin1(m_postgres.url(name)), u"--shards"_s, u"2"_s};
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_postgres.start()); }

    /// Cases B5, O6.
    void killedServersLoseNothing()
    {
        FaultScene scene(onPostgres());
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (int round = 0; round < scaled(4); ++round)
            QCOMPARE(scene.killServerAmidChat(), QString());
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// Case O6: while PostgreSQL is away what is typed waits; once it is back, all of it is there once.
    void aDatabaseThatRestartsLosesNothing()
    {
        FaultScene scene(onPostgres());
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (int round = 0; round < scaled(3); ++round) {
            scene.chat(6);
            if (round % 2 == 0)
                m_postgres.kill9();
            else
                m_postgres.signal(SIGINT);
            scene.chat(2);
            QVERIFY(waitUntil([this] { return !m_postgres.isRunning(); }));
            QVERIFY(m_postgres.start());
        }
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void endedConnectionsLoseNothing()
    {
        FaultScene scene(onPostgres());
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (int round = 0; round < scaled(10); ++round) {
            scene.chat(3);
            m_postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'scene%'");
        }
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void saysThatTheDatabaseIsAway()
    {
        QByteArray errors;
        const int code = ConfabdProcess::run(
            {u"--database-url"_s, u"postgresql://someone:secret-word@127.0.0.1:1/nowhere"_s}, nullptr, &errors);
        QCOMPARE(code, 72);
        QVERIFY2(errors.contains("database server cannot be reached"), errors.constData());
        QVERIFY2(!errors.contains("secret-word"), errors.constData());
    }

    void saysThatAPoolerSharesConnections()
    {
        PgBouncer bouncer;
        QVERIFY(bouncer.start(m_postgres.port(), {"pool_mode = transaction"}));
        m_postgres.makeDatabase("pooled");
        QByteArray errors;
        const int code = ConfabdProcess::run({u"--database-url"_s, QString::fromLatin1(bouncer.conninfo("pooled"))},
                                             nullptr, &errors);
        QCOMPARE(code, 78);
        QVERIFY2(errors.contains("pool_mode = session"), errors.constData());
    }
};

CONFAB_TEST_CLASS(tst_Postgres)
#include "tst_Postgres.moc"
