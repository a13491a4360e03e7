// SPDX-License-Identifier: MIT
#include "server/gateway/websocket/FrameReader.h"

#include <QtCore/QtEndian>

#include <algorithm>

namespace confab::server {

// A frame as it comes from a client (RFC 6455, section 5.2):
//
//   byte 0       FIN, three reserved bits (0: no extension was agreed to), opcode
//   byte 1       MASK (1), payload length, or 126: 2 bytes of length follow, or 127: 8 bytes
//   2, 8 bytes   length in network order, in its shortest form
//   4 bytes      mask
//   …            payload, byte i xor mask[i mod 4]

namespace {

constexpr uchar kFin = 0x80;
constexpr uchar kReserved = 0x70;
constexpr uchar kOpcodeBits = 0x0f;
constexpr uchar kMasked = 0x80;
constexpr uchar kLengthBits = 0x7f;
constexpr uchar kLength16 = 126;
constexpr uchar kLength64 = 127;
constexpr qint64 kMaxControlPayload = 125;

/// How many bytes a frame's head has, from its first two.
int headerBytes(const uchar *header)
{
    const uchar length = header[1] & kLengthBits;
    const int extended = length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
    return 2 + extended + ((header[1] & kMasked) ? 4 : 0);
}

quint64 payloadBytes(const uchar *header)
{
    const uchar length = header[1] & kLengthBits;
    if (length == kLength64)
        return qFromBigEndian<quint64>(header + 2);
    return length == kLength16 ? qFromBigEndian<quint16>(header + 2) : length;
}

bool isKnown(Opcode opcode)
{
    return opcode <= Opcode::Binary || (opcode >= Opcode::Close && opcode <= Opcode::Pong);
}

} // namespace

std::optional<FrameReader::Frame> FrameReader::fail(CloseReason reason)
{
    m_fault = reason;
    m_message = QByteArray();
    m_control = QByteArray();
    return std::nullopt;
}

std::optional<FrameReader::Frame> FrameReader::next(QByteArrayView &bytes)
{
    while (!m_fault) {
        if (!m_inPayload) {
            if (!readHeader(bytes))
                return std::nullopt;
            if (!checkHeader())
                return std::nullopt;
            m_inPayload = true;
        }
        takePayload(bytes);
        if (m_left > 0)
            return std::nullopt;
        m_inPayload = false;
        if (std::optional<Frame> frame = finishFrame())
            return frame;
    }
    return std::nullopt;
}

bool FrameReader::readHeader(QByteArrayView &bytes)
{
    while (!bytes.isEmpty()) {
        m_header[m_headerSize++] = static_cast<uchar>(bytes.front());
        bytes = bytes.sliced(1);
        if (m_headerSize >= 2 && m_headerSize == headerBytes(m_header))
            return true;
    }
    return false;
}

bool FrameReader::checkHeader()
{
    const int size = std::exchange(m_headerSize, quint8(0));
    m_opcode = static_cast<Opcode>(m_header[0] & kOpcodeBits);
    m_final = m_header[0] & kFin;
    const quint64 length = payloadBytes(m_header);
    const uchar shortLength = m_header[1] & kLengthBits;
    const bool isShortest =
        (shortLength != kLength16 || length >= kLength16) && (shortLength != kLength64 || length > 0xffff);
    const bool isMasked = m_header[1] & kMasked;
    if ((m_header[0] & kReserved) || !isMasked || !isKnown(m_opcode) || !isShortest || (length >> 63)) {
        fail(CloseReason::ProtocolError);
        return false;
    }
    if (isControl()) {
        if (!m_final || length > quint64(kMaxControlPayload)) {
            fail(CloseReason::ProtocolError);
            return false;
        }
    } else {
        const bool continues = m_opcode == Opcode::Continuation;
        if (continues != (m_messageOpcode != Opcode::Continuation)) {
            fail(CloseReason::ProtocolError);
            return false;
        }
        if (!continues)
            m_messageOpcode = m_opcode;
        if (length > quint64(m_limit - m_message.size())) {
            fail(CloseReason::TooLarge);
            return false;
        }
    }
    std::copy_n(m_header + size - 4, 4, m_mask);
    m_maskOffset = 0;
    m_left = static_cast<qint64>(length);
    return true;
}

void FrameReader::takePayload(QByteArrayView &bytes)
{
    const qsizetype count = std::min<qint64>(m_left, bytes.size());
    if (count == 0)
        return;
    QByteArray &target = isControl() ? m_control : m_message;
    const qsizetype start = target.size();
    target.append(bytes.first(count));
    bytes = bytes.sliced(count);
    m_left -= count;
    char *data = target.data() + start;
    for (qsizetype i = 0; i < count; ++i)
        data[i] = static_cast<char>(data[i] ^ m_mask[(m_maskOffset + i) & 3]);
    m_maskOffset = static_cast<quint8>((m_maskOffset + count) & 3);
}

std::optional<FrameReader::Frame> FrameReader::finishFrame()
{
    if (isControl())
        return Frame{m_opcode, std::exchange(m_control, {})};
    if (!m_final)
        return std::nullopt;
    const Opcode opcode = std::exchange(m_messageOpcode, Opcode::Continuation);
    QByteArray message = std::exchange(m_message, {});
    if (opcode == Opcode::Text && !message.isValidUtf8())
        return fail(CloseReason::BadText);
    return Frame{opcode, std::move(message)};
}

QByteArray frameHead(Opcode opcode, qsizetype payloadBytes)
{
    QByteArray head;
    head.reserve(10);
    head += static_cast<char>(kFin | static_cast<uchar>(opcode));
    if (payloadBytes < kLength16) {
        head += static_cast<char>(payloadBytes);
    } else if (payloadBytes <= 0xffff) {
        head += static_cast<char>(kLength16);
        char length[2];
        qToBigEndian(static_cast<quint16>(payloadBytes), length);
        head.append(length, sizeof length);
    } else {
        head += static_cast<char>(kLength64);
        char length[8];
        qToBigEndian(static_cast<quint64>(payloadBytes), length);
        head.append(length, sizeof length);
    }
    return head;
}

} // namespace confab::server
