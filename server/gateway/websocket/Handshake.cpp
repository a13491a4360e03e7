// SPDX-License-Identifier: MIT
#include "server/gateway/websocket/Handshake.h"

#include "server/gateway/http/ProblemDetails.h"

#include <QtCore/QCryptographicHash>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr const char *kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr qsizetype kNonceBytes = 16;

HttpAnswer refuse(int status, const QString &detail)
{
    HttpAnswer answer = problemAnswer(status, detail);
    answer.closes = true;
    return answer;
}

} // namespace

bool isUpgrade(const HttpRequest &request)
{
    return request.hasToken("Connection", "upgrade") && request.hasToken("Upgrade", "websocket");
}

std::variant<Handshake, HttpAnswer> answerUpgrade(const HttpRequest &request)
{
    if (request.method != "GET" || !request.isHttp11 || !request.body.isEmpty())
        return refuse(400, u"a WebSocket opens with GET, HTTP/1.1 and no body"_s);
    if (request.field("Sec-WebSocket-Version").trimmed() != "13") {
        HttpAnswer answer = refuse(426, u"this server speaks WebSocket version 13"_s);
        answer.fields.append(HttpField("Sec-WebSocket-Version", "13"));
        return answer;
    }
    const QByteArray key = request.field("Sec-WebSocket-Key").trimmed();
    const auto nonce = QByteArray::fromBase64Encoding(key, QByteArray::AbortOnBase64DecodingErrors);
    if (!nonce || nonce.decoded.size() != kNonceBytes)
        return refuse(400, u"Sec-WebSocket-Key must be 16 bytes in base64"_s);

    Handshake handshake;
    QByteArray chosen;
    const QByteArrayList offered = request.fieldsNamed("Sec-WebSocket-Protocol").join(',').split(',');
    for (const QByteArray &offer : offered) {
        const QByteArray name = offer.trimmed();
        if (name == kCborSubprotocol || name == kJsonSubprotocol) {
            chosen = name;
            break;
        }
    }
    if (chosen.isEmpty() && !offered.join().trimmed().isEmpty())
        return refuse(400, u"the subprotocols are confab.v1.cbor and confab.v1.json"_s);
    if (chosen == kCborSubprotocol)
        handshake.format = WireFormat::Cbor;

    handshake.response = "HTTP/1.1 101 Switching Protocols\r\n"
                         "Upgrade: websocket\r\n"
                         "Connection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: " +
                         QCryptographicHash::hash(key + kGuid, QCryptographicHash::Sha1).toBase64() + "\r\n";
    if (!chosen.isEmpty())
        handshake.response += "Sec-WebSocket-Protocol: " + chosen + "\r\n";
    handshake.response += "\r\n";
    return handshake;
}

} // namespace confab::server
