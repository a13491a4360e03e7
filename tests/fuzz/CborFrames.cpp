// SPDX-License-Identifier: MIT
// Input: one binary frame, as either end gets it.
#include "tests/fuzz/FrameRules.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

void runInput(const QByteArray &input)
{
    readFrame(input);
}

} // namespace confab::fuzz
