// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Codec.h"
#include "shared/protocol/Json.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QJsonObject>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkAccessManager>

namespace confab::test {

/// What a REST call gave, undecoded.
struct RestReply
{
    int status = 0; ///< 0: no HTTP answer at all.
    QByteArray contentType;
    QByteArray body;

    QJsonObject json() const;
};

/// A plain REST client as any program might be: JSON over HTTP, a bearer token. Calls turn the event loop until
/// answered.
class RestClient
{
public:
    explicit RestClient(const QUrl &server) : m_server(server) { }

    void setToken(const QString &token) { m_token = token; }
    QString token() const { return m_token; }

    RestReply request(const QByteArray &method, const QString &pathAndQuery, const QJsonObject &body = {});

    /// The same, decoded as the contract's type; an error status comes back as its Error.
    template<typename T>
    Result<T> call(const QByteArray &method, const QString &pathAndQuery, const QJsonObject &body = {})
    {
        const RestReply reply = request(method, pathAndQuery, body);
        if (reply.status < 200 || reply.status > 299)
            return problem(reply);
        const Result<QByteArray> cbor = jsonToCbor(reply.body);
        if (!cbor)
            return cbor.error();
        return decodeCbor<T>(*cbor, Strictness::Request); // as strict as the API document: every field is there
    }

private:
    static Error problem(const RestReply &reply);

    const QUrl m_server;
    QString m_token;
    QNetworkAccessManager m_network;
};

/// Makes an account, or a further session of one, with Person::password(). The client's own token stays.
Result<SignedIn> signUp(RestClient &rest, const QString &handle);
Result<SignedIn> signIn(RestClient &rest, const QString &handle);

/// A whole conversation as the server has it, oldest first; nothing, and a warning, where it cannot be read.
QList<Message> history(RestClient &rest, ConversationId conversation);

} // namespace confab::test
