// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresErrors.h"

#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

bool isTrouble(const QByteArray &state)
{
    // 53: out of memory, disk or connections. 57: shutting down, cancelled. 58: its files. 08: its connections.
    return state.startsWith("53") || state.startsWith("57") || state.startsWith("58") || state.startsWith("08");
}

bool isGivingWay(const QByteArray &state)
{
    return state == "40001" || state == "40P01" || state == "55P03";
}

} // namespace

bool mayBeTriedAgain(const PostgresReply &reply)
{
    return reply.kind == PostgresReply::Kind::Lost || reply.kind == PostgresReply::Kind::Skipped ||
           isGivingWay(reply.sqlState) || reply.sqlState.startsWith("57P");
}

bool isConflict(const PostgresReply &reply)
{
    return reply.sqlState == "40001" || reply.sqlState == "40P01";
}

bool isReadOnly(const PostgresReply &reply)
{
    return reply.sqlState == "25006";
}

Error errorOf(const PostgresReply &reply)
{
    if (reply.kind != PostgresReply::Kind::Fault || isTrouble(reply.sqlState) || isGivingWay(reply.sqlState))
        return Error::unavailable(u"The database cannot be used for now."_s);
    // Messages about the SQL itself (class 42) tell of names, others may tell of values.
    qCWarning(lcDatabase).noquote() << "PostgreSQL refused a statement with" << reply.sqlState
                                    << (reply.sqlState.startsWith("42") ? reply.message : reply.constraint);
    return Error::internal(u"The database refused a statement."_s);
}

} // namespace confab::server
