// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Codec.h"
#include "shared/protocol/Operation.h"

namespace confab::ctl {

/// What confabctl administers: a server that runs, or the files of one that does not. Calls block.
class Target
{
public:
    virtual ~Target() = default;

    template<typename Op>
    Result<typename Op::Reply> call(const Op &op)
    {
        const Result<QByteArray> reply = dispatch(Op::kInfo, encodeCbor(op));
        if (!reply)
            return reply.error();
        return decodeCbor<typename Op::Reply>(*reply, Strictness::Reply);
    }

    /// Whether accounts can be made here without an invitation.
    virtual bool isLocal() const = 0;

protected:
    /// Runs one operation; parameters and reply are CBOR maps.
    virtual Result<QByteArray> dispatch(const OperationInfo &info, const QByteArray &params) = 0;
};

} // namespace confab::ctl
