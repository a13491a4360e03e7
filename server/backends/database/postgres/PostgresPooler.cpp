// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresPooler.h"

#include "server/backends/database/postgres/PostgresConnection.h"

#include <QtCore/QDeadlineTimer>

#include <poll.h>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kPatienceMs = 10'000;
/// Other clients of the pool may take a connection in between and hide that it is shared.
constexpr int kRounds = 5;

const QByteArray kProcess = "SELECT pg_backend_pid()";

struct Reply
{
    bool isGood = false;
    bool isLate = false;
    QByteArray value;
};

/// A pool that has no connection left lets its clients wait.
Reply ask(PGconn *connection, const QByteArray &sql)
{
    Reply reply;
    if (PQsendQuery(connection, sql.constData()) != 1)
        return reply;
    const QDeadlineTimer deadline(kPatienceMs);
    while (PQisBusy(connection) != 0) {
        pollfd ready{PQsocket(connection), POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(deadline.remainingTime())) == 0) {
            reply.isLate = true;
            return reply;
        }
        if (PQconsumeInput(connection) != 1)
            return reply;
    }
    while (PGresult *result = PQgetResult(connection)) {
        const ExecStatusType status = PQresultStatus(result);
        reply.isGood = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
        if (PQntuples(result) > 0)
            reply.value = PQgetvalue(result, 0, 0);
        PQclear(result);
    }
    return reply;
}

OpenFailure sharesConnections()
{
    return {
        OpenFailure::Reason::Configuration,
        u"The pooler before PostgreSQL (PgBouncer) gives every transaction or statement another connection, with which "
        u"prepared statements and settings do not stay. Set pool_mode = session for this database, or let "
        u"database.url name PostgreSQL itself."_s};
}

OpenFailure hasTooFew()
{
    return {
        OpenFailure::Reason::Configuration,
        u"The pooler before PostgreSQL (PgBouncer) has no two connections left for this database and user. Each shard "
        u"keeps its own (database.connections): raise default_pool_size or pool_size, and max_db_connections."_s};
}

} // namespace

std::optional<OpenFailure> refusalOfPooler(const QByteArray &conninfo)
{
    const PostgresConnection::Handle first = PostgresConnection::open(conninfo);
    if (PQstatus(first.get()) != CONNECTION_OK)
        return std::nullopt;
    // To cancel a request PostgreSQL gives out the number of its process; a pooler has none and makes one up.
    const Reply process = ask(first.get(), kProcess);
    if (process.isLate)
        return hasTooFew();
    if (!process.isGood || process.value == QByteArray::number(PQbackendPID(first.get())))
        return std::nullopt;
    const PostgresConnection::Handle second = PostgresConnection::open(conninfo);
    if (PQstatus(second.get()) != CONNECTION_OK)
        return hasTooFew();
    for (int round = 0; round < kRounds; ++round) {
        const Reply before = ask(first.get(), kProcess);
        const Reply begun = ask(second.get(), "BEGIN"); // which is refused in statement mode
        const Reply other = ask(second.get(), kProcess);
        const Reply after = ask(first.get(), kProcess);
        const Reply ended = ask(second.get(), "ROLLBACK");
        if (begun.isLate || other.isLate)
            return hasTooFew();
        if (!begun.isGood || before.value == other.value || before.value != after.value || !ended.isGood)
            return sharesConnections();
    }
    return std::nullopt;
}

} // namespace confab::server
