// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab::server {

/// Who hears of a ByteStream. Called from the event loop only, never from within a call to the stream.
class StreamReceiver
{
public:
    virtual ~StreamReceiver() = default;

    /// Bytes came; the view is valid during the call.
    virtual void bytesArrived(QByteArrayView bytes) = 0;

    /// The peer sends no more. What is written may still reach it. Called once.
    virtual void peerFinished() = 0;

    /// All that waited was taken by the system.
    virtual void writtenOut() { }

    /// The connection is gone, cut or closed at both ends. Called once, the last call.
    virtual void streamEnded() = 0;
};

/// A peer's connection as bytes both ways, without blocking. TLS would be another implementation.
class ByteStream
{
public:
    virtual ~ByteStream() = default;

    /// From now on \a receiver is called. It may be changed at any time.
    virtual void setReceiver(StreamReceiver *receiver) = 0;

    /// Stops and resumes taking bytes from the peer, which then feels it by flow control.
    virtual void setReading(bool reading) = 0;

    /// Sends what can be sent at once and keeps the rest, sharing the array. Ignored once closing.
    virtual void write(const QByteArray &bytes) = 0;

    /// Says to the peer that nothing more comes, after what waits.
    virtual void finish() = 0;

    /// Drops what waits and cuts the connection; streamEnded() follows.
    virtual void abort() = 0;

    /// Bytes written and not yet taken by the system.
    virtual qint64 bytesWaiting() const = 0;

    /// All bytes that the system took so far: while some wait, it grows as long as the peer reads.
    virtual qint64 bytesTaken() const = 0;
};

} // namespace confab::server
