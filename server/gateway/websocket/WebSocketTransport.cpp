// SPDX-License-Identifier: MIT
#include "server/gateway/websocket/WebSocketTransport.h"

#include <QtCore/QtEndian>

namespace confab::server {

namespace {

constexpr qint64 kMaxWaitingForPong = 64 * 1024;

/// Whether a peer may send this close code (RFC 6455, section 7.4).
bool isCloseCode(quint16 code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

} // namespace

WebSocketTransport::WebSocketTransport(std::unique_ptr<ByteStream> stream, WireFormat format, qint64 messageBytes)
    : m_stream(std::move(stream)), m_reader(messageBytes), m_format(format)
{
    m_stream->setReceiver(this);
}

void WebSocketTransport::send(const OutgoingFrame &frame)
{
    if (!m_closing)
        m_stream->write(frame.webSocketBytes(m_format));
}

void WebSocketTransport::ping()
{
    static const QByteArray bytes = frameHead(Opcode::Ping, 0);
    if (!m_closing)
        m_stream->write(bytes);
}

void WebSocketTransport::close(CloseReason reason, qint64 spreadMs)
{
    sendClose(static_cast<quint16>(reason), closeText(reason, spreadMs));
}

void WebSocketTransport::sendClose(quint16 code, const QByteArray &text)
{
    if (m_closing)
        return;
    m_closing = true;
    char number[2];
    qToBigEndian(code, number);
    const QByteArray payload = QByteArray(number, sizeof number) + text;
    m_stream->write(frameHead(Opcode::Close, payload.size()) + payload);
    m_stream->finish();
}

void WebSocketTransport::setReading(bool reading)
{
    m_stream->setReading(reading);
}

void WebSocketTransport::abort()
{
    m_closing = true;
    m_stream->abort();
}

void WebSocketTransport::bytesArrived(QByteArrayView bytes)
{
    m_receiver->peerHeard();
    while (const std::optional<FrameReader::Frame> frame = m_reader.next(bytes)) {
        if (m_closing && frame->opcode != Opcode::Close)
            continue; // we said goodbye; only the peer's own is of interest
        handle(*frame);
    }
    if (m_reader.fault() && !m_closing) {
        close(*m_reader.fault());
        m_receiver->transportClosing();
    }
}

void WebSocketTransport::handle(const FrameReader::Frame &frame)
{
    switch (frame.opcode) {
    case Opcode::Ping:
        // A peer that pings without reading gets no more; it may not make us grow.
        if (m_stream->bytesWaiting() < kMaxWaitingForPong)
            m_stream->write(frameHead(Opcode::Pong, frame.payload.size()) + frame.payload);
        return;
    case Opcode::Pong:
    case Opcode::Continuation:
        return;
    case Opcode::Close: {
        const bool answered = m_closing;
        quint16 code = static_cast<quint16>(CloseReason::Normal);
        if (frame.payload.size() >= 2)
            code = qFromBigEndian<quint16>(frame.payload.constData());
        const bool valid = frame.payload.size() != 1 && isCloseCode(code);
        if (!valid)
            code = static_cast<quint16>(CloseReason::ProtocolError);
        else if (!frame.payload.mid(2).isValidUtf8())
            code = static_cast<quint16>(CloseReason::BadText);
        sendClose(code);
        if (answered)
            m_stream->abort(); // both said goodbye
        else
            m_receiver->transportClosing();
        return;
    }
    case Opcode::Text:
    case Opcode::Binary:
        if ((frame.opcode == Opcode::Binary) != (m_format == WireFormat::Cbor)) {
            close(CloseReason::UnsupportedData);
            m_receiver->transportClosing();
        } else {
            m_receiver->messageArrived(frame.payload);
        }
        return;
    }
}

void WebSocketTransport::peerFinished()
{
    // Without a close frame, or after it: nobody is there to read what waits.
    abort();
}

} // namespace confab::server
