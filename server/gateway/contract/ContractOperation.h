// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Codec.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QCborMap>
#include <QtCore/QCborValue>

#include <vector>

namespace confab::server {

/// A value type of the contract without its C++ type: what the documents need to know of it.
struct ContractType
{
    QByteArray name;
    const WirePlan *plan;
    /// The value in the contract's form: its fields in their order, those with a default filled in. Fails on what the
    /// server would refuse.
    Result<QCborMap> (*normalise)(const QCborMap &value);

    template<typename T>
    static ContractType of()
    {
        return {typeName(T::staticMetaObject), &WirePlan::of<T>(), &normaliseAs<T>};
    }

    static QByteArray typeName(const QMetaObject &meta) { return QByteArray(meta.className()).split(':').last(); }

private:
    template<typename T>
    static Result<QCborMap> normaliseAs(const QCborMap &value)
    {
        const Result<T> decoded = decodeCbor<T>(value.toCborValue().toCbor(), Strictness::Request);
        if (!decoded)
            return decoded.error();
        return QCborValue::fromCbor(encodeCbor(*decoded)).toMap();
    }
};

/// One operation of the contract as the documents tell of it.
struct ContractOperation
{
    const OperationInfo *info;
    ContractType parameters;
    ContractType reply;

    bool repliesEmpty() const { return reply.plan->fields().empty(); }
};

/// Whether an operation may be called over a socket. Those for an app's own backend are REST alone.
constexpr bool isForSockets(const OperationInfo &info)
{
    return info.access != Access::Backend;
}

struct ContractEvent
{
    QByteArray name;
    ContractType data;
};

/// All that shared/protocol lists, in its order.
std::vector<ContractOperation> contractOperations();
std::vector<ContractEvent> contractEvents();

} // namespace confab::server
