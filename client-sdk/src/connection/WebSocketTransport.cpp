// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/WebSocketTransport.h"

#include "client-sdk/src/connection/SocketWorker.h"

#include <QtCore/QThread>

namespace confab::client {

WebSocketTransport::WebSocketTransport(QThread *networkThread) : m_worker(new SocketWorker)
{
    m_worker->moveToThread(networkThread);
    connect(m_worker, &SocketWorker::opened, this, &Transport::opened, Qt::QueuedConnection);
    connect(m_worker, &SocketWorker::received, this, &Transport::received, Qt::QueuedConnection);
    connect(m_worker, &SocketWorker::alive, this, &Transport::alive, Qt::QueuedConnection);
    connect(m_worker, &SocketWorker::closed, this, &Transport::closed, Qt::QueuedConnection);
}

WebSocketTransport::~WebSocketTransport()
{
    m_worker->disconnect(this);
    m_worker->deleteLater();
}

void WebSocketTransport::open(const QUrl &url)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, url] { worker->open(url); }, Qt::QueuedConnection);
}

void WebSocketTransport::send(const QByteArray &frame)
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker, frame] { worker->send(frame); }, Qt::QueuedConnection);
}

void WebSocketTransport::ping()
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->ping(); }, Qt::QueuedConnection);
}

void WebSocketTransport::close()
{
    QMetaObject::invokeMethod(
        m_worker, [worker = m_worker] { worker->close(); }, Qt::QueuedConnection);
}

} // namespace confab::client
