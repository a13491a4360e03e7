// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/MessageStore.h"

namespace confab::server {

class SqliteDatabase;

/// Appends messages through the writer's queue: all that wait share one transaction and its disk write.
class SqliteMessageStore final : public MessageStore
{
public:
    explicit SqliteMessageStore(SqliteDatabase &database) : m_database(database) { }

    Task<Appended> append(Append append) override;

private:
    SqliteDatabase &m_database;
};

} // namespace confab::server
