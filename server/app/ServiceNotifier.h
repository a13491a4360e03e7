// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab::server {

/// Tells the service manager how the server stands, as sd_notify(3) does. Without one every call does nothing.
class ServiceNotifier
{
public:
    /// \a socketPath is what the manager gives in NOTIFY_SOCKET: a path, or a name that begins with @; empty for none.
    explicit ServiceNotifier(const QByteArray &socketPath) : m_socketPath(socketPath) { }

    /// The server accepts connections.
    void ready() const { send("READY=1"); }
    /// The server was asked to stop.
    void stopping() const { send("STOPPING=1"); }

private:
    void send(const QByteArray &state) const;

    const QByteArray m_socketPath;
};

} // namespace confab::server
