// SPDX-License-Identifier: MIT
#include "RawClient.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QtEndian>
#include <QtTest/QTest>

namespace confab::test {

using namespace Qt::StringLiterals;

namespace {
constexpr int kPatienceMs = 30'000;
} // namespace

RawClient::RawClient(quint16 port)
{
    QObject::connect(&m_socket, &QTcpSocket::readyRead, &m_socket, [this] { m_received += m_socket.readAll(); });
    m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    if (!QTest::qWaitFor([this] { return m_socket.state() == QAbstractSocket::ConnectedState; }, kPatienceMs))
        qFatal("the raw client cannot connect");
}

void RawClient::send(const QByteArray &bytes)
{
    m_socket.write(bytes);
    m_socket.flush();
}

bool RawClient::tryTakeAnswer(QByteArray *answer)
{
    const qsizetype end = m_received.indexOf("\r\n\r\n");
    if (end < 0)
        return false;
    const QByteArray header = m_received.left(end + 4);
    const qsizetype at = header.indexOf("Content-Length: ");
    qsizetype length = 0;
    if (at >= 0)
        length = header.mid(at + 16, header.indexOf('\r', at) - at - 16).toLongLong();
    if (m_received.size() < header.size() + length)
        return false;
    *answer = m_received.left(header.size() + length);
    m_received.remove(0, answer->size());
    return true;
}

QList<QByteArray> RawClient::takeAnswers(int count)
{
    QList<QByteArray> answers;
    QByteArray answer;
    while (answers.size() < count) {
        const bool came = QTest::qWaitFor(
            [&] { return tryTakeAnswer(&answer) || m_socket.state() == QAbstractSocket::UnconnectedState; },
            kPatienceMs);
        if (!came || answer.isEmpty())
            break;
        answers.append(std::exchange(answer, {}));
    }
    return answers;
}

QByteArray RawClient::takeAnswer()
{
    return takeAnswers(1).value(0);
}

bool RawClient::waitFor(const QByteArray &text)
{
    return QTest::qWaitFor([&] { return m_received.contains(text); }, kPatienceMs);
}

bool RawClient::waitForEnd()
{
    return QTest::qWaitFor([this] { return m_socket.state() == QAbstractSocket::UnconnectedState; }, kPatienceMs);
}

bool RawClient::upgrade(const QByteArray &subprotocol)
{
    QByteArray request = "GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    if (!subprotocol.isEmpty())
        request += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
    send(request + "\r\n");
    return takeAnswer().startsWith("HTTP/1.1 101 ");
}

QByteArray RawClient::frame(quint8 firstByte, const QByteArray &payload, bool isMasked)
{
    const char maskBit = isMasked ? '\x80' : '\0';
    QByteArray bytes(1, static_cast<char>(firstByte));
    if (payload.size() < 126) {
        bytes += static_cast<char>(payload.size() | maskBit);
    } else if (payload.size() <= 0xffff) {
        bytes += static_cast<char>(126 | maskBit);
        const quint16 length = qToBigEndian(static_cast<quint16>(payload.size()));
        bytes.append(reinterpret_cast<const char *>(&length), 2);
    } else {
        bytes += static_cast<char>(127 | maskBit);
        const quint64 length = qToBigEndian(static_cast<quint64>(payload.size()));
        bytes.append(reinterpret_cast<const char *>(&length), 8);
    }
    if (!isMasked)
        return bytes + payload;
    const char mask[4] = {'\x11', '\x22', '\x33', '\x44'};
    bytes.append(mask, 4);
    for (qsizetype i = 0; i < payload.size(); ++i)
        bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
    return bytes;
}

void RawClient::sendJson(const QJsonObject &object)
{
    send(frame(0x81, QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

bool RawClient::tryTakeFrame(Frame *frame)
{
    if (m_received.size() < 2)
        return false;
    quint64 length = static_cast<uchar>(m_received[1]) & 0x7f;
    qsizetype head = 2;
    if (length == 126) {
        if (m_received.size() < 4)
            return false;
        length = qFromBigEndian<quint16>(m_received.constData() + 2);
        head = 4;
    } else if (length == 127) {
        if (m_received.size() < 10)
            return false;
        length = qFromBigEndian<quint64>(m_received.constData() + 2);
        head = 10;
    }
    const qsizetype size = head + static_cast<qsizetype>(length);
    if (m_received.size() < size)
        return false;
    frame->opcode = m_received[0] & 0x0f;
    frame->payload = m_received.mid(head, static_cast<qsizetype>(length));
    m_received.remove(0, size);
    return true;
}

RawClient::Frame RawClient::takeFrame()
{
    Frame frame;
    const bool came = QTest::qWaitFor(
        [&] { return tryTakeFrame(&frame) || m_socket.state() == QAbstractSocket::UnconnectedState; }, kPatienceMs);
    return came ? frame : Frame();
}

RawClient::Frame RawClient::takeMessage()
{
    constexpr int kPing = 9;
    Frame frame = takeFrame();
    while (frame.opcode == kPing)
        frame = takeFrame();
    return frame;
}

QJsonObject RawClient::Frame::json() const
{
    return QJsonDocument::fromJson(payload).object();
}

int RawClient::Frame::closeCode() const
{
    constexpr int kClose = 8;
    return opcode == kClose && payload.size() >= 2 ? qFromBigEndian<quint16>(payload.constData()) : -1;
}

} // namespace confab::test
