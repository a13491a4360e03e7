// SPDX-License-Identifier: MIT
#include "tests/support/SqliteLock.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <unistd.h>

namespace confab::test {

qint64 sqliteLockHolder(const QString &database)
{
    // SQLite's SHARED_FIRST and SHARED_SIZE (os.h); they are part of its file format.
    constexpr off_t kSharedFirst = 0x40000000 + 2;
    constexpr off_t kSharedSize = 510;
    const int descriptor = ::open(QFile::encodeName(database).constData(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = kSharedFirst;
    lock.l_len = kSharedSize;
    const bool asked = ::fcntl(descriptor, F_GETLK, &lock) == 0;
    ::close(descriptor);
    if (!asked)
        return -1;
    return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

} // namespace confab::test
