// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <functional>
#include <memory>

namespace confab::client {

/// One attempt at a socket to the server. Never used twice: a new attempt is a new object, so that nothing of an
/// older one can reach it. After it was destroyed it signals nothing.
///
/// Signals come from the event loop, never from inside a call, and `closed` once, as the last.
class Transport : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void open(const QUrl &url) = 0;
    virtual void send(const QByteArray &frame) = 0;
    /// Asks the peer for a sign of life, which comes as `alive`.
    virtual void ping() = 0;
    virtual void close() = 0;

Q_SIGNALS:
    void opened();
    void received(const QByteArray &frame);
    void alive();
    /// \a closeCode of RFC 6455, 0 where the socket failed without one; \a reason for logs.
    void closed(int closeCode, const QString &reason);
};

using TransportFactory = std::function<std::unique_ptr<Transport>()>;

} // namespace confab::client
