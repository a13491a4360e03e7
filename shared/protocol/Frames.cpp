// SPDX-License-Identifier: MIT
#include "shared/protocol/Frames.h"

namespace confab {
using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxSkipDepth = 64;
constexpr char kEmptyMap = '\xa0';

/// Passes a value. QCborStreamReader::next() would refuse a text that is no UTF-8, of which who reads the value
/// decides.
bool passValue(QCborStreamReader &reader, int depth)
{
    if (reader.isString() || reader.isByteArray()) {
        char byte = 0;
        QCborStreamReader::StringResult<qsizetype> chunk;
        do
            chunk = reader.readStringChunk(&byte, 1); // what has no room is passed over
        while (chunk.status == QCborStreamReader::Ok);
        return chunk.status == QCborStreamReader::EndOfString;
    }
    if (!reader.isContainer())
        return reader.next();
    if (depth == 0 || !reader.enterContainer())
        return false;
    while (reader.lastError() == QCborError::NoError && reader.hasNext()) {
        if (!passValue(reader, depth - 1))
            return false;
    }
    return reader.lastError() == QCborError::NoError && reader.leaveContainer();
}

/// Walks a frame's top-level map, giving each key and the byte range of its value to \a visit.
template<typename Visit>
Result<Done> forEachMember(const QByteArray &cbor, Visit visit)
{
    QCborStreamReader reader(cbor);
    if (!reader.isMap() || !reader.enterContainer())
        return Error::invalid(QString(), u"a frame must be an object"_s);
    while (reader.lastError() == QCborError::NoError && reader.hasNext()) {
        QString key;
        Decoding decoding{reader, Strictness::Reply, {}, false};
        if (!detail::readText(decoding, key))
            return Error::invalid(QString(), u"a frame's keys must be text"_s);
        const qint64 start = reader.currentOffset();
        if (!passValue(reader, kMaxSkipDepth))
            return Error::invalid(QString(), u"the frame is malformed at byte %1"_s.arg(reader.currentOffset()));
        // Between items of an indefinite-length map the reader stands before the next item's first byte.
        const Result<Done> visited = visit(key, cbor.mid(start, reader.currentOffset() - start));
        if (!visited)
            return visited;
    }
    if (reader.lastError() != QCborError::NoError || !reader.leaveContainer() || reader.currentOffset() != cbor.size())
        return Error::invalid(QString(), u"the frame is malformed at byte %1"_s.arg(reader.currentOffset()));
    return Done{};
}

template<typename T>
Result<T> decodeScalar(const QByteArray &cbor, const QString &field)
{
    QCborStreamReader reader(cbor);
    Decoding decoding{reader, Strictness::Reply, {}, false};
    T value{};
    if (!detail::readValue(decoding, value)) {
        decoding.fail(u"malformed"_s);
        decoding.error.field = field;
        return decoding.error;
    }
    return value;
}

Result<Done> decodeError(const QByteArray &cbor, Error &error)
{
    return forEachMember(cbor, [&](const QString &key, const QByteArray &value) -> Result<Done> {
        if (key == u"code"_s || key == u"message"_s || key == u"field"_s) {
            const Result<QString> text = decodeScalar<QString>(value, key);
            if (!text)
                return text.error();
            if (key == u"code"_s)
                error.code = errorCodeFromWireName(*text);
            else
                (key == u"field"_s ? error.field : error.message) = *text;
        } else if (key == u"retryAfterMs"_s) {
            const Result<qint64> number = decodeScalar<qint64>(value, key);
            if (!number)
                return number.error();
            error.retryAfterMs = *number;
        }
        return Done{};
    });
}

void appendKey(QCborStreamWriter &writer, QByteArrayView key)
{
    writer.appendTextString(key.data(), key.size());
}

/// Writes `{ ?first, name: body }`, body being CBOR that is spliced in.
template<typename WriteFirst>
QByteArray frameWith(int members, WriteFirst writeFirst, QByteArrayView bodyKey, const QByteArray &body)
{
    QByteArray frame;
    frame.reserve(body.size() + 64);
    QCborStreamWriter writer(&frame);
    writer.startMap(static_cast<quint64>(members));
    writeFirst(writer);
    appendKey(writer, bodyKey);
    frame += body;
    return frame; // a map of known length needs no end mark
}

} // namespace

Result<RequestFrame> decodeRequest(const QByteArray &cbor, qint64 *id)
{
    RequestFrame request;
    request.params = QByteArray(1, kEmptyMap);
    const Result<Done> done = forEachMember(cbor, [&](const QString &key, const QByteArray &value) -> Result<Done> {
        if (key == u"id"_s) {
            const Result<qint64> number = decodeScalar<qint64>(value, key);
            if (!number)
                return number.error();
            request.id = *number;
            if (id)
                *id = *number;
        } else if (key == u"op"_s) {
            const Result<QString> text = decodeScalar<QString>(value, key);
            if (!text)
                return text.error();
            request.op = text->toUtf8();
        } else if (key == u"params"_s) {
            request.params = value;
        }
        return Done{};
    });
    if (!done)
        return done.error();
    if (request.id <= 0)
        return Error::invalid(u"id"_s, u"must be a whole number above 0"_s);
    if (request.op.isEmpty())
        return Error::invalid(u"op"_s, u"is missing"_s);
    return request;
}

Result<ServerFrame> decodeServerFrame(const QByteArray &cbor)
{
    ServerFrame frame;
    const Result<Done> done = forEachMember(cbor, [&](const QString &key, const QByteArray &value) -> Result<Done> {
        if (key == u"id"_s) {
            const Result<qint64> number = decodeScalar<qint64>(value, key);
            if (!number)
                return number.error();
            frame.id = *number;
        } else if (key == u"event"_s) {
            const Result<QString> text = decodeScalar<QString>(value, key);
            if (!text)
                return text.error();
            frame.event = text->toUtf8();
        } else if (key == u"result"_s || key == u"data"_s) {
            frame.body = value;
        } else if (key == u"error"_s) {
            const Result<Done> error = decodeError(value, frame.error.emplace());
            if (!error)
                return error.error();
        }
        return Done{};
    });
    if (!done)
        return done.error();
    return frame;
}

QByteArray encodeRequest(qint64 id, QByteArrayView op, const QByteArray &params)
{
    return frameWith(
        3,
        [&](QCborStreamWriter &writer) {
            appendKey(writer, "id");
            writer.append(id);
            appendKey(writer, "op");
            appendKey(writer, op);
        },
        "params", params);
}

QByteArray encodeResult(qint64 id, const QByteArray &body)
{
    return frameWith(
        2,
        [&](QCborStreamWriter &writer) {
            appendKey(writer, "id");
            writer.append(id);
        },
        "result", body);
}

QByteArray encodeError(qint64 id, const Error &error)
{
    QByteArray body;
    QCborStreamWriter writer(&body);
    writer.startMap(4);
    appendKey(writer, "code");
    writer.append(errorTraits(error.code).wireName);
    appendKey(writer, "message");
    writer.append(QStringView(error.message));
    appendKey(writer, "field");
    writer.append(QStringView(error.field));
    appendKey(writer, "retryAfterMs");
    writer.append(error.retryAfterMs);
    writer.endMap();
    return frameWith(
        2,
        [&](QCborStreamWriter &frame) {
            appendKey(frame, "id");
            frame.append(id);
        },
        "error", body);
}

QByteArray encodeEvent(QByteArrayView name, const QByteArray &body)
{
    return frameWith(
        2,
        [&](QCborStreamWriter &writer) {
            appendKey(writer, "event");
            appendKey(writer, name);
        },
        "data", body);
}

} // namespace confab
