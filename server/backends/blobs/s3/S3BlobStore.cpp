// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/S3BlobStore.h"

#include "server/backends/blobs/s3/S3Replies.h"
#include "server/runtime/Log.h"

#include <QtCore/QXmlStreamWriter>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kWorrySeconds = 60;

bool isFine(int status)
{
    return status >= 200 && status < 300;
}

Error gone()
{
    return Error::notFound(u"There is no such file."_s);
}

/// What a reply that is not as hoped for means to who asked.
Error refusal(const S3Client::Reply &reply)
{
    const QByteArray code = errorCodeOf(reply.body);
    if (reply.status == 404 && code != "NoSuchBucket")
        return gone();
    qCWarning(lcBlobs).noquote() << "S3 refuses: status" << reply.status << QString::fromLatin1(code);
    return Error::unavailable(u"The server's store of files refuses. Its administrator finds the reason in the log."_s);
}

QByteArray completion(const QList<QByteArray> &etags)
{
    QByteArray xml;
    QXmlStreamWriter writer(&xml);
    writer.writeStartElement("CompleteMultipartUpload"_L1);
    for (qsizetype i = 0; i < etags.size(); ++i) {
        writer.writeStartElement("Part"_L1);
        writer.writeTextElement("PartNumber"_L1, QString::number(i + 1));
        writer.writeTextElement("ETag"_L1, QString::fromLatin1(etags.at(i)));
        writer.writeEndElement();
    }
    writer.writeEndElement();
    return xml;
}

} // namespace

Task<QByteArray> S3BlobStore::putObject(BlobKey key, QByteArray bytes)
{
    const S3Client::Request request{"PUT", key, {}, {}, bytes};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    // Without an ETag it was somebody else who answered.
    if (!isFine(reply->status) || reply->etag.isEmpty())
        co_return refusal(*reply);
    co_return reply->etag;
}

Task<QByteArray> S3BlobStore::readTail(BlobKey key, UnfinishedParts held)
{
    if (held.tailSize == 0)
        co_return QByteArray();
    const BlobKey tail = key + held.tailSuffix();
    const S3Client::Request request{"GET", tail, {}, {}, {}, held.tailSize};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    if (!isFine(reply->status))
        co_return refusal(*reply);
    if (reply->body.size() != held.tailSize || reply->etag != held.tailEtag)
        co_return gone();
    co_return reply->body;
}

Task<QByteArray> S3BlobStore::beginUpload(BlobKey key)
{
    const S3Client::Request request{"POST", key, {{"uploads", ""}}, {}, {}};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    const std::optional<QByteArray> uploadId = textOfElement(reply->body, "UploadId");
    if (!isFine(reply->status) || !uploadId || uploadId->isEmpty())
        co_return refusal(*reply);
    co_return *uploadId;
}

Task<QByteArray> S3BlobStore::putPart(BlobKey key, QByteArray uploadId, qsizetype number, QByteArray bytes)
{
    const S3Client::Request request{
        "PUT", key, {{"partNumber", QByteArray::number(number)}, {"uploadId", uploadId}}, {}, bytes};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    if (!isFine(reply->status) || reply->etag.isEmpty())
        co_return refusal(*reply);
    co_return reply->etag;
}

Task<UnfinishedBlob> S3BlobStore::append(BlobKey key, UnfinishedBlob blob, QByteArray bytes)
{
    const std::optional<UnfinishedParts> known = UnfinishedParts::decode(blob.state);
    if (!known)
        co_return gone();
    UnfinishedParts held = *known;
    const Result<QByteArray> tail = co_await readTail(key, held);
    if (!tail)
        co_return tail.error();
    const QByteArray pending = *tail + bytes;
    qsizetype taken = 0;
    if (pending.size() >= m_partBytes && held.uploadId.isEmpty()) {
        const Result<QByteArray> uploadId = co_await beginUpload(key);
        if (!uploadId)
            co_return uploadId.error();
        held.uploadId = *uploadId;
    }
    for (; pending.size() - taken >= m_partBytes; taken += m_partBytes) {
        const QByteArray part = pending.sliced(taken, m_partBytes);
        const Result<QByteArray> etag = co_await putPart(key, held.uploadId, held.parts.size() + 1, part);
        if (!etag)
            co_return etag.error();
        held.parts.append(*etag);
    }
    held.tailSize = pending.size() - taken;
    held.tailEtag.clear();
    if (held.tailSize > 0) {
        const BlobKey tailKey = key + held.otherTailSuffix();
        const QByteArray rest = pending.sliced(taken);
        const Result<QByteArray> etag = co_await putObject(tailKey, rest);
        if (!etag)
            co_return etag.error();
        held.tailEtag = *etag;
        held.tailIsSecond = !held.tailIsSecond;
    }
    co_return UnfinishedBlob{blob.size + bytes.size(), held.encode()};
}

Task<Done> S3BlobStore::complete(BlobKey key, UnfinishedParts held)
{
    const S3Client::Request request{"POST", key, {{"uploadId", held.uploadId}}, {}, completion(held.parts)};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    // S3 sends the status before it knows the outcome: an error can stand in the body of a 200.
    const QByteArray code = errorCodeOf(reply->body);
    if (isFine(reply->status) && code.isEmpty())
        co_return Done{};
    if (isFine(reply->status))
        co_return Error::unavailable(u"The server's store of files is busy."_s);
    co_return refusal(*reply);
}

Task<Done> S3BlobStore::requireSize(BlobKey key, qint64 size)
{
    const Result<qint64> stored = co_await this->size(key);
    if (!stored)
        co_return stored.error();
    if (*stored != size)
        co_return gone();
    co_return Done{};
}

Task<Done> S3BlobStore::finish(BlobKey key, UnfinishedBlob blob)
{
    const std::optional<UnfinishedParts> known = UnfinishedParts::decode(blob.state);
    if (!known)
        co_return gone();
    UnfinishedParts held = *known;
    const Result<QByteArray> tail = co_await readTail(key, held);
    if (tail && held.uploadId.isEmpty()) {
        const Result<QByteArray> etag = co_await putObject(key, *tail);
        if (!etag)
            co_return etag.error();
    } else if (tail) {
        if (!tail->isEmpty()) {
            const Result<QByteArray> etag = co_await putPart(key, held.uploadId, held.parts.size() + 1, *tail);
            if (etag)
                held.parts.append(*etag);
            else if (etag.error().code != ErrorCode::NotFound)
                co_return etag.error();
        }
        const Result<Done> completed = co_await complete(key, held);
        if (!completed && completed.error().code != ErrorCode::NotFound)
            co_return completed.error();
    } else if (tail.error().code != ErrorCode::NotFound) {
        co_return tail.error();
    }
    // Also where parts or tail are gone: a step whose outcome nobody kept may have finished it.
    const Result<Done> whole = co_await requireSize(key, blob.size);
    if (!whole)
        co_return whole.error();
    co_return co_await removeTails(key);
}

Task<Done> S3BlobStore::removeTails(BlobKey key)
{
    for (const bool second : {false, true}) {
        const BlobKey tail = key + UnfinishedParts::suffix(second);
        const Result<Done> removed = co_await remove(tail);
        if (!removed)
            co_return removed.error();
    }
    co_return Done{};
}

Task<Done> S3BlobStore::abandon(BlobKey key, UnfinishedBlob blob)
{
    const std::optional<UnfinishedParts> held = UnfinishedParts::decode(blob.state);
    if (held && !held->uploadId.isEmpty()) {
        const S3Client::Request request{"DELETE", key, {{"uploadId", held->uploadId}}, {}, {}};
        const Result<S3Client::Reply> reply = co_await m_client.send(request);
        if (!reply)
            co_return reply.error();
        if (!isFine(reply->status) && reply->status != 404)
            co_return refusal(*reply);
    }
    co_return co_await removeTails(key);
}

Task<Done> S3BlobStore::put(BlobKey key, QByteArray bytes)
{
    const Result<QByteArray> etag = co_await putObject(key, bytes);
    if (!etag)
        co_return etag.error();
    co_return Done{};
}

Task<qint64> S3BlobStore::size(BlobKey key)
{
    const S3Client::Request request{"HEAD", key, {}, {}, {}};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    if (!isFine(reply->status))
        co_return refusal(*reply);
    co_return reply->length;
}

Task<QByteArray> S3BlobStore::read(BlobKey key, qint64 offset, qint64 count)
{
    if (count <= 0)
        co_return QByteArray();
    const QByteArray range = "bytes=" + QByteArray::number(offset) + '-' + QByteArray::number(offset + count - 1);
    const qint64 most = qMax<qint64>(count, 65'536);
    const S3Client::Request request{"GET", key, {}, {{"range", range}}, {}, most};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    if (reply->status == 416)
        co_return QByteArray(); // there is nothing from that byte on
    if (reply->status != 206)
        co_return refusal(*reply);
    co_return reply->body.first(qMin<qsizetype>(count, reply->body.size()));
}

Task<Done> S3BlobStore::remove(BlobKey key)
{
    const S3Client::Request request{"DELETE", key, {}, {}, {}};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    if (!isFine(reply->status) && reply->status != 404)
        co_return refusal(*reply);
    co_return Done{};
}

std::optional<QUrl> S3BlobStore::link(const BlobKey &key, const BlobLink &link)
{
    const AwsSigner::Pairs query{{"response-content-disposition", link.contentDisposition},
                                 {"response-content-type", link.contentType}};
    return m_client.link(key, query, link.seconds);
}

Task<Done> S3BlobStore::ready()
{
    const S3Client::Request request{"HEAD", {}, {}, {}, {}};
    const Result<S3Client::Reply> reply = co_await m_client.send(request);
    if (!reply)
        co_return reply.error();
    if (reply->status == 404)
        co_return Error::unavailable(u"The bucket of blobs.url does not exist."_s);
    if (reply->status == 403)
        co_return Error::unavailable(
            u"S3 refuses blobs.access_key and blobs.secret_key, or the bucket is not theirs."_s);
    if (!isFine(reply->status))
        co_return refusal(*reply);
    if (qAbs(m_client.secondsAhead()) > kWorrySeconds) {
        qCWarning(lcBlobs) << "the clock of S3 is" << m_client.secondsAhead()
                           << "s ahead of ours (behind where negative): links end too early or too late";
    }
    co_return Done{};
}

} // namespace confab::server
