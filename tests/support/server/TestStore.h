// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "server/backends/database/sqlite/SqliteMessageStore.h"
#include "shared/core/Clock.h"

#include <QtCore/QTemporaryDir>

#include <memory>

namespace confab::test {

/// A real store in a directory of its own that goes with it, and the clock and ids to use beside it.
class TestStore
{
public:
    TestStore();

    server::SqliteDatabase &database() { return *m_database; }
    server::SqliteMessageStore &messages() { return *m_messages; }
    ManualClock &clock() { return m_clock; }
    const IdGenerator &ids() const { return m_ids; }
    QString dataDir() const { return m_directory.filePath(QStringLiteral("data")); }

    /// Closes the store and opens it again, as a restart of the server does.
    void reopen();

    /// Adds an active user with this handle, as registration would.
    UserId addUser(const QString &handle);

private:
    void open();

    QTemporaryDir m_directory;
    ManualClock m_clock;
    IdGenerator m_ids{m_clock};
    std::unique_ptr<server::SqliteDatabase> m_database;
    std::unique_ptr<server::SqliteMessageStore> m_messages;
};

} // namespace confab::test
