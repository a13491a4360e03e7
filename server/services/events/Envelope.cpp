// SPDX-License-Identifier: MIT
#include "server/services/events/Envelope.h"

#include <QtCore/QtEndian>

namespace confab::server {
using namespace Qt::StringLiterals;

// On the bus, all numbers big-endian:
//
//   offset  bytes
//        0      1  format, 2
//        1      1  kind
//        2     16  conversation id
//       18     16  user id
//       34     16  session id
//       50     16  session that gets no copy
//       66      8  message id
//       74      8  revision
//       82      1  worth
//       83      …  frame

namespace {
constexpr char kFormat = 2;
constexpr qsizetype kIdBytes = 16;
constexpr qsizetype kMessageIdAt = 2 + 4 * kIdBytes;
constexpr qsizetype kRevisionAt = kMessageIdAt + 8;
constexpr qsizetype kWorthAt = kRevisionAt + 8;
constexpr qsizetype kHeaderBytes = kWorthAt + 1;
constexpr quint16 kSlots = 1024;

template<typename AnyId>
AnyId idAt(const QByteArray &bytes, qsizetype index)
{
    return AnyId(QUuid::fromRfc4122(QByteArrayView(bytes).sliced(2 + index * kIdBytes, kIdBytes)));
}

/// The last bytes of an id are random, so slots fill evenly.
QByteArray slotTopic(const char *prefix, const IdBase &id)
{
    const QByteArray bytes = id.uuid().toRfc4122();
    const quint16 slot = qFromBigEndian<quint16>(bytes.constData() + kIdBytes - 2) % kSlots;
    return prefix + QByteArray::number(slot);
}
} // namespace

QByteArray encodeEnvelope(const Envelope &envelope)
{
    QByteArray bytes;
    bytes.reserve(kHeaderBytes + envelope.frame.size());
    bytes += kFormat;
    bytes += static_cast<char>(envelope.kind);
    bytes += envelope.conversationId.uuid().toRfc4122();
    bytes += envelope.userId.uuid().toRfc4122();
    bytes += envelope.sessionId.uuid().toRfc4122();
    bytes += envelope.exceptSession.uuid().toRfc4122();
    char number[8];
    qToBigEndian(envelope.messageId, number);
    bytes.append(number, sizeof number);
    qToBigEndian(envelope.revision, number);
    bytes.append(number, sizeof number);
    bytes += static_cast<char>(envelope.worth);
    bytes += envelope.frame;
    return bytes;
}

Result<Envelope> decodeEnvelope(const QByteArray &bytes)
{
    if (bytes.size() < kHeaderBytes || bytes[0] != kFormat)
        return Error::internal(u"Not an envelope of this version."_s);
    const auto kind = static_cast<uchar>(bytes[1]);
    if (kind > static_cast<uchar>(Envelope::Kind::UserEnded))
        return Error::internal(u"An envelope of unknown kind."_s);
    const auto worth = static_cast<uchar>(bytes[kWorthAt]);
    if (worth > static_cast<uchar>(Worth::Fleeting))
        return Error::internal(u"An envelope of unknown worth."_s);
    Envelope envelope;
    envelope.kind = static_cast<Envelope::Kind>(kind);
    envelope.conversationId = idAt<ConversationId>(bytes, 0);
    envelope.userId = idAt<UserId>(bytes, 1);
    envelope.sessionId = idAt<SessionId>(bytes, 2);
    envelope.exceptSession = idAt<SessionId>(bytes, 3);
    envelope.messageId = qFromBigEndian<qint64>(bytes.constData() + kMessageIdAt);
    envelope.revision = qFromBigEndian<qint64>(bytes.constData() + kRevisionAt);
    envelope.worth = static_cast<Worth>(worth);
    envelope.frame = bytes.mid(kHeaderBytes);
    return envelope;
}

QByteArray conversationTopic(const ConversationId &id)
{
    return slotTopic("c/", id);
}

QByteArray userTopic(const UserId &id)
{
    return slotTopic("u/", id);
}

QByteArray sessionsTopic()
{
    return "s";
}

} // namespace confab::server
