// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/postgres/PostgresConnection.h"

namespace confab::server {

/// Whether the statement was not run and may do better: the connection was lost before a commit was sent, or the
/// server chose it to give way (40001, 40P01, 55P03) or is going or coming (class 57,
/// PostgreSQL appendix A), or preparing it was skipped with what failed before it (26000).
bool mayBeTriedAgain(const PostgresReply &reply);

/// Whether the server chose the statement to give way to others that run at the same time (40001, 40P01).
bool isConflict(const PostgresReply &reply);

/// Whether the server has become one that only reads (25006), so that the connection is of no use.
bool isReadOnly(const PostgresReply &reply);

/// What a caller is told: `unavailable` where the server was in trouble, `internal` where the statement is wrong, which
/// is logged with its state and primary message.
Error errorOf(const PostgresReply &reply);

} // namespace confab::server
