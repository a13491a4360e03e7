// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"
#include "server/backends/database/Store.h"
#include "server/runtime/config/Configuration.h"
#include "shared/core/Id.h"

namespace confab::server {

/// Opens the configured store and brings its schema up to date, which blocks. Null with \a failure where it cannot be
/// used.
std::unique_ptr<Store> openStore(const Configuration &configuration, const IdGenerator &ids, OpenFailure *failure);

} // namespace confab::server
