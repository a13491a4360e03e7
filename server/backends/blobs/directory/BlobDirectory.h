// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/blobs/BlobStore.h"

#include <QtCore/QString>

namespace confab::server {

/// Blobs as files below one directory, by calls that block. Thread-safe, as long as no two threads write one blob.
///
/// A finished blob is `ab/cd/KEY`, by the last four characters of its key, so that no directory grows large; one that
/// is being written is `unfinished/KEY`. Both lie on one file system, so finishing is a rename.
class BlobDirectory
{
public:
    /// \a path is made where it does not exist when something is written.
    explicit BlobDirectory(const QString &path) : m_path(path) { }

    Result<UnfinishedBlob> append(const BlobKey &key, const UnfinishedBlob &blob, const QByteArray &bytes) const;
    Result<Done> finish(const BlobKey &key, const UnfinishedBlob &blob) const;
    Result<Done> abandon(const BlobKey &key) const;
    Result<Done> put(const BlobKey &key, const QByteArray &bytes) const;
    Result<qint64> size(const BlobKey &key) const;
    Result<QByteArray> read(const BlobKey &key, qint64 offset, qint64 count) const;
    Result<Done> remove(const BlobKey &key) const;
    Result<Done> ready() const;

private:
    QString shardOf(const BlobKey &key) const;
    QString finishedPath(const BlobKey &key) const { return shardOf(key) + u'/' + QString::fromLatin1(key); }
    QString unfinishedDirectory() const { return m_path + QStringLiteral("/unfinished"); }
    QString unfinishedPath(const BlobKey &key) const { return unfinishedDirectory() + u'/' + QString::fromLatin1(key); }
    Result<Done> makeDirectory(const QString &path) const;
    Result<Done> publish(const BlobKey &key, const QString &from) const;

    const QString m_path;
};

} // namespace confab::server
