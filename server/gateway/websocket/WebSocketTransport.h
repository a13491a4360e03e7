// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/net/ByteStream.h"
#include "server/gateway/websocket/FrameReader.h"
#include "server/gateway/websocket/Transport.h"

#include <memory>

namespace confab::server {

/// The server's side of a WebSocket (RFC 6455) on a byte stream.
class WebSocketTransport final : public Transport, private StreamReceiver
{
public:
    /// Takes over the stream after the handshake was sent.
    WebSocketTransport(std::unique_ptr<ByteStream> stream, WireFormat format, qint64 messageBytes);

    void setReceiver(TransportReceiver *receiver) override { m_receiver = receiver; }
    WireFormat format() const override { return m_format; }
    void send(const OutgoingFrame &frame) override;
    void ping() override;
    void close(CloseReason reason, qint64 spreadMs = 0) override;
    void abort() override;
    void setReading(bool reading) override;
    qint64 bytesWaiting() const override { return m_stream->bytesWaiting(); }
    qint64 bytesTaken() const override { return m_stream->bytesTaken(); }

    /// Reads bytes that came before the transport was made.
    void feed(QByteArrayView bytes) { bytesArrived(bytes); }

private:
    void bytesArrived(QByteArrayView bytes) override;
    void peerFinished() override;
    void writtenOut() override { m_receiver->drained(); }
    void streamEnded() override { m_receiver->transportEnded(); }

    void handle(const FrameReader::Frame &frame);
    void sendClose(quint16 code, const QByteArray &text = {});

    const std::unique_ptr<ByteStream> m_stream;
    TransportReceiver *m_receiver = nullptr;
    FrameReader m_reader;
    const WireFormat m_format;
    bool m_closing = false; // our close frame was sent
};

} // namespace confab::server
