// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"

#include <QtCore/QByteArray>
#include <QtCore/QUrl>

#include <optional>

namespace confab::server {

/// What a blob is called in its store: 2 to 100 characters of a-z, 0-9, '-' and '.', made here and never by a client.
using BlobKey = QByteArray;

/// A blob that is being written, as far as it is durable.
///
/// Whoever writes it keeps this durably after every step and gives it back with the next one.
struct UnfinishedBlob
{
    qint64 size = 0;  ///< Bytes that are durable.
    QByteArray state; ///< The store's own. Empty before the first append().

    bool operator==(const UnfinishedBlob &) const = default;
};

/// How a blob is given to a client that fetches it from the store itself.
struct BlobLink
{
    QByteArray contentType;
    QByteArray contentDisposition;
    int seconds = 120; ///< How long the link works.
};

/// Where the bytes of media are kept.
///
/// Called on the thread that made it. The steps of one blob are taken one after another; those of different blobs may
/// overlap. A step whose outcome is not known, or was not kept, is taken again with the same arguments; that is never
/// an error. `unavailable`: the store does not answer, or has no room; nothing is lost by coming back.
class BlobStore
{
public:
    virtual ~BlobStore() = default;

    /// Adds bytes behind those that \a blob has; what it gives is durable. `notFound`: the store holds nothing of an
    /// unfinished blob any more, and it has to begin anew.
    virtual Task<UnfinishedBlob> append(BlobKey key, UnfinishedBlob blob, QByteArray bytes) = 0;

    /// From now on the blob is read. `notFound` as for append().
    virtual Task<Done> finish(BlobKey key, UnfinishedBlob blob) = 0;

    /// Frees what an unfinished blob takes.
    virtual Task<Done> abandon(BlobKey key, UnfinishedBlob blob) = 0;

    /// Writes a small blob in one step; one of that key is replaced.
    virtual Task<Done> put(BlobKey key, QByteArray bytes) = 0;

    /// How many bytes a finished blob has; `notFound` where there is none.
    virtual Task<qint64> size(BlobKey key) = 0;

    /// The bytes from \a offset on, at most \a count, fewer at the end only. `notFound` as for size().
    virtual Task<QByteArray> read(BlobKey key, qint64 offset, qint64 count) = 0;

    /// Frees a finished blob; harmless where there is none.
    virtual Task<Done> remove(BlobKey key) = 0;

    /// An address by which a client fetches the blob without this server; none where the store has no such thing.
    virtual std::optional<QUrl> link(const BlobKey &key, const BlobLink &link)
    {
        Q_UNUSED(key)
        Q_UNUSED(link)
        return std::nullopt;
    }

    /// Whether the store answers, can be written and means the same time as we; says what does not.
    virtual Task<Done> ready() = 0;
};

} // namespace confab::server
