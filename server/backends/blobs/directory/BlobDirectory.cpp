// SPDX-License-Identifier: MIT
#include "server/backends/blobs/directory/BlobDirectory.h"

#include "server/runtime/Log.h"

#include <QtCore/QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr int kOwnerOnly = 0700;
constexpr int kOwnersFile = 0600;

/// A descriptor that is closed when it goes.
class OpenFile
{
public:
    OpenFile(const QString &path, int flags)
        : m_descriptor(::open(QFile::encodeName(path), flags | O_CLOEXEC, kOwnersFile))
    {
    }
    ~OpenFile()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    Q_DISABLE_COPY_MOVE(OpenFile)

    bool isOpen() const { return m_descriptor >= 0; }
    int descriptor() const { return m_descriptor; }

private:
    const int m_descriptor;
};

/// What the last call failed of. The path is for the log alone.
Error failure(const char *what, const QString &path)
{
    const int reason = errno;
    qCWarning(lcBlobs).noquote() << "cannot" << what << path + u':' << ::strerror(reason);
    if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)
        return Error::unavailable(u"The server has no room for files at the moment."_s);
    return Error::unavailable(u"The server cannot reach its files at the moment."_s);
}

Error gone()
{
    return Error::notFound(u"There is no such file."_s);
}

bool writeAt(int file, qint64 offset, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::pwrite(file, bytes.data(), static_cast<size_t>(bytes.size()), offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        offset += written;
        bytes = bytes.sliced(written);
    }
    return true;
}

/// What was made, renamed or removed in a directory is durable after it.
bool syncDirectory(const QString &path)
{
    const OpenFile directory(path, O_RDONLY | O_DIRECTORY);
    return directory.isOpen() && ::fsync(directory.descriptor()) == 0;
}

QString parentOf(const QString &path)
{
    return path.first(path.lastIndexOf(u'/'));
}

} // namespace

QString BlobDirectory::shardOf(const BlobKey &key) const
{
    const QString name = QString::fromLatin1(key);
    const QString tail = name.last(qMin<qsizetype>(4, name.size()));
    return m_path + u'/' + tail.first(2) + u'/' + tail.sliced(2).leftJustified(2, u'-');
}

Result<Done> BlobDirectory::makeDirectory(const QString &path) const
{
    if (::mkdir(QFile::encodeName(path), kOwnerOnly) == 0)
        return syncDirectory(parentOf(path)) ? Result<Done>(Done{}) : failure("sync", parentOf(path));
    if (errno == EEXIST)
        return Done{};
    if (errno != ENOENT || path.size() <= m_path.size())
        return failure("make", path);
    const Result<Done> parent = makeDirectory(parentOf(path));
    return parent ? makeDirectory(path) : parent;
}

Result<UnfinishedBlob> BlobDirectory::append(const BlobKey &key, const UnfinishedBlob &blob,
                                             const QByteArray &bytes) const
{
    const QString path = unfinishedPath(key);
    const bool isFirst = blob.size == 0;
    if (isFirst) {
        const Result<Done> made = makeDirectory(unfinishedDirectory());
        if (!made)
            return made.error();
    }
    const OpenFile file(path, O_WRONLY | (isFirst ? O_CREAT : 0));
    if (!file.isOpen())
        return errno == ENOENT ? gone() : failure("open", path);
    struct stat known = {};
    if (::fstat(file.descriptor(), &known) != 0)
        return failure("look at", path);
    if (known.st_size < blob.size)
        return gone();
    // What lies behind was written by a step whose outcome nobody kept.
    if (known.st_size > blob.size && ::ftruncate(file.descriptor(), blob.size) != 0)
        return failure("cut", path);
    if (!writeAt(file.descriptor(), blob.size, bytes))
        return failure("write", path);
    if (::fsync(file.descriptor()) != 0)
        return failure("sync", path);
    if (isFirst && !syncDirectory(unfinishedDirectory()))
        return failure("sync", unfinishedDirectory());
    return UnfinishedBlob{blob.size + bytes.size(), {}};
}

Result<Done> BlobDirectory::publish(const BlobKey &key, const QString &from) const
{
    const Result<Done> made = makeDirectory(shardOf(key));
    if (!made)
        return made.error();
    if (::rename(QFile::encodeName(from), QFile::encodeName(finishedPath(key))) != 0)
        return failure("rename", from);
    return syncDirectory(shardOf(key)) ? Result<Done>(Done{}) : failure("sync", shardOf(key));
}

Result<Done> BlobDirectory::finish(const BlobKey &key, const UnfinishedBlob &blob) const
{
    const QString path = unfinishedPath(key);
    struct stat known = {};
    if (::stat(QFile::encodeName(path), &known) != 0) {
        if (errno != ENOENT)
            return failure("look at", path);
        const Result<qint64> finished = size(key);
        if (finished && *finished == blob.size)
            return Done{}; // by a step whose outcome nobody kept
        if (blob.size > 0)
            return gone();
        return put(key, {});
    }
    if (known.st_size < blob.size)
        return gone();
    if (known.st_size > blob.size) {
        // Nothing of it is acknowledged, so nothing of it belongs to the blob.
        const OpenFile file(path, O_WRONLY);
        if (!file.isOpen() || ::ftruncate(file.descriptor(), blob.size) != 0 || ::fsync(file.descriptor()) != 0)
            return failure("cut", path);
    }
    return publish(key, path);
}

Result<Done> BlobDirectory::abandon(const BlobKey &key) const
{
    const QString path = unfinishedPath(key);
    if (::unlink(QFile::encodeName(path)) != 0 && errno != ENOENT)
        return failure("remove", path);
    return Done{};
}

Result<Done> BlobDirectory::put(const BlobKey &key, const QByteArray &bytes) const
{
    const Result<UnfinishedBlob> written = append(key, {}, bytes);
    if (!written)
        return written.error();
    return publish(key, unfinishedPath(key));
}

Result<qint64> BlobDirectory::size(const BlobKey &key) const
{
    struct stat known = {};
    if (::stat(QFile::encodeName(finishedPath(key)), &known) != 0)
        return errno == ENOENT ? gone() : failure("look at", finishedPath(key));
    return static_cast<qint64>(known.st_size);
}

Result<QByteArray> BlobDirectory::read(const BlobKey &key, qint64 offset, qint64 count) const
{
    const QString path = finishedPath(key);
    const OpenFile file(path, O_RDONLY);
    if (!file.isOpen())
        return errno == ENOENT ? gone() : failure("open", path);
    struct stat known = {};
    if (::fstat(file.descriptor(), &known) != 0)
        return failure("look at", path);
    QByteArray bytes(qBound<qint64>(0, known.st_size - offset, count), Qt::Uninitialized);
    qint64 done = 0;
    while (done < bytes.size()) {
        const auto left = static_cast<size_t>(bytes.size() - done);
        const ssize_t got = ::pread(file.descriptor(), bytes.data() + done, left, offset + done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failure("read", path);
        done += got;
    }
    return bytes;
}

Result<Done> BlobDirectory::remove(const BlobKey &key) const
{
    if (::unlink(QFile::encodeName(finishedPath(key))) != 0 && errno != ENOENT)
        return failure("remove", finishedPath(key));
    return Done{};
}

Result<Done> BlobDirectory::ready() const
{
    const Result<Done> made = makeDirectory(unfinishedDirectory());
    if (!made)
        return made.error();
    if (::access(QFile::encodeName(unfinishedDirectory()), W_OK | X_OK) != 0)
        return failure("write to", unfinishedDirectory());
    return Done{};
}

} // namespace confab::server
