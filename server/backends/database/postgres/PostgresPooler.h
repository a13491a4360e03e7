// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"

#include <QtCore/QByteArray>

#include <optional>

namespace confab::server {

/// Why a pooler (PgBouncer) that stands before PostgreSQL cannot be used as it is set up; nullopt where none does,
/// where it can, or where nobody answers. Blocks.
///
/// What a connection is set up with, and its prepared statements, stay with it only where a pooler gives a client one
/// connection for as long as it stays (pool_mode = session). In its other modes settings would end up with strangers.
std::optional<OpenFailure> refusalOfPooler(const QByteArray &conninfo);

} // namespace confab::server
