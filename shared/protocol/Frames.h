// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Codec.h"
#include "shared/protocol/Json.h"

// The three frames of the socket, the same in CBOR (binary frames) and JSON (text frames):
//
//   request   { "id": 7, "op": "message.send", "params": {…} }
//   response  { "id": 7, "result": {…} }
//             { "id": 7, "error": { "code": "tooLarge", "message": "…", "field": "text", "retryAfterMs": 0 } }
//   event     { "event": "message", "data": {…} }

namespace confab {

enum class WireFormat { Cbor, Json };

inline constexpr const char *kCborSubprotocol = "confab.v1.cbor";
inline constexpr const char *kJsonSubprotocol = "confab.v1.json";
inline constexpr const char *kSocketPath = "/v1/socket";

/// A request as it came: `params` is still CBOR, for the operation's own plan. No params: an empty map.
struct RequestFrame
{
    qint64 id = 0;
    QByteArray op;
    QByteArray params;
};

/// What a server sends: an answer (id ≠ 0) with a result or an error, or an event.
struct ServerFrame
{
    qint64 id = 0;
    QByteArray event;
    QByteArray body; ///< CBOR of result or data.
    std::optional<Error> error;
};

/// Reads a request. JSON bytes are to be turned by jsonToCbor first. On failure the id is kept in \a id where it could
/// be read, so that the error can be answered.
Result<RequestFrame> decodeRequest(const QByteArray &cbor, qint64 *id = nullptr);
Result<ServerFrame> decodeServerFrame(const QByteArray &cbor);

/// Whole frames in CBOR; `body` is CBOR of a map. For JSON pass the frame through cborToJson.
QByteArray encodeRequest(qint64 id, QByteArrayView op, const QByteArray &params);
QByteArray encodeResult(qint64 id, const QByteArray &body);
QByteArray encodeError(qint64 id, const Error &error);
QByteArray encodeEvent(QByteArrayView name, const QByteArray &body);

template<typename T>
QByteArray encodeEvent(const T &event)
{
    return encodeEvent(T::kEvent, encodeCbor(event));
}

} // namespace confab
