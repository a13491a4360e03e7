// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <optional>

namespace confab::server {

/// What S3 holds of an unfinished blob: the parts of a multipart upload, and the tail behind them, which is too short
/// to be a part, as an object of its own.
///
/// There are two names for a tail, used in turn: a step that is taken again finds the tail that it found at first, and
/// overwrites what it wrote itself.
struct UnfinishedParts
{
    QByteArray uploadId;     ///< Of the multipart upload; empty while there is none.
    QList<QByteArray> parts; ///< Their ETags, in order; all have the size of a part.
    qint64 tailSize = 0;     ///< 0: there is no tail.
    QByteArray tailEtag;     ///< By which a tail of another writer is told from this one.
    bool tailIsSecond = false;

    QByteArray tailSuffix() const { return suffix(tailIsSecond); }
    QByteArray otherTailSuffix() const { return suffix(!tailIsSecond); }
    static QByteArray suffix(bool second) { return second ? ".tail-2" : ".tail-1"; }

    QByteArray encode() const;
    /// None where it was not written by encode(); nothing held where \a state is empty.
    static std::optional<UnfinishedParts> decode(const QByteArray &state);

    bool operator==(const UnfinishedParts &) const = default;
};

} // namespace confab::server
