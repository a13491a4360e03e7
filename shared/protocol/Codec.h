// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"
#include "shared/protocol/WireType.h"

#include <QtCore/QByteArray>

namespace confab {

/// Encodes a value type as one CBOR map (RFC 8949). Cannot fail.
template<typename T>
QByteArray encodeCbor(const T &value)
{
    QByteArray bytes;
    QCborStreamWriter writer(&bytes);
    WirePlan::of<T>().write(writer, &value);
    return bytes;
}

/// Runs a plan over one complete CBOR item; trailing bytes are an error. \a gadget is written to in part on failure.
Result<Done> decodeCbor(const WirePlan &plan, const QByteArray &cbor, Strictness strictness, void *gadget);

/// Decodes one CBOR map into a value type. Unknown fields are ignored; a wrong type is InvalidArgument with the
/// field's path. Lengths in the input are never trusted: memory grows only with bytes that are there.
template<typename T>
Result<T> decodeCbor(const QByteArray &cbor, Strictness strictness)
{
    T value{};
    Result<Done> done = decodeCbor(WirePlan::of<T>(), cbor, strictness, &value);
    if (!done)
        return done.error();
    return value;
}

} // namespace confab
