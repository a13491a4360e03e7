// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QUrl>

namespace confab::server {

/// Which bucket of which S3 holds the media.
///
/// `s3://BUCKET[/PREFIX][?endpoint=URL][&region=REGION][&style=path|host]`. Without an endpoint it is Amazon's own for
/// the region. With the style `host` the bucket is part of the host's name, as Amazon wants it; `path` is the default
/// where an endpoint is named.
struct S3Url
{
    QUrl endpoint; ///< Scheme, host and port alone.
    QString bucket;
    QString prefix; ///< Of all keys; empty, or ending with '/'.
    QString region;
    bool bucketInHost = false;

    /// The error says what is wrong with which part.
    static Result<S3Url> parse(const QString &text);

    /// What is shown of it.
    QString toString() const;

    QByteArray host() const;                        ///< As the header Host has it.
    QByteArray pathOf(const QByteArray &key) const; ///< Of an object; an empty key: of the bucket.

    bool operator==(const S3Url &) const = default;
};

} // namespace confab::server
