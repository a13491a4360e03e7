// SPDX-License-Identifier: MIT
#include "tests/support/server/TestStore.h"

#include "tests/support/Await.h"

namespace confab::test {

using namespace confab::server;

TestStore::TestStore()
{
    open();
}

void TestStore::open()
{
    SqliteDatabase::Options options;
    options.dataDir = dataDir();
    OpenFailure failure;
    m_database = SqliteDatabase::open(options, m_ids, &failure);
    if (!m_database)
        qFatal("the test's store cannot be opened: %ls", qUtf16Printable(failure.message));
    m_messages = std::make_unique<SqliteMessageStore>(*m_database);
}

void TestStore::reopen()
{
    m_messages.reset();
    m_database.reset();
    open();
}

UserId TestStore::addUser(const QString &handle)
{
    const UserId id = m_ids.make<UserId>();
    const Batch batch = {{"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) "
                          "VALUES (?, ?, ?, ?, '', ?)",
                          {id, handle, handle, handle, m_clock.utcMs()},
                          1}};
    const Result<BatchOutcome> outcome = await(m_database->commit(batch));
    if (!outcome || !outcome->committed())
        qFatal("the test's user cannot be added");
    return id;
}

} // namespace confab::test
