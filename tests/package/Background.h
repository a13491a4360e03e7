// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcess>

namespace confab::test {

/// A program that runs beside the test and is killed with the object.
class Background
{
public:
    Background(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setProcessEnvironment(environment);
        m_process.start(program, arguments);
    }
    ~Background()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    void type(const QString &text) { m_process.write(text.toUtf8()); }
    bool isRunning() const { return m_process.state() == QProcess::Running; }
    QString output() { return QString::fromUtf8(m_output += m_process.readAll()); }

    /// Sends SIGTERM and gives the exit code; -1 when it does not end in time, or by a crash.
    int terminate()
    {
        m_process.terminate();
        const bool ended = m_process.waitForFinished(60'000) && m_process.exitStatus() == QProcess::NormalExit;
        return ended ? m_process.exitCode() : -1;
    }

private:
    QProcess m_process;
    QByteArray m_output;
};

} // namespace confab::test
