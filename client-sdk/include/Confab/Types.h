// SPDX-License-Identifier: MIT
#pragma once

/// The value types, ids, Result and Error of Confab, as every public header of the SDK uses them.
///
/// They live in namespace `confab`, are plain copyable values and may be used in any thread.
#include "shared/core/Error.h"
#include "shared/core/Id.h"
#include "shared/core/Result.h"
#include "shared/protocol/Types.h"
