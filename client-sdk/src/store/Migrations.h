// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/SqliteFile.h"

#include <span>

namespace confab::client {

/// One step of the local store's schema: what brings it to `version` from the one before.
struct Migration
{
    int version;
    void (*apply)(SqliteFile &file);
};

/// All steps, in order.
std::span<const Migration> migrations();

/// Brings a file to the newest version. Each step is one transaction together with its version number, so a kill at
/// any statement leaves the old or the new version. A file of a newer version is refused with `conflict` and left
/// as it is.
Result<Done> migrate(SqliteFile &file, std::span<const Migration> steps = migrations());

} // namespace confab::client
