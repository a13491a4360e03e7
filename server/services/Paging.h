// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"
#include "shared/protocol/Types.h"

#include <algorithm>
#include <optional>

namespace confab::server {

/// About how many bytes of rows one page carries, whatever its limit: long texts make short pages.
inline constexpr qint64 kPageBytes = 128 * 1024;

/// How many rows a page has: what was asked for, at most and by default the server's page size.
inline Result<qint64> pageLimit(std::optional<qint64> asked, const Limits &limits,
                                const QString &field = QStringLiteral("limit"))
{
    if (asked && *asked < 1)
        return Error::invalid(field, QStringLiteral("A page has at least one row."));
    return std::min(asked.value_or(limits.pageSize), limits.pageSize);
}

} // namespace confab::server
