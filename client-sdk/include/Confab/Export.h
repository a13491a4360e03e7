// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Export.h"

/// Marks what libConfabClient exports; everything else is hidden.
#define CONFAB_CLIENT_EXPORT CONFAB_EXPORT
