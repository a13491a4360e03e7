// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/AwsSigner.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QMessageAuthenticationCode>

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr char kAlgorithm[] = "AWS4-HMAC-SHA256";

QByteArray hmac(const QByteArray &key, const QByteArray &text)
{
    return QMessageAuthenticationCode::hash(text, key, QCryptographicHash::Sha256);
}

QByteArray hexHash(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

QByteArray timeOf(const QDateTime &utc)
{
    return utc.toString(u"yyyyMMdd'T'HHmmss'Z'"_s).toLatin1();
}

QByteArray dateOf(const QByteArray &time)
{
    return time.first(8);
}

/// The names of sorted headers, as they are signed.
QByteArray namesOf(const AwsSigner::Pairs &headers)
{
    QByteArray names;
    for (const auto &[name, value] : headers)
        names += (names.isEmpty() ? "" : ";") + name;
    return names;
}

QByteArray canonical(const AwsSigner::Request &request, const AwsSigner::Pairs &headers, const QByteArray &payloadHash)
{
    QByteArray text = request.method + '\n' + AwsSigner::encode(request.path, true) + '\n' +
                      AwsSigner::encodeQuery(request.query) + '\n';
    for (const auto &[name, value] : headers)
        text += name + ':' + value.trimmed() + '\n';
    return text + '\n' + namesOf(headers) + '\n' + payloadHash;
}

} // namespace

QByteArray AwsSigner::encode(const QByteArray &bytes, bool keepSlashes)
{
    return bytes.toPercentEncoding(keepSlashes ? QByteArray("/") : QByteArray());
}

QByteArray AwsSigner::encodeQuery(const Pairs &query)
{
    Pairs encoded;
    for (const auto &[name, value] : query)
        encoded.append({encode(name, false), encode(value, false)});
    std::sort(encoded.begin(), encoded.end());
    QByteArray text;
    for (const auto &[name, value] : encoded)
        text += (text.isEmpty() ? "" : "&") + name + '=' + value;
    return text;
}

QByteArray AwsSigner::signature(const QByteArray &canonicalRequest, const QByteArray &time) const
{
    const QByteArray date = dateOf(time);
    const QByteArray toSign =
        kAlgorithm + QByteArray("\n") + time + '\n' + scope(date) + '\n' + hexHash(canonicalRequest);
    const QByteArray dateKey = hmac("AWS4" + m_secretKey, date);
    const QByteArray serviceKey = hmac(hmac(dateKey, m_region), "s3");
    return hmac(hmac(serviceKey, "aws4_request"), toSign).toHex();
}

AwsSigner::Pairs AwsSigner::headers(const Request &request, const QByteArray &payloadHash, const QDateTime &utc) const
{
    const QByteArray time = timeOf(utc);
    Pairs all = request.headers;
    all.append({{"host", request.host}, {"x-amz-content-sha256", payloadHash}, {"x-amz-date", time}});
    std::sort(all.begin(), all.end());
    const QByteArray authorization = kAlgorithm + QByteArray(" Credential=") + m_accessKey + '/' + scope(dateOf(time)) +
                                     ", SignedHeaders=" + namesOf(all) +
                                     ", Signature=" + signature(canonical(request, all, payloadHash), time);
    return {{"x-amz-content-sha256", payloadHash}, {"x-amz-date", time}, {"authorization", authorization}};
}

QByteArray AwsSigner::presignedQuery(const Request &request, int seconds, const QDateTime &utc) const
{
    const QByteArray time = timeOf(utc);
    Request asked = request;
    asked.query.append({{"X-Amz-Algorithm", kAlgorithm},
                        {"X-Amz-Credential", m_accessKey + '/' + scope(dateOf(time))},
                        {"X-Amz-Date", time},
                        {"X-Amz-Expires", QByteArray::number(seconds)},
                        {"X-Amz-SignedHeaders", "host"}});
    const QByteArray text = canonical(asked, {{"host", asked.host}}, "UNSIGNED-PAYLOAD");
    return encodeQuery(asked.query) + "&X-Amz-Signature=" + signature(text, time);
}

} // namespace confab::server
