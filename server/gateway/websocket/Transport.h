// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/websocket/OutgoingFrame.h"
#include "shared/protocol/CloseReason.h"

namespace confab::server {

/// Who hears of a Transport. Called from the event loop only, never from within a call to the transport.
class TransportReceiver
{
public:
    virtual ~TransportReceiver() = default;

    /// A message in the transport's format: CBOR, or JSON that is well-formed UTF-8.
    virtual void messageArrived(const QByteArray &message) = 0;

    /// Anything at all came: the peer lives.
    virtual void peerHeard() = 0;

    /// Nothing waits any more.
    virtual void drained() { }

    /// The peer says goodbye or broke the protocol; the transport is closing by itself. Called once at most.
    virtual void transportClosing() = 0;

    /// The connection is gone. Called once, the last call.
    virtual void transportEnded() = 0;
};

/// What a session sends through, whatever carries it.
class Transport
{
public:
    virtual ~Transport() = default;

    virtual void setReceiver(TransportReceiver *receiver) = 0;
    virtual WireFormat format() const = 0;

    /// Sends a frame, sharing its bytes. Ignored once closing.
    virtual void send(const OutgoingFrame &frame) = 0;

    /// Asks the peer for a sign of life.
    virtual void ping() = 0;

    /// Tells the peer why, and within which time to come back (0: as it likes), and ends after what waits. Ignored once
    /// closing.
    virtual void close(CloseReason reason, qint64 spreadMs = 0) = 0;

    /// Drops what waits and ends; transportEnded() follows from the event loop.
    virtual void abort() = 0;

    /// Stops and resumes taking messages; some that are here already may still arrive.
    virtual void setReading(bool reading) = 0;

    virtual qint64 bytesWaiting() const = 0;

    /// All bytes taken from what waited so far: while some wait, it grows as long as the peer reads.
    virtual qint64 bytesTaken() const { return 0; }
};

} // namespace confab::server
