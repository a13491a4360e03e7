// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtCore/QUrl>
#include <QtNetwork/QAbstractSocket>

QT_BEGIN_NAMESPACE
class QWebSocket;
QT_END_NAMESPACE

namespace confab::client {

/// The half of a WebSocketTransport that lives in the network thread.
class SocketWorker : public QObject
{
    Q_OBJECT

public:
    ~SocketWorker() override;

    void open(const QUrl &url);
    void send(const QByteArray &frame);
    void ping();
    void close();

Q_SIGNALS:
    void opened();
    void received(const QByteArray &frame);
    void alive();
    void closed(int closeCode, const QString &reason);

private:
    void finish(int closeCode, const QString &reason);

    QWebSocket *m_socket = nullptr;
    bool m_finished = false;
};

} // namespace confab::client
