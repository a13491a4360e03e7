// SPDX-License-Identifier: MIT
// Input: a handle as somebody typed it, in UTF-8.
#include "shared/text/CodePoints.h"
#include "shared/text/Handle.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

using namespace Qt::StringLiterals;

void runInput(const QByteArray &input)
{
    constexpr qint64 kMaxCodePoints = 32;
    const QString typed = QString::fromUtf8(input);
    const Result<Handle> handle = checkHandle(u"handle"_s, typed, kMaxCodePoints);
    if (!handle) {
        require(!handle.error().message.isEmpty() && handle.error().field == u"handle"_s, "a refusal says why");
        return;
    }
    const qint64 length = codePointCount(handle->text);
    require(length >= kHandleMinLength && length <= kMaxCodePoints, "a handle has the length it may have");
    require(handle->text.isValidUtf16() && handle->skeleton.isValidUtf16(), "a handle is well-formed");
    require(normalisedHandle(typed) == handle->text, "a handle is found as it was typed");
    require(normalisedHandle(handle->text) == handle->text, "a stored handle is found by itself");
    require(normalisedHandle(u'@' + handle->text) == handle->text, "a handle is found by its mention");
    require(normalisedHandle(handle->text.toUpper()) == handle->text ||
                handle->text.toUpper().toCaseFolded() != handle->text.toCaseFolded(),
            "a handle is found in capitals");
    require(!handle->skeleton.isEmpty(), "a handle looks like something");
    require(handleSkeleton(handle->text) == handle->skeleton, "a handle has one skeleton");
    const Result<Handle> again = checkHandle(u"handle"_s, handle->text, kMaxCodePoints);
    require(again && *again == *handle, "a handle is taken as it is stored");
    require(isReservedHandle(*handle) == isReservedHandle(*again), "a handle is reserved or is not");
}

} // namespace confab::fuzz
