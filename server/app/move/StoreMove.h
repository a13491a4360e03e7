// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/move/MoveSource.h"
#include "server/app/move/MoveTarget.h"
#include "shared/core/Clock.h"

namespace confab::server {

/// Moves an embedded store into a PostgreSQL, so that clients go on as if nothing had been.
///
/// Rows are copied in batches, each a transaction; a move that was interrupted at any point goes on behind the last of
/// them. When all of it has been read back and is the same, the old store is marked as moved, and only then may the new
/// one be served: at no moment could both be.
class StoreMove
{
public:
    /// \a targetName is what the mark says, without a password; \a tell gets lines for whoever waits.
    StoreMove(MoveSource &source, MoveTarget &target, const QString &targetName, const Clock &clock,
              std::function<void(const QString &line)> tell)
        : m_source(source), m_target(target), m_targetName(targetName), m_clock(clock), m_tell(std::move(tell))
    {
    }

    /// Errors: `conflict` for what somebody has to decide or mend, `unavailable` when PostgreSQL went away, `internal`
    /// when the source cannot be read or marked.
    Result<Done> run();

    /// Changes nothing: says whether the source could be moved there, or whether what is there is the same.
    Result<Done> check();

private:
    Result<Done> copy();
    Result<Done> copyTable(const TableShape &table);
    Result<Done> compare();
    Result<Done> compareTable(const TableShape &table);
    Result<Done> compareStores();
    Result<Done> finish();
    void tellNowAndThen(const TableShape &table, const char *what, qint64 rows);
    Error differs(const TableShape &table, const Row &row, const char *how) const;

    MoveSource &m_source;
    MoveTarget &m_target;
    const QString m_targetName;
    const Clock &m_clock;
    const std::function<void(const QString &line)> m_tell;
    qint64 m_toldAt = 0;
};

} // namespace confab::server
