// SPDX-License-Identifier: MIT
#include "tests/support/system/RestClient.h"

#include "tests/support/system/Person.h"

#include <QtCore/QEventLoop>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>

#include <algorithm>
#include <memory>

namespace confab::test {
using namespace Qt::StringLiterals;

QJsonObject RestReply::json() const
{
    return QJsonDocument::fromJson(body).object();
}

RestReply RestClient::request(const QByteArray &method, const QString &pathAndQuery, const QJsonObject &body)
{
    QNetworkRequest request(QUrl(m_server.toString() + pathAndQuery));
    if (!m_token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_token.toUtf8());
    QByteArray bytes;
    if (!body.isEmpty()) {
        bytes = QJsonDocument(body).toJson(QJsonDocument::Compact);
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    }
    request.setTransferTimeout(30'000);
    const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, method, bytes));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    if (!reply->isFinished())
        loop.exec();
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
            reply->header(QNetworkRequest::ContentTypeHeader).toByteArray(), reply->readAll()};
}

Error RestClient::problem(const RestReply &reply)
{
    const QJsonObject json = reply.json();
    if (!json.contains("code"_L1))
        return Error{errorCodeFromHttpStatus(reply.status), u"HTTP status %1"_s.arg(reply.status), {}, 0};
    return Error{errorCodeFromWireName(json["code"_L1].toString()), json["detail"_L1].toString(),
                 json["field"_L1].toString(), json["retryAfterMs"_L1].toInteger()};
}

Result<SignedIn> signUp(RestClient &rest, const QString &handle)
{
    return rest.call<SignedIn>(
        "POST", u"/v1/accounts"_s,
        {{u"handle"_s, handle}, {u"displayName"_s, handle}, {u"password"_s, Person::password()}});
}

Result<SignedIn> signIn(RestClient &rest, const QString &handle)
{
    return rest.call<SignedIn>("POST", u"/v1/sessions"_s, {{u"handle"_s, handle}, {u"password"_s, Person::password()}});
}

QList<Message> history(RestClient &rest, ConversationId conversation)
{
    QList<Message> all;
    bool more = true;
    while (more) {
        QString path = u"/v1/conversations/%1/messages?limit=200"_s.arg(conversation.toString());
        if (!all.isEmpty())
            path += u"&before=%1"_s.arg(all.last().id);
        const Result<MessagePage> page = rest.call<MessagePage>("GET", path);
        if (!page) {
            qWarning("the server's history cannot be read: %s", qPrintable(page.error().message));
            return {};
        }
        all += page->messages;
        more = page->more;
    }
    std::reverse(all.begin(), all.end());
    return all;
}

} // namespace confab::test
