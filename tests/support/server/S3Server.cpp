// SPDX-License-Identifier: MIT
#include "tests/support/server/S3Server.h"

#include <QtCore/QDeadlineTimer>

#include <csignal>

namespace confab::test {
using namespace Qt::StringLiterals;

namespace {
constexpr int kStartMs = 120'000;
constexpr qsizetype kValues = 5;
} // namespace

S3Server::~S3Server()
{
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(kStartMs))
        m_process.kill();
}

bool S3Server::start()
{
    m_process.setWorkingDirectory(qEnvironmentVariable("CONFAB_SOURCE_DIR"));
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(u"./dev"_s, {u"s3"_s});
    const QDeadlineTimer deadline(kStartMs);
    while (m_values.size() < kValues) {
        while (m_process.canReadLine()) {
            const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
            if (line.startsWith("S3_"_L1))
                m_values.insert(line.section(u'=', 0, 0), line.section(u'=', 1));
        }
        if (m_values.size() < kValues && !m_process.waitForReadyRead(static_cast<int>(deadline.remainingTime())))
            return false;
    }
    return true;
}

void S3Server::signalGateway(int number) const
{
    ::kill(value("S3_GATEWAY_PID").toInt(), number);
}

} // namespace confab::test
