// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/S3Client.h"

#include "server/backends/blobs/s3/S3Replies.h"
#include "server/runtime/Log.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTimer>
#include <QtNetwork/QNetworkReply>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr int kAttempts = 4;
constexpr int kFirstWaitMs = 200;  // each further one is twice as long
constexpr int kSilenceMs = 30'000; // without a byte either way

bool asksToComeLater(int status)
{
    return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

Completion<Done> waitMs(int milliseconds)
{
    Completion<Done> waited;
    QTimer::singleShot(milliseconds, [completer = waited.completer()] { completer.complete(Done{}); });
    return waited;
}

S3Client::Reply replyOf(QNetworkReply &reply)
{
    S3Client::Reply answer;
    answer.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    answer.etag = reply.rawHeader("ETag");
    answer.length = reply.header(QNetworkRequest::ContentLengthHeader).toLongLong();
    answer.body = reply.readAll();
    answer.date =
        QLocale::c().toDateTime(QString::fromLatin1(reply.rawHeader("Date")), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    answer.date.setTimeSpec(Qt::UTC);
    return answer;
}

} // namespace

S3Client::S3Client(const S3Url &url, const S3Access &access, const Clock &clock)
    : m_url(url), m_signer(access.accessKey, access.secretKey, url.region.toUtf8()), m_clock(clock),
      m_tls(QSslConfiguration::defaultConfiguration())
{
    m_tls.addCaCertificates(access.authorities);
    m_network.setTransferTimeout(kSilenceMs);
}

QDateTime S3Client::now() const
{
    const qint64 ahead = m_signsByItsTime ? m_secondsAhead * 1000 : 0;
    return QDateTime::fromMSecsSinceEpoch(m_clock.utcMs() + ahead, Qt::UTC);
}

AwsSigner::Request S3Client::toSign(const QByteArray &method, const QByteArray &key,
                                    const AwsSigner::Pairs &query) const
{
    return {method, m_url.host(), m_url.pathOf(key), query, {}};
}

QUrl S3Client::urlOf(const AwsSigner::Request &request, const QByteArray &encodedQuery) const
{
    QByteArray text = m_url.endpoint.scheme().toLatin1() + "://" + request.host + AwsSigner::encode(request.path, true);
    if (!encodedQuery.isEmpty())
        text += '?' + encodedQuery;
    return QUrl::fromEncoded(text, QUrl::StrictMode);
}

QUrl S3Client::link(const QByteArray &key, const AwsSigner::Pairs &query, int seconds) const
{
    const AwsSigner::Request request = toSign("GET", key, query);
    return urlOf(request, m_signer.presignedQuery(request, seconds, now()));
}

QNetworkReply *S3Client::start(const Request &request)
{
    AwsSigner::Request signable = toSign(request.method, request.key, request.query);
    signable.headers = request.headers;
    const QByteArray hash = QCryptographicHash::hash(request.body, QCryptographicHash::Sha256).toHex();
    QNetworkRequest asked(urlOf(signable, AwsSigner::encodeQuery(request.query)));
    asked.setSslConfiguration(m_tls);
    asked.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    asked.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    asked.setRawHeader("Accept-Encoding", "identity"); // or Qt would unpack what is stored packed
    for (const auto &[name, value] : request.headers)
        asked.setRawHeader(name, value);
    for (const auto &[name, value] : m_signer.headers(signable, hash, now()))
        asked.setRawHeader(name, value);
    if (request.method == "GET")
        return m_network.get(asked);
    if (request.method == "HEAD")
        return m_network.head(asked);
    if (request.method == "DELETE")
        return m_network.deleteResource(asked);
    asked.setHeader(QNetworkRequest::ContentTypeHeader, u"application/octet-stream"_s);
    return request.method == "POST" ? m_network.post(asked, request.body) : m_network.put(asked, request.body);
}

Completion<S3Client::Reply> S3Client::attempt(const Request &request)
{
    Completion<Reply> answered;
    QNetworkReply *reply = start(request);
    QObject::connect(reply, &QNetworkReply::downloadProgress, reply,
                     [reply, most = request.mostBytes](qint64 received, qint64) {
                         if (received > most)
                             reply->abort();
                     });
    QObject::connect(reply, &QNetworkReply::finished, reply, [reply, completer = answered.completer()] {
        reply->deleteLater();
        const Reply answer = replyOf(*reply);
        // A body that did not come whole is an error without a status of its own.
        const bool isWhole = reply->error() == QNetworkReply::NoError || answer.status >= 300;
        if (answer.status > 0 && isWhole)
            completer.complete(answer);
        else
            completer.complete(Error::unavailable(reply->errorString()));
    });
    return answered;
}

void S3Client::noteTime(const Reply &reply)
{
    if (reply.date.isValid())
        m_secondsAhead = (reply.date.toMSecsSinceEpoch() - m_clock.utcMs()) / 1000;
    if (m_signsByItsTime || reply.status != 403 || errorCodeOf(reply.body) != "RequestTimeTooSkewed")
        return;
    m_signsByItsTime = true;
    qCWarning(lcBlobs).noquote() << "the clock of S3 is" << m_secondsAhead
                                 << "s ahead of ours (behind where negative), and it refuses what we sign; signing by "
                                    "its time from now on. Set the clock of this machine, for instance by NTP.";
}

Task<S3Client::Reply> S3Client::send(Request request)
{
    QString why;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        if (attempt > 0) {
            const int longest = kFirstWaitMs << (attempt - 1);
            Completion<Done> waited = waitMs(QRandomGenerator::global()->bounded(longest / 2, longest));
            const Result<Done> done = co_await waited;
            Q_UNUSED(done)
        }
        const bool signedByItsTime = m_signsByItsTime;
        Completion<Reply> answered = this->attempt(request);
        const Result<Reply> reply = co_await answered;
        if (!reply) {
            why = reply.error().message;
            continue;
        }
        noteTime(*reply);
        if (!asksToComeLater(reply->status) && signedByItsTime == m_signsByItsTime)
            co_return reply;
        why = u"status %1 %2"_s.arg(reply->status).arg(QString::fromLatin1(errorCodeOf(reply->body)));
    }
    qCWarning(lcBlobs).noquote() << "S3 does not answer" << request.method << "of a blob:" << why;
    co_return Error::unavailable(u"The server cannot reach its files at the moment."_s);
}

} // namespace confab::server
