// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QDateTime>
#include <QtCore/QList>

#include <utility>

namespace confab::server {

/// Signs requests to S3 by Signature Version 4.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
class AwsSigner
{
public:
    using Pairs = QList<std::pair<QByteArray, QByteArray>>;

    /// A request as it is signed. Nothing in it is percent-encoded yet.
    struct Request
    {
        QByteArray method;
        QByteArray host; ///< With the port where it is not the scheme's own.
        QByteArray path; ///< Begins with '/'.
        Pairs query;
        Pairs headers; ///< To be signed beside host, x-amz-date and x-amz-content-sha256; lower-case names.
    };

    AwsSigner(const QByteArray &accessKey, const QByteArray &secretKey, const QByteArray &region)
        : m_accessKey(accessKey), m_secretKey(secretKey), m_region(region)
    {
    }

    /// The headers to send beside the request's own: Authorization and those it signs. \a payloadHash is the SHA-256 of
    /// the body in hexadecimal digits.
    Pairs headers(const Request &request, const QByteArray &payloadHash, const QDateTime &utc) const;

    /// The encoded query, signature included, by which anybody makes the request for \a seconds. The body is not
    /// signed.
    QByteArray presignedQuery(const Request &request, int seconds, const QDateTime &utc) const;

    /// Percent-encodes as S3 does: all but A-Z a-z 0-9 - . _ ~, and '/' where \a keepSlashes.
    static QByteArray encode(const QByteArray &bytes, bool keepSlashes);
    static QByteArray encodeQuery(const Pairs &query);

private:
    QByteArray scope(const QByteArray &date) const { return date + '/' + m_region + "/s3/aws4_request"; }
    QByteArray signature(const QByteArray &canonicalRequest, const QByteArray &time) const;

    const QByteArray m_accessKey;
    const QByteArray m_secretKey;
    const QByteArray m_region;
};

} // namespace confab::server
