// SPDX-License-Identifier: MIT
// Input: one text frame, as either end gets it.
#include "shared/protocol/Frames.h"
#include "tests/fuzz/FrameRules.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

void runInput(const QByteArray &input)
{
    const qint64 requestId = jsonRequestId(input);
    require(requestId >= 0, "an id to answer is above 0, and 0 is none");
    const Result<QByteArray> cbor = jsonToCbor(input);
    if (!cbor) {
        require(!cbor.error().message.isEmpty(), "a refusal says why");
        return;
    }
    if (const Result<RequestFrame> request = decodeRequest(*cbor))
        require(request->id == requestId, "a request that is refused is answered with the id it would have");

    const QByteArray json = cborToJson(*cbor);
    const Result<QByteArray> again = jsonToCbor(json);
    require(again.has_value(), "our own JSON is taken");
    require(cborToJson(*again) == json, "our own JSON comes back as it is");
    readFrame(*cbor);
}

} // namespace confab::fuzz
