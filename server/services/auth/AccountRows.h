// SPDX-License-Identifier: MIT
// How rows of accounts and sessions become the contract's values, and the statements that several services share.
#pragma once

#include "server/backends/database/Database.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// Of `users u`; five columns.
inline constexpr const char *kUserColumns = "u.id, u.handle, u.display_name, u.profile_version, u.deactivated";
inline constexpr int kUserColumnCount = 5;
User userOf(const Row &row, int first = 0);

/// Of `sessions s`; five columns. `current` is left to the caller.
inline constexpr const char *kSessionColumns = "s.id, s.device_name, s.created_at, s.last_seen_at, s.expires_at";
inline constexpr int kSessionColumnCount = 5;
Session sessionOf(const Row &row, int first = 0);

/// What a person is found by: the handle as a whole, its words and those of the name, folded for search.
QStringList userTerms(const QString &handle, const QString &displayName);

/// The statements that store these terms.
Batch insertTerms(const UserId &userId, const QStringList &terms);

} // namespace confab::server
