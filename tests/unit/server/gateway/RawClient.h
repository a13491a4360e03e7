// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Frames.h"

#include <QtCore/QJsonObject>
#include <QtNetwork/QTcpSocket>

namespace confab::test {

/// A client that sends exactly the bytes a test wants, over plain TCP.
class RawClient
{
public:
    explicit RawClient(quint16 port);

    QTcpSocket &socket() { return m_socket; }
    void send(const QByteArray &bytes);

    /// Waits until \a count answers came whole (by Content-Length), and takes them. Fewer when the connection ended.
    QList<QByteArray> takeAnswers(int count);
    QByteArray takeAnswer();

    /// Waits for bytes that hold \a text.
    bool waitFor(const QByteArray &text);
    bool waitForEnd();
    QByteArray &received() { return m_received; }

    /// Opens a WebSocket and takes the handshake's answer.
    bool upgrade(const QByteArray &subprotocol = kJsonSubprotocol);

    /// A masked frame of any kind: the first byte as it stands, or without mask.
    static QByteArray frame(quint8 firstByte, const QByteArray &payload, bool isMasked = true);
    void sendJson(const QJsonObject &frame);

    struct Frame
    {
        int opcode = -1;
        QByteArray payload;
        QJsonObject json() const;
        int closeCode() const;
    };

    /// Waits for the server's next frame and takes it; opcode -1 when the connection ended first.
    Frame takeFrame();
    /// The next frame that is no ping.
    Frame takeMessage();

private:
    bool tryTakeFrame(Frame *frame);
    bool tryTakeAnswer(QByteArray *answer);

    QTcpSocket m_socket;
    QByteArray m_received;
};

} // namespace confab::test
