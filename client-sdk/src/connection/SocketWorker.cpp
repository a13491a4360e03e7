// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/SocketWorker.h"

#include "shared/protocol/Frames.h"

#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketHandshakeOptions>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 kMaxIncomingBytes = 64ULL * 1024 * 1024;

} // namespace

SocketWorker::~SocketWorker()
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    delete m_socket;
}

void SocketWorker::open(const QUrl &url)
{
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, nullptr);
    m_socket->setMaxAllowedIncomingMessageSize(kMaxIncomingBytes);
    m_socket->setMaxAllowedIncomingFrameSize(kMaxIncomingBytes);
    connect(m_socket, &QWebSocket::connected, this, &SocketWorker::opened);
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &SocketWorker::received);
    connect(m_socket, &QWebSocket::pong, this, &SocketWorker::alive);
    connect(m_socket, &QWebSocket::disconnected, this,
            [this] { finish(m_socket->closeCode(), m_socket->closeReason()); });
    // Not every failure is followed by `disconnected`. Queued, so that closing from here is never re-entered.
    connect(
        m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
        [this] {
            if (m_socket->state() == QAbstractSocket::UnconnectedState)
                finish(0, m_socket->errorString());
        },
        Qt::QueuedConnection);
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({QString::fromLatin1(kCborSubprotocol)});
    m_socket->open(url, options);
}

void SocketWorker::send(const QByteArray &frame)
{
    if (m_socket && m_socket->isValid())
        m_socket->sendBinaryMessage(frame);
}

void SocketWorker::ping()
{
    if (m_socket && m_socket->isValid())
        m_socket->ping();
}

void SocketWorker::close()
{
    if (m_socket && m_socket->isValid())
        m_socket->close(QWebSocketProtocol::CloseCodeNormal);
}

void SocketWorker::finish(int closeCode, const QString &reason)
{
    if (std::exchange(m_finished, true))
        return;
    Q_EMIT closed(closeCode, reason);
}

} // namespace confab::client
