// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/blobs/s3/AwsSigner.h"
#include "server/backends/blobs/s3/S3Url.h"
#include "server/runtime/Async.h"
#include "shared/core/Clock.h"

#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QSslConfiguration>

namespace confab::server {

/// Who signs in to S3, and by which certificates it is known.
struct S3Access
{
    QByteArray accessKey;
    QByteArray secretKey;
    QList<QSslCertificate> authorities; ///< Beside the system's; empty: those alone.
};

/// Makes signed requests to one bucket. Lives on one thread.
///
/// What fails for the moment is tried again a few times; every request of this server may be. Where the clocks differ
/// so much that S3 refuses, it says so in the log and signs by S3's time.
class S3Client
{
public:
    struct Request
    {
        QByteArray method;
        QByteArray key; ///< Empty: the bucket.
        AwsSigner::Pairs query;
        AwsSigner::Pairs headers; ///< Lower-case names.
        QByteArray body;
        qint64 mostBytes = 65'536; ///< Of the reply's body; a longer one is an error.
    };
    struct Reply
    {
        int status = 0;
        QByteArray etag;
        qint64 length = 0; ///< As Content-Length says.
        QByteArray body;
        QDateTime date; ///< S3's time.
    };

    /// \a clock outlives the client.
    S3Client(const S3Url &url, const S3Access &access, const Clock &clock);

    /// The reply, whatever its status; `unavailable` when there was none, or only ones that ask to come later.
    Task<Reply> send(Request request);

    /// An address at which a GET of \a key works for \a seconds.
    QUrl link(const QByteArray &key, const AwsSigner::Pairs &query, int seconds) const;

    /// How far S3's clock was ahead of ours in the last reply.
    qint64 secondsAhead() const { return m_secondsAhead; }

private:
    AwsSigner::Request toSign(const QByteArray &method, const QByteArray &key, const AwsSigner::Pairs &query) const;
    QUrl urlOf(const AwsSigner::Request &request, const QByteArray &encodedQuery) const;
    QNetworkReply *start(const Request &request);
    Completion<Reply> attempt(const Request &request);
    void noteTime(const Reply &reply);
    QDateTime now() const;

    const S3Url m_url;
    const AwsSigner m_signer;
    const Clock &m_clock;
    QSslConfiguration m_tls;
    QNetworkAccessManager m_network;
    qint64 m_secondsAhead = 0;
    bool m_signsByItsTime = false; ///< Since a request was refused for the difference.
};

} // namespace confab::server
