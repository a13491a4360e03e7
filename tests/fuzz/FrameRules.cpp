// SPDX-License-Identifier: MIT
#include "tests/fuzz/FrameRules.h"

#include "shared/protocol/Frames.h"
#include "tests/fuzz/Target.h"
#include "tests/fuzz/ValueTypes.h"

namespace confab::fuzz {

namespace {

void readAsServer(const QByteArray &cbor)
{
    qint64 id = 0;
    const Result<RequestFrame> request = decodeRequest(cbor, &id);
    if (!request) {
        require(!request.error().message.isEmpty(), "a refusal says why");
        return;
    }
    require(request->id == id && id > 0, "a request's id can be answered");
    const Result<RequestFrame> again = decodeRequest(encodeRequest(id, request->op, request->params));
    require(again.has_value(), "a request that was read is read again once encoded");
    require(again->id == id && again->op == request->op && again->params == request->params,
            "a request is the same once encoded");
    decodeValue(ValueType::Role::Parameters, request->op, request->params);
}

void readAsClient(const QByteArray &cbor)
{
    const Result<ServerFrame> frame = decodeServerFrame(cbor);
    if (!frame)
        return;
    if (frame->error) {
        const Result<ServerFrame> again = decodeServerFrame(encodeError(frame->id, *frame->error));
        require(again.has_value() && again->error == frame->error, "an error is the same once encoded");
    } else if (!frame->event.isEmpty() && !frame->body.isEmpty()) {
        const Result<ServerFrame> again = decodeServerFrame(encodeEvent(frame->event, frame->body));
        require(again.has_value() && again->event == frame->event && again->body == frame->body,
                "an event is the same once encoded");
        decodeValue(ValueType::Role::Event, frame->event, frame->body);
    } else if (!frame->body.isEmpty()) {
        const Result<ServerFrame> again = decodeServerFrame(encodeResult(frame->id, frame->body));
        require(again.has_value() && again->id == frame->id && again->body == frame->body,
                "a result is the same once encoded");
        decodeValue(ValueType::Role::Reply, "hello", frame->body);
    }
}

} // namespace

void readFrame(const QByteArray &cbor)
{
    readAsServer(cbor);
    readAsClient(cbor);
}

} // namespace confab::fuzz
