// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

namespace confab::server {

/// One accepted connection, whatever is spoken on it, as its gateway holds it.
class Connection
{
public:
    virtual ~Connection() = default;

    /// Finishes what is in hand, then ends; new requests are not taken.
    virtual void drain() = 0;

    /// Ends now.
    virtual void cut() = 0;

    /// What waits for the peer to read.
    virtual qint64 bytesWaiting() const = 0;

    /// Whether it is a WebSocket by now.
    virtual bool isSocket() const { return false; }
};

/// Who holds connections.
class ConnectionHost
{
public:
    virtual ~ConnectionHost() = default;

    virtual void adopt(std::shared_ptr<Connection> connection) = 0;

    /// Within how long those who lose this node are to come back, each at a random time.
    virtual qint64 reconnectSpreadMs() const = 0;

    /// The connection is over and may be let go, once the event loop turns.
    virtual void release(Connection *connection) = 0;
};

} // namespace confab::server
