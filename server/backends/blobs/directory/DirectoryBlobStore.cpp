// SPDX-License-Identifier: MIT
#include "server/backends/blobs/directory/DirectoryBlobStore.h"

namespace confab::server {

// Each step is work on the pool that holds copies of all it needs.

Task<UnfinishedBlob> DirectoryBlobStore::append(BlobKey key, UnfinishedBlob blob, QByteArray bytes)
{
    Completion<UnfinishedBlob> written =
        m_pool.tryRun([directory = m_directory, key, blob, bytes] { return directory.append(key, blob, bytes); });
    co_return co_await written;
}

Task<Done> DirectoryBlobStore::finish(BlobKey key, UnfinishedBlob blob)
{
    Completion<Done> finished =
        m_pool.tryRun([directory = m_directory, key, blob] { return directory.finish(key, blob); });
    co_return co_await finished;
}

Task<Done> DirectoryBlobStore::abandon(BlobKey key, UnfinishedBlob)
{
    Completion<Done> removed = m_pool.tryRun([directory = m_directory, key] { return directory.abandon(key); });
    co_return co_await removed;
}

Task<Done> DirectoryBlobStore::put(BlobKey key, QByteArray bytes)
{
    Completion<Done> written =
        m_pool.tryRun([directory = m_directory, key, bytes] { return directory.put(key, bytes); });
    co_return co_await written;
}

Task<qint64> DirectoryBlobStore::size(BlobKey key)
{
    Completion<qint64> known = m_pool.tryRun([directory = m_directory, key] { return directory.size(key); });
    co_return co_await known;
}

Task<QByteArray> DirectoryBlobStore::read(BlobKey key, qint64 offset, qint64 count)
{
    Completion<QByteArray> got =
        m_pool.tryRun([directory = m_directory, key, offset, count] { return directory.read(key, offset, count); });
    co_return co_await got;
}

Task<Done> DirectoryBlobStore::remove(BlobKey key)
{
    Completion<Done> removed = m_pool.tryRun([directory = m_directory, key] { return directory.remove(key); });
    co_return co_await removed;
}

Task<Done> DirectoryBlobStore::ready()
{
    Completion<Done> checked = m_pool.tryRun([directory = m_directory] { return directory.ready(); });
    co_return co_await checked;
}

} // namespace confab::server
