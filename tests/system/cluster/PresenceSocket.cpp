// SPDX-License-Identifier: MIT
#include "tests/system/cluster/PresenceSocket.h"

#include "shared/protocol/Frames.h"

namespace confab::test {

namespace {
constexpr qint64 kHello = 1;
constexpr qint64 kWatch = 2;
} // namespace

PresenceSocket::PresenceSocket(const QUrl &socket, const QString &token, const QList<UserId> &watched)
    : m_watched(watched)
{
    connect(&m_socket, &QWebSocket::connected, this, [this, token] {
        m_requests = 0;
        Hello hello;
        hello.token = token;
        ask(Hello::kInfo.name, encodeCbor(hello));
    });
    connect(&m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) { take(bytes); });
    connect(&m_socket, &QWebSocket::disconnected, this, [this] {
        m_isGreeted = false;
        m_retry.start();
    });
    m_retry.setSingleShot(true);
    m_retry.setInterval(200);
    m_retry.callOnTimeout(this, [this, socket] { open(socket); });
    open(socket);
}

PresenceSocket::~PresenceSocket()
{
    m_socket.disconnect(this);
}

void PresenceSocket::open(const QUrl &socket)
{
    QNetworkRequest request(socket);
    request.setRawHeader("Sec-WebSocket-Protocol", kCborSubprotocol);
    m_socket.open(request);
}

void PresenceSocket::setAway(bool away)
{
    ask(SetAway::kInfo.name, encodeCbor(SetAway{away}));
}

void PresenceSocket::ask(const char *op, const QByteArray &params)
{
    m_socket.sendBinaryMessage(encodeRequest(++m_requests, op, params));
}

void PresenceSocket::take(const QByteArray &bytes)
{
    const Result<ServerFrame> frame = decodeServerFrame(bytes);
    if (!frame || frame->error)
        return;
    if (frame->id == kHello) {
        m_isGreeted = true;
        ask(WatchPresence::kInfo.name, encodeCbor(WatchPresence{m_watched}));
    } else if (frame->id == kWatch) {
        if (const Result<PresenceList> now = decodeCbor<PresenceList>(frame->body, Strictness::Reply))
            see(now->people);
    } else if (frame->event == PresenceChanges::kEvent) {
        ++events;
        if (const Result<PresenceChanges> now = decodeCbor<PresenceChanges>(frame->body, Strictness::Reply))
            see(now->people);
    }
}

void PresenceSocket::see(const QList<Presence> &people)
{
    for (const Presence &presence : people) {
        m_seen.insert(presence.userId, presence);
        if (presence.state == Presence::State::Offline)
            everOffline.insert(presence.userId);
    }
}

} // namespace confab::test
