// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/CloseReason.h"

#include <QtCore/QByteArray>

#include <optional>

namespace confab::server {

/// The opcodes of RFC 6455, section 5.2.
enum class Opcode : quint8 { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// Reads a client's WebSocket frames from bytes as they come and puts fragments together (RFC 6455, section 5).
///
/// Memory grows with bytes that came, never with a length that is claimed, and not beyond one message.
class FrameReader
{
public:
    explicit FrameReader(qint64 messageBytes) : m_limit(messageBytes) { }

    /// A whole message (text, which is well-formed UTF-8, or binary) or a control frame.
    struct Frame
    {
        Opcode opcode;
        QByteArray payload;
    };

    /// Takes bytes from the front of \a bytes up to the end of the next frame that means something; nothing when
    /// more bytes are needed or after a fault.
    std::optional<Frame> next(QByteArrayView &bytes);

    /// Why the connection has to be closed, once something was wrong.
    std::optional<CloseReason> fault() const { return m_fault; }

private:
    bool readHeader(QByteArrayView &bytes);
    bool checkHeader();
    void takePayload(QByteArrayView &bytes);
    std::optional<Frame> finishFrame();
    std::optional<Frame> fail(CloseReason reason);
    bool isControl() const { return m_opcode >= Opcode::Close; }

    static constexpr int kMaxHeader = 14;

    const qint64 m_limit;
    QByteArray m_message; // of a message in fragments, or the frame being read
    QByteArray m_control; // the control frame being read, which may stand between fragments
    qint64 m_left = 0;    // payload bytes of the frame that did not come yet
    std::optional<CloseReason> m_fault;
    Opcode m_opcode = Opcode::Text;
    Opcode m_messageOpcode = Opcode::Continuation; // Continuation: no message has begun
    bool m_final = false;
    bool m_inPayload = false;
    quint8 m_headerSize = 0;
    uchar m_header[kMaxHeader];
    uchar m_mask[4];
    quint8 m_maskOffset = 0;
};

/// The head of an unmasked, unfragmented frame from the server.
QByteArray frameHead(Opcode opcode, qsizetype payloadBytes);

} // namespace confab::server
