// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/blobs/BlobStore.h"
#include "server/backends/blobs/directory/BlobDirectory.h"
#include "server/runtime/BoundedPool.h"

namespace confab::server {

/// Blobs in a directory, written and read by a few threads of the process. What is acknowledged survives a loss of
/// power. One process at a time: the data directory is locked.
class DirectoryBlobStore final : public BlobStore
{
public:
    /// \a pool outlives the store and its tasks; its queue bounds how many bytes wait to be written.
    DirectoryBlobStore(const QString &path, BoundedPool &pool) : m_directory(path), m_pool(pool) { }

    Task<UnfinishedBlob> append(BlobKey key, UnfinishedBlob blob, QByteArray bytes) override;
    Task<Done> finish(BlobKey key, UnfinishedBlob blob) override;
    Task<Done> abandon(BlobKey key, UnfinishedBlob blob) override;
    Task<Done> put(BlobKey key, QByteArray bytes) override;
    Task<qint64> size(BlobKey key) override;
    Task<QByteArray> read(BlobKey key, qint64 offset, qint64 count) override;
    Task<Done> remove(BlobKey key) override;
    Task<Done> ready() override;

private:
    const BlobDirectory m_directory;
    BoundedPool &m_pool;
};

} // namespace confab::server
