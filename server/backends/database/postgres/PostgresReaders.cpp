// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresReaders.h"

#include "server/backends/database/postgres/PostgresErrors.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {
constexpr int kTries = 3;
} // namespace

PostgresReaders::PostgresReaders(const PostgresLane::Options &options, int lanes, int patienceMs,
                                 SerialExecutor &connector, TaskScope &tasks)
    : m_waiting(patienceMs)
{
    for (int i = 0; i < lanes; ++i)
        m_lanes.push_back(std::make_unique<PostgresLane>(options, connector, tasks, [this] { changed(); }));
}

void PostgresReaders::stop()
{
    m_stopped = true;
    for (const auto &lane : m_lanes)
        lane->stop();
    m_waiting.stop();
}

Task<Rows> PostgresReaders::query(Statement statement)
{
    ++m_underWay;
    auto reading = read(std::move(statement));
    Result<Rows> rows = co_await reading;
    --m_underWay;
    m_answered += rows ? 1 : 0;
    co_return rows;
}

Task<Rows> PostgresReaders::read(Statement statement)
{
    const QList<Statement> segment{std::move(statement)};
    for (int tried = 0; tried < kTries;) {
        PostgresConnection *connection = this->connection();
        if (!connection) {
            auto coming = connected();
            const Result<Done> waited = co_await coming;
            if (!waited)
                co_return waited.error();
            continue;
        }
        auto running = connection->run(segment);
        Result<PostgresReplies> replies = co_await running;
        if (!replies)
            co_return replies.error();
        PostgresReply &reply = replies->front();
        if (reply.kind == PostgresReply::Kind::Rows)
            co_return std::move(reply.rows);
        if (!mayBeTriedAgain(reply))
            co_return errorOf(reply);
        ++tried;
    }
    co_return Error::unavailable(u"The database cannot be used for now."_s);
}

void PostgresReaders::measure(MetricsPage &page) const
{
    LaneStanding standing;
    for (const auto &lane : m_lanes) {
        const PostgresConnection *connection = lane->connection();
        standing.add(*lane, connection && connection->pending() > 0);
    }
    standing.measure(page, "read");
    page.counter(store_metrics::kQueries, static_cast<double>(m_answered));
    page.gauge(store_metrics::kQueriesWaiting, m_underWay);
}

PostgresConnection *PostgresReaders::connection() const
{
    PostgresConnection *shortest = nullptr;
    for (const auto &lane : m_lanes) {
        PostgresConnection *connection = lane->connection();
        if (connection && (!shortest || connection->pending() < shortest->pending()))
            shortest = connection;
    }
    return shortest;
}

Completion<Done> PostgresReaders::connected()
{
    Completion<Done> completion;
    if (m_stopped) {
        completion.completer().complete(Error::unavailable(u"The server is stopping."_s));
        return completion;
    }
    m_waiting.add(std::make_shared<Waiter>(Waiter{completion.completer(), m_waiting.deadline()}));
    return completion;
}

void PostgresReaders::changed()
{
    if (!connection())
        return;
    for (const auto &waiter : m_waiting.takeAll())
        waiter->completer.complete(Done{});
}

} // namespace confab::server
