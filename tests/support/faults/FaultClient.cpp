// SPDX-License-Identifier: MIT
#include "tests/support/faults/FaultClient.h"

#include "tests/support/ConfabdProcess.h"

#include <QtCore/QProcessEnvironment>

#include <csignal>
#include <sys/resource.h>

namespace confab::test {
using namespace Qt::StringLiterals;

namespace {
constexpr int kPatienceMs = 30'000;
} // namespace

FaultClient::FaultClient(const QUrl &server, const QString &profileDirectory, Typed typed)
    : m_server(server), m_profile(profileDirectory), m_typed(std::move(typed)), m_process(std::make_unique<QProcess>())
{
}

FaultClient::~FaultClient()
{
    kill9();
}

QString FaultClient::program()
{
    return ConfabdProcess::program(u"fault-client"_s);
}

bool FaultClient::start(const QStringList &environment, qint64 largestFile)
{
    m_process = std::make_unique<QProcess>();
    m_state.clear();
    m_refused.clear();
    m_typedCount = 0;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const QString &variable : environment)
        variables.insert(variable.section(u'=', 0, 0), variable.section(u'=', 1));
    m_process->setProcessEnvironment(variables);
    m_process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    QObject::connect(m_process.get(), &QProcess::readyReadStandardOutput, m_process.get(), [this] { read(); });
    if (largestFile >= 0) {
        m_process->setChildProcessModifier([largestFile] {
            const rlimit limit{static_cast<rlim_t>(largestFile), RLIM_INFINITY};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        });
    }
    m_process->start(program(), {m_profile, m_server.toString()});
    return m_process->waitForStarted(kPatienceMs);
}

void FaultClient::say(ConversationId conversation, const QString &text)
{
    m_process->write(u"say %1 %2\n"_s.arg(conversation.toString(), text).toUtf8());
}

void FaultClient::kill9()
{
    if (m_process->state() == QProcess::NotRunning)
        return;
    m_process->kill();
    m_process->waitForFinished(kPatienceMs);
    read(); // what it had told before it died
}

void FaultClient::signal(int number)
{
    ::kill(static_cast<pid_t>(pid()), number);
}

void FaultClient::read()
{
    while (m_process->canReadLine()) {
        const QString line = QString::fromUtf8(m_process->readLine()).trimmed();
        const QString what = line.section(u' ', 0, 0);
        const QString first = line.section(u' ', 1, 1);
        if (what == "state"_L1) {
            m_state = first;
            m_reason = line.section(u' ', 2);
        } else if (what == "typed"_L1) {
            ++m_typedCount;
            m_typed(ClientId::fromString(first).value_or(ClientId()), line.section(u' ', 2));
        } else if (what == "refused"_L1) {
            m_refused.append(first);
        }
    }
}

} // namespace confab::test
