// SPDX-License-Identifier: MIT
#include "shared/protocol/Codec.h"

#include "shared/protocol/Mend.h"

namespace confab {
using namespace Qt::StringLiterals;

namespace {

Result<Done> decodeOnce(const WirePlan &plan, const QByteArray &cbor, Strictness strictness, void *gadget)
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

} // namespace

Result<Done> decodeCbor(const WirePlan &plan, const QByteArray &cbor, Strictness strictness, void *gadget)
{
    Result<Done> done = decodeOnce(plan, cbor, strictness, gadget);
    if (done || strictness == Strictness::Request)
        return done;
    const QByteArray mended = withMendedTexts(cbor);
    return mended.isEmpty() ? done : decodeOnce(plan, mended, strictness, gadget);
}

} // namespace confab
