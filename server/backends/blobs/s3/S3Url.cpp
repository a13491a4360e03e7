// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/S3Url.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QUrlQuery>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

Error wrong(const QString &message)
{
    return Error::invalid(u"blobs.url"_s, message);
}

/// Scheme, host and port, and nothing that would be silently left out.
bool isEndpoint(const QUrl &url)
{
    const bool isHttp = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
    return url.isValid() && isHttp && !url.host().isEmpty() && url.userInfo().isEmpty() && !url.hasQuery() &&
           !url.hasFragment() && (url.path().isEmpty() || url.path() == "/"_L1);
}

bool isBucket(const QString &name)
{
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    static const QRegularExpression shape(u"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"_s);
    return shape.match(name).hasMatch();
}

} // namespace

Result<S3Url> S3Url::parse(const QString &text)
{
    const QUrl given(text, QUrl::StrictMode);
    if (!given.isValid() || given.scheme() != "s3"_L1 || given.hasFragment() || given.port() != -1)
        return wrong(u"This is no address of a bucket: s3://BUCKET[/PREFIX]?endpoint=URL&region=REGION."_s);
    if (!given.userInfo().isEmpty())
        return wrong(u"Keys do not belong into the address: they are blobs.access_key and blobs.secret_key."_s);

    S3Url url;
    url.bucket = given.host();
    if (!isBucket(url.bucket))
        return wrong(u"A bucket's name is 3 to 63 characters of a-z, 0-9, '-' and '.'."_s);
    url.prefix = given.path().mid(1);
    static const QRegularExpression prefixShape(u"^[A-Za-z0-9._/-]*$"_s);
    if (!prefixShape.match(url.prefix).hasMatch() || url.prefix.startsWith(u'/') || url.prefix.contains("//"_L1))
        return wrong(u"A prefix consists of letters, digits, '.', '_', '-' and single '/'."_s);
    if (!url.prefix.isEmpty() && !url.prefix.endsWith(u'/'))
        url.prefix += u'/';

    url.region = u"us-east-1"_s;
    QString style;
    const QUrlQuery query(given);
    for (const auto &[name, value] : query.queryItems(QUrl::FullyDecoded)) {
        if (name == "endpoint"_L1)
            url.endpoint = QUrl(value, QUrl::StrictMode);
        else if (name == "region"_L1 && !value.isEmpty())
            url.region = value;
        else if (name == "style"_L1 && (value == "path"_L1 || value == "host"_L1))
            style = value;
        else
            return wrong(u"Behind the '?' stand endpoint=URL, region=REGION and style=path or style=host."_s);
    }
    const bool isAmazon = url.endpoint.isEmpty();
    if (isAmazon)
        url.endpoint = QUrl(u"https://s3.%1.amazonaws.com"_s.arg(url.region));
    if (!isEndpoint(url.endpoint))
        return wrong(u"The endpoint is an address like https://s3.example.org:9000, without a path."_s);
    url.endpoint.setPath({});
    url.bucketInHost = style.isEmpty() ? isAmazon : style == "host"_L1;
    return url;
}

QString S3Url::toString() const
{
    return u"s3://%1/%2 at %3"_s.arg(bucket, prefix, endpoint.toString());
}

QByteArray S3Url::host() const
{
    QByteArray name = endpoint.host(QUrl::FullyEncoded).toLatin1();
    if (bucketInHost)
        name = bucket.toLatin1() + '.' + name;
    return endpoint.port() == -1 ? name : name + ':' + QByteArray::number(endpoint.port());
}

QByteArray S3Url::pathOf(const QByteArray &key) const
{
    const QByteArray within = key.isEmpty() ? QByteArray() : prefix.toLatin1() + key;
    return bucketInHost ? '/' + within : '/' + bucket.toLatin1() + (within.isEmpty() ? QByteArray() : '/' + within);
}

} // namespace confab::server
