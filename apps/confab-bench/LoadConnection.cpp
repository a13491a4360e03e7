// SPDX-License-Identifier: MIT
#include "apps/confab-bench/LoadConnection.h"

#include <QtCore/QtEndian>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {
constexpr quint8 kBinary = 0x2;
constexpr quint8 kClose = 0x8;
constexpr quint8 kPing = 0x9;
constexpr quint8 kPong = 0xa;
constexpr std::string_view kEventHead("\xa2\x65"
                                      "event",
                                      7);
} // namespace

// A client frame is masked (RFC 6455, section 5.3). The mask is zero here: the payload stays as it is.
//
//   1000 oooo | 1 length(7) [16 | 64 bit length] | 00 00 00 00 | payload
void LoadConnection::appendFrame(quint8 opcode, const QByteArray &payload)
{
    m_out += static_cast<char>(0x80 | opcode);
    if (payload.size() < 126) {
        m_out += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() <= 0xffff) {
        m_out += static_cast<char>(0x80 | 126);
        const quint16 size = qToBigEndian(static_cast<quint16>(payload.size()));
        m_out.append(reinterpret_cast<const char *>(&size), sizeof size);
    } else {
        m_out += static_cast<char>(0x80 | 127);
        const quint64 size = qToBigEndian(static_cast<quint64>(payload.size()));
        m_out.append(reinterpret_cast<const char *>(&size), sizeof size);
    }
    m_out.append(4, '\0');
    m_out += payload;
    m_wantsWrite = true;
}

void LoadConnection::sendBinary(const QByteArray &payload)
{
    appendFrame(kBinary, payload);
}

bool LoadConnection::consumeUpgrade()
{
    const qsizetype end = m_in.indexOf("\r\n\r\n");
    if (end < 0)
        return false;
    if (!m_in.startsWith("HTTP/1.1 101")) {
        closeReason = QString::fromLatin1(m_in.left(m_in.indexOf('\r')));
        state = State::Closed;
        return false;
    }
    m_in.remove(0, end + 4);
    state = State::Open;
    return true;
}

void LoadConnection::consume(const EventHandler &onEvent)
{
    if (state == State::Upgrading && !consumeUpgrade())
        return;
    qsizetype at = 0;
    while (state == State::Open && m_in.size() - at >= 2) {
        const auto first = static_cast<quint8>(m_in[at]);
        quint64 size = static_cast<quint8>(m_in[at + 1]) & 0x7f;
        qsizetype head = 2;
        if (size == 126) {
            if (m_in.size() - at < 4)
                break;
            size = qFromBigEndian<quint16>(m_in.constData() + at + 2);
            head = 4;
        } else if (size == 127) {
            if (m_in.size() - at < 10)
                break;
            size = qFromBigEndian<quint64>(m_in.constData() + at + 2);
            head = 10;
        }
        if (static_cast<quint64>(m_in.size() - at - head) < size)
            break;
        const std::string_view payload(m_in.constData() + at + head, size);
        switch (first & 0x0f) {
        case kPing:
            appendFrame(kPong, QByteArray(payload.data(), static_cast<qsizetype>(payload.size())));
            break;
        case kClose:
            closeReason = payload.size() >= 2
                              ? u"close %1 %2"_s.arg(qFromBigEndian<quint16>(payload.data()))
                                    .arg(QLatin1StringView(payload.substr(2).data(), qsizetype(payload.size()) - 2))
                              : u"close"_s;
            state = State::Closed;
            break;
        case kBinary:
            onMessage(payload, onEvent);
            break;
        default:
            break;
        }
        at += head + static_cast<qsizetype>(size);
    }
    m_in.remove(0, at);
}

void LoadConnection::onMessage(std::string_view payload, const EventHandler &onEvent)
{
    if (payload.starts_with(kEventHead)) {
        if (onEvent)
            onEvent(*this, payload);
        return;
    }
    const Result<ServerFrame> frame =
        decodeServerFrame(QByteArray(payload.data(), static_cast<qsizetype>(payload.size())));
    if (!frame)
        return;
    const auto found = m_answers.find(frame->id);
    if (found == m_answers.end())
        return;
    const Answer answer = std::move(found->second);
    m_answers.erase(found);
    if (answer)
        answer(*this, *frame);
}

} // namespace confab::bench
