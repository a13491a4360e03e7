// SPDX-License-Identifier: MIT
#include "server/app/nodes/ProcessIdentity.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QSysInfo>

#include <cerrno>
#include <csignal>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The words of /proc/PID/stat behind the name, which may hold anything: the first is the third field of proc(5).
QByteArrayList statOf(qint64 pid)
{
    const QByteArray stat = contentOf(u"/proc/%1/stat"_s.arg(pid));
    return stat.mid(stat.lastIndexOf(')') + 2).split(' ');
}

/// The boot cannot be read where a service sees of /proc the processes alone (systemd's ProcSubset=pid). The machine
/// does nearly as well: what another boot's process was started at is another time.
QString ownSpace()
{
    QByteArray machine = contentOf(u"/proc/sys/kernel/random/boot_id"_s).trimmed();
    if (machine.isEmpty() && !QSysInfo::machineUniqueId().isEmpty())
        machine = QSysInfo::machineUniqueId() + ' ' + QSysInfo::machineHostName().toUtf8();
    const QString pids = QFile::symLinkTarget(u"/proc/self/ns/pid"_s).section(u'/', -1);
    return machine.isEmpty() || pids.isEmpty() ? QString() : QString::fromUtf8(machine) + u' ' + pids;
}

} // namespace

ProcessIdentity ProcessIdentity::own()
{
    const qint64 pid = QCoreApplication::applicationPid();
    return {QSysInfo::machineHostName(), pid, ownSpace(), statOf(pid).value(19).toLongLong()};
}

bool ProcessIdentity::hasEnded() const
{
    if (space.isEmpty() || space != ownSpace() || pid <= 0)
        return false;
    if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH)
        return true;
    const QByteArrayList stat = statOf(pid);
    if (stat.size() < 20)
        return false; // whose it is may not be seen
    return stat.at(19).toLongLong() != started || stat.at(0) == "Z" || stat.at(0) == "X";
}

} // namespace confab::server
