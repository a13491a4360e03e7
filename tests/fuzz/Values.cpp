// SPDX-License-Identifier: MIT
// Input: a line that names a type of the contract, then CBOR of one value.
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"
#include "tests/fuzz/ValueTypes.h"

namespace confab::fuzz {

namespace {

/// "request message.send", "reply hello" or "event message". A name that is none, which is most of what mutation
/// makes of one, stands for the type that the sum of its bytes chooses.
const ValueType &chosenType(const QByteArray &line)
{
    static constexpr const char *kRoles[] = {"request ", "reply ", "event "};
    for (const ValueType &type : valueTypes()) {
        if (line == kRoles[static_cast<int>(type.role)] + type.name)
            return type;
    }
    return valueTypes()[byteSum(line) % valueTypes().size()];
}

} // namespace

void runInput(const QByteArray &input)
{
    Input parts(input);
    const ValueType &type = chosenType(parts.line());
    decodeValue(type, parts.rest());
}

} // namespace confab::fuzz
