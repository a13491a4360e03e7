// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/DataDirectory.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

QString reasonOf(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

bool makeDirectory(const QString &path)
{
    const QFileInfo info(path);
    if (info.isDir())
        return true;
    const QString parent = info.absolutePath();
    if (!QDir().mkpath(parent))
        return false;
    return ::mkdir(QFile::encodeName(path).constData(), 0700) == 0 || errno == EEXIST;
}

QString ownerOf(int lock)
{
    char buffer[32];
    const ssize_t size = ::pread(lock, buffer, sizeof buffer, 0);
    return size > 0 ? QString::fromLatin1(buffer, size).trimmed() : QString();
}

} // namespace

std::unique_ptr<DataDirectory> DataDirectory::claim(const QString &path, OpenFailure *failure)
{
    const QString absolute = QDir::cleanPath(QDir().absoluteFilePath(path));
    if (!makeDirectory(absolute)) {
        *failure = {OpenFailure::Reason::Unwritable,
                    u"The data directory %1 cannot be made: %2."_s.arg(absolute, reasonOf(errno))};
        return nullptr;
    }
    const QByteArray lockPath = QFile::encodeName(absolute + "/confabd.lock"_L1);
    const int lock = ::open(lockPath.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        *failure = {OpenFailure::Reason::Unwritable,
                    u"The data directory %1 cannot be written to: %2."_s.arg(absolute, reasonOf(errno))};
        return nullptr;
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const QString owner = ownerOf(lock);
        ::close(lock);
        const QString who = owner.isEmpty() ? u"Another process"_s : u"Another confabd (process %1)"_s.arg(owner);
        *failure = {OpenFailure::Reason::AlreadyRunning,
                    u"%1 uses the data directory %2. Stop it or name another directory."_s.arg(who, absolute)};
        return nullptr;
    }
    const QByteArray pid = QByteArray::number(QCoreApplication::applicationPid()) + '\n';
    if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, pid.constData(), size_t(pid.size()), 0) != pid.size()) {
        *failure = {OpenFailure::Reason::Unwritable,
                    u"The data directory %1 cannot be written to: %2."_s.arg(absolute, reasonOf(errno))};
        ::close(lock);
        return nullptr;
    }
    return std::unique_ptr<DataDirectory>(new DataDirectory(absolute, lock));
}

DataDirectory::~DataDirectory()
{
    ::close(m_lock);
}

} // namespace confab::server
