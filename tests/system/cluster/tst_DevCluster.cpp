// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// `./dev cluster` as somebody types it, in a process group of its own as a terminal gives it.
class DevCluster
{
public:
    ~DevCluster()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.terminate();
        m_process.waitForFinished();
    }

    /// True when it says that all of it runs.
    bool start(const QString &folder)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setChildProcessModifier([] {
            ::setpgid(0, 0);
            ::prctl(PR_SET_PDEATHSIG, SIGTERM); // it goes, in order, with a test that dies
        });
        m_process.start(qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/dev"_s,
                        {u"cluster"_s, u"--dir"_s, folder, u"--bin"_s, QCoreApplication::applicationDirPath()});
        return waitUntil([this] {
                   m_output += QString::fromUtf8(m_process.readAll());
                   return m_output.contains("Ctrl-C stops everything"_L1) || m_process.state() == QProcess::NotRunning;
               }) &&
               m_process.state() == QProcess::Running;
    }

    /// What it printed behind this name.
    QUrl address(const QString &name) const
    {
        static const QRegularExpression line(u"^(.+?) {2,}(\\S+://\\S+)$"_s, QRegularExpression::MultilineOption);
        for (auto match = line.globalMatch(m_output); match.hasNext();) {
            const QRegularExpressionMatch found = match.next();
            if (found.captured(1) == name)
                return QUrl(found.captured(2));
        }
        return {};
    }

    /// Its exit code after a signal, to all of its group where it comes from a terminal; -1: it does not end.
    int end(int signal, bool isFromTerminal)
    {
        const auto pid = static_cast<pid_t>(m_process.processId());
        ::kill(isFromTerminal ? -pid : pid, signal);
        const bool ended = waitUntil([this] { return m_process.state() == QProcess::NotRunning; });
        return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }

    QString output() { return m_output += QString::fromUtf8(m_process.readAll()); }

private:
    QProcess m_process;
    QString m_output;
};

/// Processes that work in a folder or were told of it.
QStringList processesOf(const QString &folder)
{
    QStringList found;
    for (const QString &pid : QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs)) {
        QFile file(u"/proc/"_s + pid + u"/cmdline"_s);
        const QByteArray command = file.open(QFile::ReadOnly) ? file.readAll().replace('\0', ' ') : QByteArray();
        if (command.contains(folder.toLocal8Bit()) ||
            QFile::symLinkTarget(u"/proc/"_s + pid + u"/cwd"_s).startsWith(folder))
            found.append(QString::fromLocal8Bit(command));
    }
    return found;
}

double webSocketsAt(const QUrl &node)
{
    const QByteArray page = RestClient(node).request("GET", u"/metrics"_s).body;
    static const QRegularExpression sockets(u"confab_connections\\{protocol=\"websocket\"\\} (\\S+)"_s);
    return sockets.match(QString::fromUtf8(page)).captured(1).toDouble();
}

} // namespace

/// The script that people try several nodes with.
class tst_DevCluster : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void peopleOnTwoNodesChatAndNothingIsLeft()
    {
        DevCluster cluster;
        QVERIFY2(cluster.start(m_folder.path()), qPrintable(cluster.output()));
        const QUrl balancer = cluster.address(u"balancer"_s);
        const QUrl first = cluster.address(u"node 1"_s);
        const QUrl second = cluster.address(u"node 2"_s);
        QVERIFY2(balancer.isValid() && first.isValid() && second.isValid(), qPrintable(cluster.output()));
        QVERIFY(processesOf(m_folder.path()).size() > 5);

        Person ada(balancer);
        QVERIFY(ada.registerAs(u"ada"_s));
        Person joan(balancer);
        const Result<User> user = joan.registerAs(u"joan"_s);
        QVERIFY(user);
        // The balancer chooses who has the fewest.
        QCOMPARE(webSocketsAt(first), 1.0);
        QCOMPARE(webSocketsAt(second), 1.0);
        const Result<Conversation> direct = await(ada.client().createDirect(user->id));
        QVERIFY(direct);
        QVERIFY(await(ada.client().sendMessage(direct->id, u"across"_s)));
        QVERIFY(waitUntil([&] {
            const QList<Message> shown = joan.timeline(direct->id);
            return shown.size() == 1 && shown.first().content.text == "across"_L1;
        }));
        QVERIFY(await(joan.client().sendMessage(direct->id, u"and back"_s)));
        QVERIFY(waitUntil([&] { return ada.timeline(direct->id).size() == 2; }));

        QCOMPARE(cluster.end(SIGINT, true), 130);
        QVERIFY2(processesOf(m_folder.path()).isEmpty(), qPrintable(processesOf(m_folder.path()).join(u'\n')));
    }

    /// With --dir what was there before is there again; whoever asks it to end is not at a terminal.
    void goesOnWithItsFolder()
    {
        DevCluster cluster;
        QVERIFY2(cluster.start(m_folder.path()), qPrintable(cluster.output()));
        Person ada(cluster.address(u"balancer"_s));
        QVERIFY(ada.signIn(u"ada"_s, Person::password()));
        // Nobody who looks into the database holds it up.
        QProcess psql;
        psql.start(u"psql"_s, {cluster.address(u"PostgreSQL"_s).toString(), u"-c"_s, u"SELECT 'inside'"_s, u"-c"_s,
                               u"SELECT pg_sleep(600)"_s});
        QVERIFY(waitUntil([&] { return psql.readAllStandardOutput().contains("inside"); }));
        QCOMPARE(cluster.end(SIGTERM, false), 0);
        QVERIFY(waitUntil([&] { return psql.state() == QProcess::NotRunning; }));
        QVERIFY2(processesOf(m_folder.path()).isEmpty(), qPrintable(processesOf(m_folder.path()).join(u'\n')));
    }

    /// It says so and stops the rest, instead of going on as half a cluster.
    void endsWhenOneOfThemEnds()
    {
        DevCluster cluster;
        QVERIFY2(cluster.start(m_folder.path()), qPrintable(cluster.output()));
        const QStringList command{u"-p"_s, QString::number(cluster.address(u"Redis"_s).port()), u"SHUTDOWN"_s,
                                  u"NOSAVE"_s};
        QCOMPARE(QProcess::execute(u"redis-cli"_s, command), 0);
        QVERIFY(waitUntil([&] { return processesOf(m_folder.path()).isEmpty(); }));
        QVERIFY2(cluster.output().contains("one of them ended"_L1), qPrintable(cluster.output()));
    }
};

CONFAB_TEST_CLASS(tst_DevCluster)
#include "tst_DevCluster.moc"
