// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/system/cluster/Cluster.h"
#include "tests/system/cluster/Crowd.h"

#include <QtCore/QElapsedTimer>

#include <csignal>
#include <sys/resource.h>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Two nodes under the traffic of two hundred SDK clients, while one of all that they rest on breaks. After each fault
/// the one judge of all fault tests says whether every acknowledged message exists once, all devices equal the database
/// and counts are right.
class tst_Cluster : public QObject
{
    Q_OBJECT

    static constexpr int kPeople = 200;
    static constexpr int kGroup = 10;

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Crowd> m_crowd;
    qint64 m_residentBefore = 0;

    /// Waits until everything stands again, and says how long that and a message to everybody took.
    void recover(const char *what, const QElapsedTimer &since)
    {
        QVERIFY(m_crowd->chatUntil([this] { return m_cluster->isWhole() && m_crowd->areAllOnline(); }));
        const qint64 whole = since.elapsed();
        const qint64 reach = m_crowd->reachTime();
        QVERIFY(reach >= 0);
        qInfo("%s: all online on a whole cluster after %lld ms, a message then reached everybody within %lld ms", what,
              whole, reach);
    }

private Q_SLOTS:
    void initTestCase()
    {
        rlimit files{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &files), 0);
        files.rlim_cur = files.rlim_max;
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &files), 0);
        m_cluster = std::make_unique<Cluster>();
        const QString trouble = m_cluster->open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        m_crowd = std::make_unique<Crowd>(QList<QUrl>{m_cluster->url()}, kPeople, kGroup);
        const QString missing = m_crowd->gather();
        QVERIFY2(missing.isEmpty(), qPrintable(missing));
        m_residentBefore = m_cluster->node(1).residentBytes();
    }

    /// Not after each row, but of all they left behind: a device that is wrong stays wrong.
    void cleanupTestCase()
    {
        m_crowd.reset();
        m_cluster.reset();
    }

    void chattingAloneBreaksNothing()
    {
        m_crowd->chat(scaled(100));
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void aKilledNode()
    {
        for (int round = 0; round < scaled(2); ++round) {
            m_crowd->chat(40);
            QElapsedTimer since;
            since.start();
            m_cluster->node(0).kill9();
            m_crowd->chat(40);
            QVERIFY(m_cluster->node(0).start());
            recover("kill -9 of a node", since);
        }
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void aKilledRedis()
    {
        m_crowd->chat(40);
        QElapsedTimer since;
        since.start();
        m_cluster->redis.kill9();
        m_crowd->chat(40);
        const qint64 without = m_crowd->reachTime();
        QVERIFY(without >= 0);
        qInfo("without Redis a message reached everybody within %lld ms", without);
        QVERIFY(m_cluster->redis.start());
        recover("kill -9 of Redis", since);
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void aSilentRedis()
    {
        m_crowd->chat(40);
        QElapsedTimer since;
        since.start();
        m_cluster->redis.signal(SIGSTOP);
        QVERIFY(m_crowd->chatUntil([this] { return !m_cluster->isWhole(); })); // it was found to be silent
        m_crowd->chat(20);
        m_cluster->redis.signal(SIGCONT);
        recover("partition of Redis", since);
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void aPostgresThatRestarts()
    {
        m_crowd->chat(40);
        QElapsedTimer since;
        since.start();
        m_cluster->postgres.signal(SIGINT);
        m_crowd->chat(20);
        QVERIFY(waitUntil([this] { return !m_cluster->postgres.isRunning(); }));
        QVERIFY(m_cluster->postgres.start());
        recover("restart of PostgreSQL", since);
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void databaseConnectionsEndedAtRandom()
    {
        for (int round = 0; round < scaled(10); ++round) {
            m_crowd->chat(10);
            m_cluster->postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                    "WHERE datname = 'cluster' AND random() < 0.5");
        }
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// Longer than the bound after which a silent peer is given up; its people go to the other node.
    void aStoppedNode()
    {
        m_crowd->chat(40);
        QElapsedTimer since;
        since.start();
        ::kill(static_cast<pid_t>(m_cluster->node(0).pid()), SIGSTOP);
        const qint64 wanted = 8'000 + 22'000 * (scaled(10) > 10);
        QVERIFY(m_crowd->chatUntil([&] { return since.elapsed() > wanted && m_crowd->areAllOnline(); }));
        ::kill(static_cast<pid_t>(m_cluster->node(0).pid()), SIGCONT);
        recover("SIGSTOP of a node", since);
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// Nodes go one after the other, in order: nobody is told of an error, and everything typed is there.
    void aRollingRestart()
    {
        for (int node = 0; node < 2; ++node) {
            m_crowd->chat(40);
            QElapsedTimer since;
            since.start();
            QCOMPARE(m_cluster->node(node).terminate(), 0);
            m_crowd->chat(40);
            QVERIFY(m_cluster->node(node).start());
            recover("restart of a node in order", since);
        }
        const QString complaints = m_crowd->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void memoryDoesNotGrow()
    {
        // The node that was never killed has lived through all of it, but for the restart that began it anew.
        const qint64 before = m_cluster->node(1).residentBytes();
        for (int round = 0; round < scaled(3); ++round) {
            m_cluster->redis.kill9();
            m_crowd->chat(30);
            QVERIFY(m_cluster->redis.start());
            QVERIFY(m_crowd->chatUntil([this] { return m_cluster->isWhole(); }));
        }
        const qint64 after = m_cluster->node(1).residentBytes();
        qInfo("node 2: %lld KiB after gathering, %lld before and %lld after further losses of Redis",
              m_residentBefore / 1024, before / 1024, after / 1024);
        QVERIFY2(after - before < 8 * 1024 * 1024, "a node keeps something of each loss");
    }
};

CONFAB_TEST_CLASS(tst_Cluster)
#include "tst_Cluster.moc"
