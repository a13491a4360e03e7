// SPDX-License-Identifier: MIT
#include "tests/support/server/RedisServer.h"

#include "tests/support/FreePort.h"

#include <QtCore/QDeadlineTimer>

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
    m_process = std::make_unique<QProcess>();
    m_process->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }); // it goes with a test that dies
    m_process->setStandardOutputFile(m_directory.filePath(u"log"_s), QIODevice::Append);
    m_process->start(u"redis-server"_s,
                     QStringList{u"--port"_s, QString::number(port()), u"--bind"_s, u"127.0.0.1"_s, u"--save"_s, u""_s,
                                 u"--appendonly"_s, u"no"_s, u"--dir"_s, m_directory.path()} +
                         arguments);
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
