// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/blobs/BlobStore.h"
#include "server/backends/blobs/s3/S3Client.h"
#include "server/backends/blobs/s3/UnfinishedParts.h"

namespace confab::server {

/// Blobs as objects of a bucket of S3, or of what speaks like it.
///
/// Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html and
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html for the size of parts.
class S3BlobStore final : public BlobStore
{
public:
    /// What all parts but the last have at least, says S3; and at most 10,000 of them make an object.
    static constexpr qint64 kSmallestPart = 5 * 1024 * 1024;

    /// \a clock outlives the store.
    S3BlobStore(const S3Url &url, const S3Access &access, const Clock &clock, qint64 partBytes = 2 * kSmallestPart)
        : m_client(url, access, clock), m_partBytes(partBytes)
    {
    }

    Task<UnfinishedBlob> append(BlobKey key, UnfinishedBlob blob, QByteArray bytes) override;
    Task<Done> finish(BlobKey key, UnfinishedBlob blob) override;
    Task<Done> abandon(BlobKey key, UnfinishedBlob blob) override;
    Task<Done> put(BlobKey key, QByteArray bytes) override;
    Task<qint64> size(BlobKey key) override;
    Task<QByteArray> read(BlobKey key, qint64 offset, qint64 count) override;
    Task<Done> remove(BlobKey key) override;
    std::optional<QUrl> link(const BlobKey &key, const BlobLink &link) override;
    Task<Done> ready() override;

private:
    Task<QByteArray> readTail(BlobKey key, UnfinishedParts held);
    Task<QByteArray> putObject(BlobKey key, QByteArray bytes);
    Task<QByteArray> beginUpload(BlobKey key);
    Task<QByteArray> putPart(BlobKey key, QByteArray uploadId, qsizetype number, QByteArray bytes);
    Task<Done> complete(BlobKey key, UnfinishedParts held);
    Task<Done> requireSize(BlobKey key, qint64 size);
    Task<Done> removeTails(BlobKey key);

    S3Client m_client;
    const qint64 m_partBytes;
};

} // namespace confab::server
