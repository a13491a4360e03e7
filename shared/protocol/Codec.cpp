// SPDX-License-Identifier: MIT
#include "shared/protocol/Codec.h"

namespace confab {
using namespace Qt::StringLiterals;

Result<Done> decodeCbor(const WirePlan &plan, const QByteArray &cbor, Strictness strictness, void *gadget)
{
    QCborStreamReader reader(cbor);
    Decoding decoding{reader, strictness, {}, false};
    if (!plan.read(decoding, gadget)) {
        decoding.fail(u"malformed"_s);
        return decoding.error;
    }
    if (reader.currentOffset() != cbor.size())
        return Error::invalid(QString(), u"there are bytes after the value"_s);
    return Done{};
}

} // namespace confab
