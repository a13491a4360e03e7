// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceWire.h"

#include <QtCore/QtEndian>

namespace confab::server {

// All numbers big-endian:
//
//   offset  bytes
//        0      1  format, 1
//        1      1  kind
//        2     16  voucher
//       18      8  number
//       26     16  asked
//       42      2  part
//       44      2  parts
//       46      …  people: 16 bytes of id and 1 of state each

namespace {

constexpr char kFormat = 1;
constexpr qsizetype kIdBytes = 16;
constexpr qsizetype kVoucherAt = 2;
constexpr qsizetype kNumberAt = kVoucherAt + kIdBytes;
constexpr qsizetype kAskedAt = kNumberAt + 8;
constexpr qsizetype kPartAt = kAskedAt + kIdBytes;
constexpr qsizetype kHeaderBytes = kPartAt + 4;
constexpr qsizetype kPersonBytes = kIdBytes + 1;

QUuid idAt(const QByteArray &bytes, qsizetype at)
{
    return QUuid::fromRfc4122(QByteArrayView(bytes).sliced(at, kIdBytes));
}

template<typename Number>
void append(QByteArray &bytes, Number number)
{
    char raw[sizeof number];
    qToBigEndian(number, raw);
    bytes.append(raw, sizeof raw);
}

} // namespace

QByteArray encodePresenceWord(const PresenceWord &word)
{
    QByteArray bytes;
    bytes.reserve(kHeaderBytes + word.people.size() * kPersonBytes);
    bytes += kFormat;
    bytes += static_cast<char>(word.kind);
    bytes += word.voucher.toRfc4122();
    append(bytes, word.number);
    bytes += word.asked.toRfc4122();
    append(bytes, word.part);
    append(bytes, word.parts);
    for (const Vouched &person : word.people) {
        bytes += person.userId.uuid().toRfc4122();
        bytes += static_cast<char>(person.state);
    }
    return bytes;
}

std::optional<PresenceWord> decodePresenceWord(const QByteArray &bytes)
{
    const qsizetype people = bytes.size() - kHeaderBytes;
    if (people < 0 || people % kPersonBytes != 0 || bytes[0] != kFormat ||
        static_cast<uchar>(bytes[1]) > static_cast<uchar>(PresenceWord::Kind::List))
        return std::nullopt;
    PresenceWord word;
    word.kind = static_cast<PresenceWord::Kind>(bytes[1]);
    word.voucher = idAt(bytes, kVoucherAt);
    word.number = qFromBigEndian<quint64>(bytes.constData() + kNumberAt);
    word.asked = idAt(bytes, kAskedAt);
    word.part = qFromBigEndian<quint16>(bytes.constData() + kPartAt);
    word.parts = qFromBigEndian<quint16>(bytes.constData() + kPartAt + 2);
    word.people.reserve(people / kPersonBytes);
    for (qsizetype at = kHeaderBytes; at < bytes.size(); at += kPersonBytes) {
        const auto state = static_cast<uchar>(bytes[at + kIdBytes]);
        if (state > static_cast<uchar>(Presence::State::Online))
            return std::nullopt;
        word.people.append({UserId(idAt(bytes, at)), static_cast<Presence::State>(state)});
    }
    return word;
}

} // namespace confab::server
