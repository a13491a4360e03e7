// SPDX-License-Identifier: MIT
// Input: a byte that counts pieces, the length of each, then what a client sends on a WebSocket. However it is cut, the
// same frames come out, and what is wrong is found.
#include "server/gateway/websocket/FrameReader.h"
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"

#include <QtCore/QStringDecoder>

namespace confab::fuzz {

using namespace confab::server;

namespace {

constexpr qint64 kMessageBytes = 1024;

struct Reading
{
    QList<QPair<Opcode, QByteArray>> frames;
    std::optional<CloseReason> fault;
};

Reading read(const QByteArray &bytes, const QByteArray &lengths)
{
    Reading reading;
    FrameReader reader(kMessageBytes);
    feedInPieces(bytes, lengths, [&](const QByteArray &piece) {
        QByteArrayView left(piece);
        while (const std::optional<FrameReader::Frame> frame = reader.next(left))
            reading.frames.append({frame->opcode, frame->payload});
        require(left.isEmpty() || reader.fault(), "a reader stops at the end or at a fault");
    });
    reading.fault = reader.fault();
    return reading;
}

/// The frame as a client would send it: the server's head with the mask bit, a mask, and the masked payload.
QByteArray masked(Opcode opcode, const QByteArray &payload)
{
    static constexpr char kMask[] = {'\x12', '\x34', '\x56', '\x78'};
    QByteArray bytes = frameHead(opcode, payload.size());
    bytes[1] = static_cast<char>(bytes[1] | 0x80);
    bytes.append(kMask, sizeof kMask);
    for (qsizetype i = 0; i < payload.size(); ++i)
        bytes += static_cast<char>(payload[i] ^ kMask[i % 4]);
    return bytes;
}

void checkFrames(const Reading &reading)
{
    QByteArray again;
    for (const auto &[opcode, payload] : reading.frames) {
        require(payload.size() <= kMessageBytes, "a message stays within its limit");
        require(opcode < Opcode::Close || payload.size() <= 125, "a control frame is short");
        if (opcode == Opcode::Text) {
            QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
            const QString text = decoder(payload);
            require(!decoder.hasError() && text.size() <= payload.size(), "a text message is well-formed UTF-8");
        }
        again += masked(opcode, payload);
    }
    const Reading copy = read(again, {});
    require(copy.frames == reading.frames && !copy.fault, "frames are the same once encoded");
}

} // namespace

void runInput(const QByteArray &input)
{
    Input parts(input);
    const QByteArray lengths = parts.bytes(parts.byte() & 0x0f);
    const QByteArray bytes = parts.rest();
    const Reading whole = read(bytes, {});
    checkFrames(whole);
    for (const QByteArray &cuts : {lengths, QByteArray(bytes.size(), '\1')}) {
        const Reading other = read(bytes, cuts);
        require(other.frames == whole.frames && other.fault == whole.fault,
                "the same frames come out however they are cut");
    }
}

} // namespace confab::fuzz
