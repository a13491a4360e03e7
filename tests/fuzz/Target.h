// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab::fuzz {

/// What a target does with one input. It returns for every input; what must not be ends the process.
void runInput(const QByteArray &input);

/// Ends the process, saying what did not hold, so that the fuzzer keeps the input.
void require(bool holds, const char *rule);

} // namespace confab::fuzz
