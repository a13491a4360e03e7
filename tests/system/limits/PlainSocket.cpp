// SPDX-License-Identifier: MIT
#include "PlainSocket.h"

#include "tests/support/system/Person.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QtEndian>

namespace confab::test {
using namespace Qt::StringLiterals;

bool PlainSocket::open(quint16 port, const QString &token)
{
    m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    if (!waitUntil([this] { return isConnected(); }))
        return false;
    m_socket.write("GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Protocol: confab.v1.json\r\n\r\n");
    QByteArray head;
    if (!waitUntil([&] {
            head += m_socket.read(1);
            while (m_socket.bytesAvailable() > 0 && !head.endsWith("\r\n\r\n"))
                head += m_socket.read(1);
            return head.endsWith("\r\n\r\n");
        }))
        return false;
    sendHello(token);
    const qint64 before = m_replies;
    return waitUntil([&] {
        take();
        return m_replies > before;
    });
}

void PlainSocket::sendHello(const QString &token)
{
    const QJsonObject hello{
        {u"id"_s, 1},
        {u"op"_s, u"hello"_s},
        {u"params"_s, QJsonObject{{u"token"_s, token}, {u"cursors"_s, QJsonArray()}, {u"features"_s, QJsonArray()}}}};
    const QByteArray payload = QJsonDocument(hello).toJson(QJsonDocument::Compact);
    QByteArray frame("\x81", 1);
    constexpr char kMasked = '\x80';
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size() | kMasked);
    } else {
        frame += static_cast<char>(126 | kMasked);
        const quint16 length = qToBigEndian(static_cast<quint16>(payload.size()));
        frame.append(reinterpret_cast<const char *>(&length), sizeof length);
    }
    frame.append(4, '\0'); // a mask that changes nothing
    m_socket.write(frame + payload);
}

void PlainSocket::take()
{
    const QByteArray bytes = m_socket.readAll();
    m_bytes += bytes.size();
    m_received += bytes;
    while (takeFrame()) {
    }
}

bool PlainSocket::takeFrame()
{
    if (m_received.size() < 2)
        return false;
    quint64 length = static_cast<uchar>(m_received[1]) & 0x7f;
    qsizetype head = 2;
    if (length == 126 && m_received.size() >= 4) {
        length = qFromBigEndian<quint16>(m_received.constData() + 2);
        head = 4;
    } else if (length == 127 && m_received.size() >= 10) {
        length = qFromBigEndian<quint64>(m_received.constData() + 2);
        head = 10;
    } else if (length >= 126) {
        return false;
    }
    const qsizetype size = head + static_cast<qsizetype>(length);
    if (m_received.size() < size)
        return false;
    const int opcode = m_received[0] & 0x0f;
    const QByteArray payload = m_received.mid(head, static_cast<qsizetype>(length));
    m_received.remove(0, size);
    constexpr int kText = 1;
    constexpr int kClose = 8;
    if (opcode == kClose && payload.size() >= 2)
        m_closeCode = qFromBigEndian<quint16>(payload.constData());
    if (opcode != kText)
        return true;
    const QJsonObject object = QJsonDocument::fromJson(payload).object();
    if (object.contains("event"_L1))
        ++m_events[object["event"_L1].toString()];
    else
        ++m_replies;
    return true;
}

} // namespace confab::test
