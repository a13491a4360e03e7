// SPDX-License-Identifier: MIT
#include "tests/support/server/RedisServer.h"

#include "tests/support/FreePort.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QFile>

#include <csignal>
#include <sys/prctl.h>

namespace confab::test {

using namespace Qt::StringLiterals;

RedisServer::~RedisServer()
{
    if (m_process && m_process->state() != QProcess::NotRunning)
        kill9();
}

quint16 RedisServer::port()
{
    if (m_port == 0)
        m_port = freePort();
    return m_port;
}

bool RedisServer::start(const QStringList &arguments)
{
    // A replica is served as soon as it asks.
    return launch(QStringList{u"--port"_s, QString::number(port()), u"--bind"_s, u"127.0.0.1"_s, u"--save"_s, u""_s,
                              u"--appendonly"_s, u"no"_s, u"--repl-diskless-sync-delay"_s, u"0"_s, u"--dir"_s,
                              m_directory.path()} +
                  arguments);
}

bool RedisServer::startAsReplicaOf(quint16 master, const QStringList &arguments)
{
    return start(QStringList{u"--replicaof"_s, u"127.0.0.1 %1"_s.arg(master)} + arguments);
}

bool RedisServer::startAsSentinel(const QString &masterName, quint16 master, int quorum, const QStringList &settings)
{
    // It writes down in its file what it finds out.
    QFile file(m_directory.filePath(u"sentinel.conf"_s));
    if (!file.open(QFile::WriteOnly))
        return false;
    const QStringList lines{u"port %1"_s.arg(port()),
                            u"bind 127.0.0.1"_s,
                            u"dir "_s + m_directory.path(),
                            u"sentinel monitor %1 127.0.0.1 %2 %3"_s.arg(masterName).arg(master).arg(quorum),
                            u"sentinel down-after-milliseconds %1 2000"_s.arg(masterName),
                            u"sentinel failover-timeout %1 5000"_s.arg(masterName)};
    file.write((lines + settings).join(u'\n').toUtf8() + '\n');
    file.close();
    return launch({file.fileName(), u"--sentinel"_s});
}

bool RedisServer::launch(const QStringList &arguments)
{
    m_process = std::make_unique<QProcess>();
    m_process->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }); // it goes with a test that dies
    m_process->setStandardOutputFile(m_directory.filePath(u"log"_s), QIODevice::Append);
    m_process->start(u"redis-server"_s, arguments);
    const QDeadlineTimer deadline(30'000);
    while (!deadline.hasExpired()) {
        const QByteArray answer = run({u"PING"_s});
        if (answer == "PONG" || answer.startsWith("NOAUTH"))
            return true;
        if (m_process->waitForFinished(20))
            break;
    }
    qWarning("Redis does not start");
    return false;
}

void RedisServer::kill9()
{
    m_process->kill();
    m_process->waitForFinished();
}

void RedisServer::signal(int number)
{
    ::kill(static_cast<pid_t>(m_process->processId()), number);
}

QString RedisServer::url(const QString &userInfo) const
{
    return u"redis://"_s + userInfo + u"127.0.0.1:"_s + QString::number(m_port);
}

QByteArray RedisServer::run(const QStringList &command) const
{
    QProcess client;
    client.start(u"redis-cli"_s, QStringList{u"-p"_s, QString::number(m_port)} + command);
    client.waitForFinished();
    return client.readAllStandardOutput().trimmed();
}

} // namespace confab::test
