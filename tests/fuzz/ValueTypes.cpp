// SPDX-License-Identifier: MIT
#include "tests/fuzz/ValueTypes.h"

#include "shared/protocol/Codec.h"
#include "shared/protocol/Json.h"
#include "shared/protocol/Operations.h"
#include "tests/fuzz/Target.h"

#include <concepts>

namespace confab::fuzz {

namespace {

using Role = ValueType::Role;

template<typename T>
ValueType describe(Role role, const char *name)
{
    return {role, name, &WirePlan::of<T>(), [] { return std::shared_ptr<void>(std::make_shared<T>()); },
            [](const void *a, const void *b) {
                if constexpr (std::equality_comparable<T>)
                    return *static_cast<const T *>(a) == *static_cast<const T *>(b);
                else
                    return true; // parameters that nobody compares: their encodings are compared
            }};
}

QByteArray encode(const ValueType &type, const void *value)
{
    QByteArray bytes;
    QCborStreamWriter writer(&bytes);
    type.plan->write(writer, value);
    return bytes;
}

/// What a server left out of a reply is an id of zeros in the value, and no decoder takes that from an encoding.
bool hasMissingId(const QByteArray &cbor)
{
    return cbor.contains(QUuid().toByteArray(QUuid::WithoutBraces));
}

void requireSame(const ValueType &type, const void *value, Strictness strictness)
{
    const QByteArray cbor = encode(type, value);
    if (strictness == Strictness::Reply && hasMissingId(cbor))
        return;
    const std::shared_ptr<void> again = type.make();
    require(decodeCbor(*type.plan, cbor, strictness, again.get()).has_value(), "what was decoded decodes once encoded");
    require(type.equal(again.get(), value), "a decoded value is the same after CBOR");
    require(encode(type, again.get()) == cbor, "a value has one encoding");

    const Result<QByteArray> cborOfJson = jsonToCbor(cborToJson(cbor));
    require(cborOfJson.has_value(), "our own JSON is taken");
    const std::shared_ptr<void> ofJson = type.make();
    require(decodeCbor(*type.plan, *cborOfJson, strictness, ofJson.get()).has_value(),
            "what was decoded decodes by way of JSON");
    require(type.equal(ofJson.get(), value) && encode(type, ofJson.get()) == cbor,
            "a decoded value is the same after JSON");
}

} // namespace

const std::vector<ValueType> &valueTypes()
{
    static const std::vector<ValueType> types = [] {
        std::vector<ValueType> result;
        AllOperations::forEach([&]<typename Operation>() {
            result.push_back(describe<Operation>(Role::Parameters, Operation::kInfo.name));
            result.push_back(describe<typename Operation::Reply>(Role::Reply, Operation::kInfo.name));
        });
        AllEvents::forEach([&]<typename Event>() { result.push_back(describe<Event>(Role::Event, Event::kEvent)); });
        return result;
    }();
    return types;
}

void decodeValue(const ValueType &type, const QByteArray &cbor)
{
    for (const Strictness strictness : {Strictness::Request, Strictness::Reply}) {
        const std::shared_ptr<void> value = type.make();
        const Result<Done> done = decodeCbor(*type.plan, cbor, strictness, value.get());
        if (done)
            requireSame(type, value.get(), strictness);
        else
            require(!done.error().message.isEmpty(), "a refusal says why");
    }
}

void decodeValue(ValueType::Role role, const QByteArray &name, const QByteArray &cbor)
{
    for (const ValueType &type : valueTypes()) {
        if (type.role == role && type.name == name)
            decodeValue(type, cbor);
    }
}

} // namespace confab::fuzz
