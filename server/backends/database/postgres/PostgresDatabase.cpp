// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresDatabase.h"

#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

/// The last word on what matters: what a role or a database was given as its defaults would otherwise stand.
QByteArray setUp(const PostgresDatabase::Options &options)
{
    return "SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET lock_timeout = " +
           QByteArray::number(options.lockTimeoutMs) + "; SET default_transaction_isolation = 'read committed'; " +
           "SET default_transaction_read_only = off";
}

} // namespace

PostgresLane::Options PostgresDatabase::lanesOf(const Options &options, Use use)
{
    PostgresLane::Options lanes;
    lanes.conninfo = options.conninfo;
    lanes.setUp.append(setUp(options));
    if (options.place)
        lanes.setUp.append(PostgresPlace::renewal());
    if (use == Use::Read)
        lanes.setUp.append("SET default_transaction_read_only = on");
    if (options.place)
        lanes.setUp.append(PostgresPlace::question());
    lanes.place = options.place;
    lanes.renewed = options.events.renewed;
    return lanes;
}

PostgresDatabase::PostgresDatabase(const Options &options)
    : m_connector(u"postgres-connect"_s), m_tasks(lcDatabase()),
      m_readers(lanesOf(options, Use::Read), options.readers, options.patienceMs, m_connector, m_tasks),
      m_writers(lanesOf(options, Use::Write), options.writers, options.patienceMs, options.events.uncertain,
                m_connector, m_tasks)
{
}

PostgresDatabase::~PostgresDatabase()
{
    m_readers.stop();
    m_writers.stop();
    auto draining = m_tasks.drained();
    const Result<Done> drained = QCoro::waitFor(std::move(draining));
    Q_UNUSED(drained)
}

Task<Rows> PostgresDatabase::query(Statement statement)
{
    return m_readers.query(std::move(statement));
}

Task<BatchOutcome> PostgresDatabase::commit(Batch batch)
{
    return m_writers.commit(std::move(batch));
}

void PostgresDatabase::measure(MetricsPage &page) const
{
    m_readers.measure(page);
    m_writers.measure(page);
}

Task<Done> PostgresDatabase::ready()
{
    // Over a connection that writes: a server that only reads answers as well.
    const Batch batch{{"SELECT 1", {}, {}}};
    auto committing = commit(batch);
    const Result<BatchOutcome> outcome = co_await committing;
    if (!outcome)
        co_return outcome.error();
    co_return Done{};
}

} // namespace confab::server
