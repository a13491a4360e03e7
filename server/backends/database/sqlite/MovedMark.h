// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"
#include "server/backends/database/sqlite/SqliteConnection.h"
#include "shared/core/Id.h"

#include <optional>

namespace confab::server {

/// Says in a store that all of it was moved to another database: whoever wrote to it now would write into the void.
struct MovedMark
{
    static constexpr const char *kTable = "moved_to";

    QString target; ///< The other database's address, without its password.
    qint64 movedAt = 0;
    QUuid moveId; ///< Of the move that did it.

    /// What a store says of itself; nullopt where it was not moved.
    static Result<std::optional<MovedMark>> read(SqliteConnection &connection);

    /// Marks it. Durable when it returns.
    Result<Done> write(SqliteConnection &connection) const;

    /// Takes the mark off. Who was with the other database meanwhile has seen what this one does not have: so it gets
    /// another \a generation, and clients sync in full.
    static Result<Done> erase(SqliteConnection &connection, const GenerationId &generation);

    /// Why such a store is not opened.
    OpenFailure refusal() const;
};

} // namespace confab::server
