// SPDX-License-Identifier: MIT
// Proves that the fuzzing finds faults: a decoder of our frames like those of the product, and built as they are. With
// CONFAB_PLANTED_FAULT it trusts a length that the input claims, where two decoded values meet.
#include "shared/protocol/Frames.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

void runInput(const QByteArray &input)
{
    const Result<RequestFrame> request = decodeRequest(input);
    if (!request || request->op.isEmpty())
        return;
    const QByteArray &params = request->params;
    const auto claimed = static_cast<qsizetype>(request->id);
#ifndef CONFAB_PLANTED_FAULT
    if (claimed >= params.size())
        return;
#endif
    // A read of one byte that the compiler cannot leave out.
    volatile const char last = params.constData()[claimed];
    static_cast<void>(last);
}

} // namespace confab::fuzz
