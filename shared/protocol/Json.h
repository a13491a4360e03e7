// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QByteArray>

// JSON (RFC 8259) as a second spelling of the CBOR contract: both directions go through Qt's own documents, so that
// there is one encoder and one decoder whose rules hold for both.

namespace confab {

/// Turns one JSON object into the CBOR map of the same content. Refuses what is not JSON, not an object, escapes a lone
/// surrogate or nests deeper than 64: InvalidArgument with the byte offset, and the field of a surrogate.
Result<QByteArray> jsonToCbor(const QByteArray &json);

/// The id of a request that jsonToCbor refused, so that it can be answered; 0 where there is none to read.
qint64 jsonRequestId(const QByteArray &json);

/// Turns our own CBOR (one map) into compact JSON.
QByteArray cborToJson(const QByteArray &cbor);

} // namespace confab
