// SPDX-License-Identifier: MIT
#pragma once

/// The value types, ids, Result and Error of Confab, as every public header of the SDK uses them.
///
/// They live in namespace `confab`, are plain copyable values and may be used in any thread.
#include "shared/core/Error.h"
#include "shared/core/Id.h"
#include "shared/core/Result.h"
#include "shared/protocol/Types.h"

#include <Confab/Export.h>

namespace confab::client {

/// Teaches QVariant, and with it QML, to turn ids into text and back. Every Client and the QML module `Confab` call it;
/// a program that hands value types to QML without either calls it once. Idempotent, in any thread.
CONFAB_CLIENT_EXPORT void registerTypes();

} // namespace confab::client
