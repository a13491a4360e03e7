// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/WireType.h"

#include <QtCore/QByteArray>

#include <vector>

namespace confab::fuzz {

/// A type of the contract that comes from outside: what to know of it to decode, encode and compare its values.
struct ValueType
{
    enum class Role { Parameters, Reply, Event };

    Role role;
    QByteArray name; ///< Of the operation or event.
    const WirePlan *plan;
    std::shared_ptr<void> (*make)();
    bool (*equal)(const void *a, const void *b);
};

/// The parameters and replies of all operations, and all events.
const std::vector<ValueType> &valueTypes();

/// Decodes \a cbor as strictly as a server and as leniently as a client does. What was decoded must come back the same
/// from its encoding, in CBOR and by way of JSON.
void decodeValue(const ValueType &type, const QByteArray &cbor);

/// The same for the type of this name, if there is one.
void decodeValue(ValueType::Role role, const QByteArray &name, const QByteArray &cbor);

} // namespace confab::fuzz
