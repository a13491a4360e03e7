// SPDX-License-Identifier: MIT
#include "tests/support/server/PgBouncer.h"

#include "tests/support/FreePort.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QFile>

#include <libpq-fe.h>

#include <csignal>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace confab::test {

using namespace Qt::StringLiterals;

PgBouncer::~PgBouncer()
{
    m_process.kill();
    m_process.waitForFinished();
}

bool PgBouncer::start(quint16 postgresPort, const QByteArrayList &settings)
{
    m_port = freePort();
    QFile file(m_directory.filePath(u"pgbouncer.ini"_s));
    if (!file.open(QFile::WriteOnly))
        return false;
    file.write("[databases]\n* = host=127.0.0.1 user=confab port=" + QByteArray::number(postgresPort) +
               "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nunix_socket_dir =\nauth_type = any\nlisten_port = " +
               QByteArray::number(m_port) + '\n' + settings.join('\n') + '\n');
    file.close();
    // It refuses to run as root, and its file is read by whom it runs as.
    const passwd *user = ::geteuid() == 0 ? ::getpwnam("postgres") : ::getpwuid(::geteuid());
    if (!user || ::chown(QFile::encodeName(m_directory.path()).constData(), user->pw_uid, user->pw_gid) != 0 ||
        ::chown(QFile::encodeName(file.fileName()).constData(), user->pw_uid, user->pw_gid) != 0)
        return false;
    m_process.setProgram(u"/usr/sbin/pgbouncer"_s);
    m_process.setArguments({file.fileName()});
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setChildProcessModifier([user] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // it goes with a test that dies
        if (::geteuid() == 0 &&
            (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
            ::_exit(1);
    });
    m_process.start();
    const QDeadlineTimer deadline(60'000);
    while (!deadline.hasExpired()) {
        if (PQping(conninfo("postgres").constData()) == PQPING_OK)
            return true;
        if (m_process.waitForFinished(50))
            break;
    }
    qWarning("PgBouncer did not start: %s", m_process.readAll().constData());
    return false;
}

QByteArray PgBouncer::conninfo(const QByteArray &database) const
{
    return "postgresql://confab@127.0.0.1:" + QByteArray::number(m_port) + '/' + database + "?connect_timeout=5";
}

} // namespace confab::test
