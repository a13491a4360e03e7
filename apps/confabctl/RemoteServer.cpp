// SPDX-License-Identifier: MIT
#include "apps/confabctl/RemoteServer.h"

#include "shared/protocol/Json.h"

#include <QtCore/QEventLoop>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QUrlQuery>
#include <QtNetwork/QNetworkReply>

#include <memory>

namespace confab::ctl {
using namespace Qt::StringLiterals;

namespace {
constexpr int kTimeoutMs = 60'000;

/// The operation's path with its fields filled in, which are then no parameters any more.
QString filledPath(const char *pattern, QJsonObject &params)
{
    QString path = QString::fromLatin1(pattern).section(u'?', 0, 0);
    for (qsizetype from = path.indexOf(u'{'); from >= 0; from = path.indexOf(u'{')) {
        const qsizetype to = path.indexOf(u'}', from);
        const QString field = path.mid(from + 1, to - from - 1);
        const QByteArray value = QUrl::toPercentEncoding(params.take(field).toString());
        path.replace(from, to - from + 1, QString::fromLatin1(value));
    }
    return path;
}

Error problemOf(const QNetworkReply &reply, int status, const QByteArray &body)
{
    if (status == 0)
        return Error::unavailable(u"The server does not answer: %1."_s.arg(reply.errorString()));
    const QJsonObject json = QJsonDocument::fromJson(body).object();
    if (!json.contains("code"_L1))
        return Error{
            errorCodeFromHttpStatus(status), u"This is no Confab server: it answered %1."_s.arg(status), {}, 0};
    return Error{errorCodeFromWireName(json["code"_L1].toString()), json["detail"_L1].toString(),
                 json["field"_L1].toString(), json["retryAfterMs"_L1].toInteger()};
}
} // namespace

Result<QByteArray> RemoteServer::dispatch(const OperationInfo &info, const QByteArray &params)
{
    QJsonObject fields = QJsonDocument::fromJson(cborToJson(params)).object();
    QUrl url = m_url;
    url.setPath(m_url.path().endsWith(u'/') ? m_url.path().chopped(1) : m_url.path());
    url = QUrl(url.toString() + filledPath(info.path, fields));
    const bool hasBody = info.method != HttpMethod::Get && info.method != HttpMethod::Delete;
    QByteArray body;
    if (hasBody) {
        body = QJsonDocument(fields).toJson(QJsonDocument::Compact);
    } else {
        QUrlQuery query;
        for (auto field = fields.constBegin(); field != fields.constEnd(); ++field)
            query.addQueryItem(field.key(),
                               QString::fromLatin1(QUrl::toPercentEncoding(field.value().toVariant().toString())));
        if (!query.isEmpty())
            url.setQuery(query);
    }
    QNetworkRequest request(url);
    // The token stays with the server it was made by.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(kTimeoutMs);
    if (!m_token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_token.toUtf8());
    if (hasBody)
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, methodName(info.method), body));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    if (!reply->isFinished())
        loop.exec();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QByteArray answer = reply->readAll();
    if (status < 200 || status > 299)
        return problemOf(*reply, status, answer);
    return jsonToCbor(answer.isEmpty() ? QByteArray("{}") : answer);
}

} // namespace confab::ctl
