// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/UnfinishedParts.h"

#include <QtCore/QCborArray>
#include <QtCore/QCborValue>

namespace confab::server {

// A CBOR array: format (1), upload id, the tail's size, ETag and name, then the ETags of the parts.

namespace {
constexpr int kFormat = 1;
constexpr qsizetype kPartsAt = 5;
} // namespace

QByteArray UnfinishedParts::encode() const
{
    QCborArray items{kFormat, uploadId, tailSize, tailEtag, tailIsSecond};
    for (const QByteArray &etag : parts)
        items.append(etag);
    return QCborValue(items).toCbor();
}

std::optional<UnfinishedParts> UnfinishedParts::decode(const QByteArray &state)
{
    if (state.isEmpty())
        return UnfinishedParts();
    const QCborArray items = QCborValue::fromCbor(state).toArray();
    if (items.size() < kPartsAt || items.at(0).toInteger() != kFormat)
        return std::nullopt;
    UnfinishedParts known;
    known.uploadId = items.at(1).toByteArray();
    known.tailSize = items.at(2).toInteger();
    known.tailEtag = items.at(3).toByteArray();
    known.tailIsSecond = items.at(4).toBool();
    for (qsizetype i = kPartsAt; i < items.size(); ++i)
        known.parts.append(items.at(i).toByteArray());
    return known;
}

} // namespace confab::server
