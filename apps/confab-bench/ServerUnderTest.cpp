// SPDX-License-Identifier: MIT
#include "apps/confab-bench/ServerUnderTest.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QFile>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <csignal>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {

constexpr int kStartMs = 30'000;

quint16 freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : quint16(0);
}

} // namespace

ServerUnderTest::~ServerUnderTest()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    if (!m_process.waitForFinished(kStartMs))
        m_process.kill();
    m_process.waitForFinished();
}

Result<quint16> ServerUnderTest::start(int shards)
{
    m_shards = shards;
    m_port = freePort();
    const Result<Done> launched = launch();
    if (!launched)
        return launched.error();
    return m_port;
}

Result<Done> ServerUnderTest::restart()
{
    m_process.kill();
    m_process.waitForFinished();
    return launch();
}

void ServerUnderTest::signal(int number)
{
    ::kill(static_cast<pid_t>(m_process.processId()), number);
}

Result<Done> ServerUnderTest::launch()
{
    QStringList arguments{u"--listen"_s,
                          u"127.0.0.1:%1"_s.arg(m_port),
                          u"--data-dir"_s,
                          m_directory.path(),
                          u"--auth-hash-memory-mib"_s,
                          u"8"_s,
                          u"--limits-auth-attempts-per-minute"_s,
                          u"0"_s,
                          u"--limits-requests-per-minute"_s,
                          u"0"_s,
                          u"--limits-messages-per-minute"_s,
                          u"0"_s,
                          u"--log-level"_s,
                          u"warning"_s,
                          u"--shards"_s,
                          QString::number(m_shards)};
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.setStandardOutputFile(QProcess::nullDevice());
    m_process.start(m_program, arguments + m_arguments);
    if (!m_process.waitForStarted())
        return Error::unavailable(u"cannot start %1: %2"_s.arg(m_program, m_process.errorString()));
    const QDeadlineTimer deadline(kStartMs);
    while (!deadline.hasExpired()) {
        QTcpSocket probe;
        probe.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        if (probe.waitForConnected(1000))
            return Done{};
        if (m_process.waitForFinished(50))
            return Error::unavailable(u"%1 ended with code %2"_s.arg(m_program).arg(m_process.exitCode()));
    }
    return Error::unavailable(u"%1 did not listen within %2 s"_s.arg(m_program).arg(kStartMs / 1000));
}

qint64 ServerUnderTest::residentBytes() const
{
    QFile status(u"/proc/%1/status"_s.arg(m_process.processId()));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong() * 1024;
    }
    return 0;
}

} // namespace confab::bench
