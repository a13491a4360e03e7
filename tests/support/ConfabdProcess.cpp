// SPDX-License-Identifier: MIT
#include "tests/support/ConfabdProcess.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>

#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace confab::test {

using namespace Qt::StringLiterals;

namespace {
constexpr int kPatienceMs = 30'000;
} // namespace

ConfabdProcess::ConfabdProcess(const QStringList &arguments)
    : m_arguments(arguments), m_process(std::make_unique<QProcess>())
{
}

ConfabdProcess::~ConfabdProcess()
{
    kill9();
}

QString ConfabdProcess::program(const QString &name)
{
    return QCoreApplication::applicationDirPath() + u'/' + name; // every program is built into one folder
}

bool ConfabdProcess::start()
{
    m_process = std::make_unique<QProcess>();
    m_output.clear();
    m_process->setChildProcessModifier([descriptors = static_cast<rlim_t>(m_descriptorLimit)] {
        const rlimit limit{descriptors, descriptors};
        if (descriptors > 0)
            ::setrlimit(RLIMIT_NOFILE, &limit);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // it goes with a test that dies
    });
    const QStringList arguments{u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_port), u"--data-dir"_s, dataDir()};
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &variable : m_environment)
        environment.insert(variable.section(u'=', 0, 0), variable.section(u'=', 1));
    m_process->setProcessEnvironment(environment);
    m_process->start(program(), arguments + m_arguments);
    static const QRegularExpression listening(u"listening on  http://.*:(\\d+)/v1 "_s);
    const QDeadlineTimer deadline(kPatienceMs);
    while (!deadline.hasExpired()) {
        const bool more = m_process->waitForReadyRead(static_cast<int>(deadline.remainingTime()));
        m_output += m_process->readAllStandardOutput();
        const QRegularExpressionMatch match = listening.match(QString::fromUtf8(m_output));
        if (match.hasMatch()) {
            m_port = match.captured(1).toUShort();
            return true;
        }
        if (!more)
            break;
    }
    m_process->waitForFinished(0);
    return false;
}

void ConfabdProcess::kill9()
{
    if (m_process->state() == QProcess::NotRunning)
        return;
    m_process->kill();
    m_process->waitForFinished(kPatienceMs);
}

int ConfabdProcess::terminate()
{
    m_process->terminate();
    if (!m_process->waitForFinished(kPatienceMs) || m_process->exitStatus() != QProcess::NormalExit)
        return -1;
    m_output += m_process->readAllStandardOutput();
    return m_process->exitCode();
}

bool ConfabdProcess::restart()
{
    kill9();
    return start();
}

int ConfabdProcess::run(const QStringList &arguments, QByteArray *output, QByteArray *errors,
                        const QProcessEnvironment &environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(program(), arguments);
    const bool ended = process.waitForFinished(kPatienceMs) && process.exitStatus() == QProcess::NormalExit;
    if (!ended)
        process.kill();
    process.waitForFinished(kPatienceMs);
    if (output)
        *output = process.readAllStandardOutput();
    if (errors)
        *errors = process.readAllStandardError();
    return ended ? process.exitCode() : -1;
}

qint64 ConfabdProcess::residentBytes() const
{
    QFile status(u"/proc/%1/status"_s.arg(pid()));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong() * 1024;
    }
    return 0;
}

QByteArray ConfabdProcess::errorOutput()
{
    return m_process->readAllStandardError();
}

QUrl ConfabdProcess::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port));
}

QUrl ConfabdProcess::socketUrl() const
{
    return QUrl(u"ws://127.0.0.1:%1/v1/socket"_s.arg(m_port));
}

} // namespace confab::test
