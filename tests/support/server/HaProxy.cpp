// SPDX-License-Identifier: MIT
#include "tests/support/server/HaProxy.h"

#include "tests/support/FreePort.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QFile>
#include <QtNetwork/QTcpSocket>

#include <csignal>
#include <sys/prctl.h>

namespace confab::test {

using namespace Qt::StringLiterals;

HaProxy::~HaProxy()
{
    m_process.kill();
    m_process.waitForFinished();
}

bool HaProxy::start(const QList<quint16> &nodes, const QStringList &options)
{
    m_port = freePort();
    QStringList arguments{u"--bind"_s, u"127.0.0.1:%1"_s.arg(m_port), u"--connections"_s, u"400"_s};
    arguments += options;
    for (const quint16 node : nodes)
        arguments.append(u"127.0.0.1:%1"_s.arg(node));
    const QByteArray text = configuration(arguments);
    QFile file(m_directory.filePath(u"haproxy.cfg"_s));
    if (text.isEmpty() || !file.open(QFile::WriteOnly) || file.write(text) != text.size())
        return false;
    file.close();
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }); // it goes with a test that dies
    m_process.start(u"/usr/sbin/haproxy"_s, {u"-db"_s, u"-f"_s, file.fileName()});
    const QDeadlineTimer deadline(30'000);
    while (!deadline.hasExpired()) {
        QTcpSocket probe;
        probe.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
        if (probe.waitForConnected(1000))
            return true;
        if (m_process.waitForFinished(50))
            break;
    }
    qWarning("HAProxy does not start: %s", m_process.readAll().constData());
    return false;
}

QUrl HaProxy::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port));
}

QByteArray HaProxy::configuration(const QStringList &arguments)
{
    QProcess script;
    script.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    script.start(u"bash"_s,
                 QStringList{qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/scripts/haproxy.sh"_s} + arguments);
    const bool ended = script.waitForFinished() && script.exitCode() == 0;
    return ended ? script.readAllStandardOutput() : QByteArray();
}

} // namespace confab::test
