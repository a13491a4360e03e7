// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Transport.h"

class QThread;

namespace confab::client {

class SocketWorker;

/// A QWebSocket in the network thread, spoken to from the thread this object lives in.
class WebSocketTransport final : public Transport
{
    Q_OBJECT

public:
    explicit WebSocketTransport(QThread *networkThread);
    ~WebSocketTransport() override;

    void open(const QUrl &url) override;
    void send(const QByteArray &frame) override;
    void ping() override;
    void close() override;

private:
    SocketWorker *m_worker; // lives and dies in the network thread
};

} // namespace confab::client
