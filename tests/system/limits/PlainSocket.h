// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Frames.h"

#include <QtCore/QJsonObject>
#include <QtNetwork/QTcpSocket>

namespace confab::test {

/// A WebSocket by hand, which may stop reading: its receive buffer is small and nothing is taken from it.
class PlainSocket
{
public:
    /// Connects and says hello; false where that fails.
    bool open(quint16 port, const QString &token);

    void stopReading() { m_socket.setReadBufferSize(1); }
    void readOn() { m_socket.setReadBufferSize(0); }
    void sendHello(const QString &token);

    /// Takes all whole frames that are here. Events are counted by name; a close frame's code is kept.
    void take();
    qint64 count(const QString &event) const { return m_events.value(event); }
    qint64 bytesRead() const { return m_bytes; }
    int closeCode() const { return m_closeCode; }
    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    QTcpSocket &socket() { return m_socket; }

private:
    bool takeFrame();

    QTcpSocket m_socket;
    QByteArray m_received;
    QHash<QString, qint64> m_events;
    qint64 m_bytes = 0;
    qint64 m_replies = 0;
    int m_closeCode = 0;
};

} // namespace confab::test
