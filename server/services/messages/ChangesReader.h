// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/runtime/Async.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// What somebody asks of one conversation. `head` was read before this.
struct ChangesRequest
{
    ConversationId conversationId;
    Revision visibleFrom = 0;
    Revision head = 0;
    bool small = false; ///< Few enough members that their rows are part of changes.
    Revision after = 0;
    MessageId base = 0;             ///< With newLimit: the newest id the client may hold.
    qint64 limit = 0;               ///< Rows of one page.
    std::optional<qint64> newLimit; ///< Set: a catch-up. Not set: all rows in the order of their revision.
};

/// Reads what changed in conversations: the newest state of each changed row, many conversations in one statement.
class ChangesReader
{
public:
    explicit ChangesReader(Database &database) : m_database(database) { }

    /// One answer for each request, in their order. The caller has checked the membership.
    Task<QList<ConversationChanges>> read(QList<ChangesRequest> requests);

private:
    Task<QList<Rows>> readParts(QByteArray part, QList<QList<Value>> parameters);

    Database &m_database;
};

} // namespace confab::server
