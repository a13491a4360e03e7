// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresConnection.h"

#include "server/backends/database/postgres/PostgresWire.h"
#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kBinary = 1;

struct Clear
{
    void operator()(PGresult *result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

QString lastWords(const PGconn *connection)
{
    return QString::fromLocal8Bit(PQerrorMessage(connection)).simplified();
}

void takeFault(const PGresult *result, PostgresReply &reply)
{
    reply.kind = PostgresReply::Kind::Fault;
    reply.sqlState = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    reply.message = QString::fromUtf8(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    reply.constraint = QString::fromUtf8(PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
}

QByteArray keyOf(const QByteArray &sql, const PostgresParameters &parameters)
{
    QByteArray key = sql;
    for (int i = 0; i < parameters.count(); ++i)
        key += '\0' + QByteArray::number(parameters.types()[i]);
    return key;
}

} // namespace

PostgresConnection::Handle PostgresConnection::open(const QByteArray &conninfo)
{
    // What stands in the string comes later, and so wins.
    // The kernel would wait for a machine that vanished for a quarter of an hour.
    const char *const names[] = {"target_session_attrs", "connect_timeout",  "keepalives_idle", "keepalives_interval",
                                 "keepalives_count",     "tcp_user_timeout", "dbname",          nullptr};
    const char *const values[] = {"primary", "10", "10", "5", "3", "20000", conninfo.constData(), nullptr};
    return Handle(PQconnectdbParams(names, values, 1));
}

std::optional<QString> PostgresConnection::trouble(PGconn *connection)
{
    if (PQstatus(connection) != CONNECTION_OK)
        return lastWords(connection);
    const Answer answer(PQexec(connection, "SELECT pg_is_in_recovery()"));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
        return lastWords(connection);
    if (QByteArrayView(PQgetvalue(answer.get(), 0, 0)) == "t")
        return u"it is a standby, which only reads"_s;
    return std::nullopt;
}

Result<std::shared_ptr<PostgresConnection::Opened>> PostgresConnection::connect(const QByteArray &conninfo,
                                                                                const QByteArrayList &setUp)
{
    auto opened = std::make_shared<Opened>(Opened{open(conninfo), {}});
    PGconn *connection = opened->handle.get();
    if (const std::optional<QString> why = trouble(connection))
        return Error::unavailable(*why);
    const auto run = [&](const QByteArray &sql) {
        const Answer answer(PQexec(connection, sql.constData()));
        const ExecStatusType status = PQresultStatus(answer.get());
        opened->answer = PQntuples(answer.get()) > 0 ? QByteArray(PQgetvalue(answer.get(), 0, 0)) : QByteArray();
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    };
    for (const QByteArray &sql : setUp) {
        if (!run(sql))
            return Error::unavailable(lastWords(connection));
    }
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1)
        return Error::unavailable(lastWords(connection));
    return opened;
}

PostgresConnection::PostgresConnection(Handle handle)
    : m_handle(std::move(handle)), m_readable(PQsocket(m_handle.get()), QSocketNotifier::Read),
      m_writable(PQsocket(m_handle.get()), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    QObject::connect(&m_readable, &QSocketNotifier::activated, &m_readable, [this] { read(); });
    QObject::connect(&m_writable, &QSocketNotifier::activated, &m_writable, [this] { flush(); });
    // Notices are for psql's users; what matters comes as a result.
    PQsetNoticeReceiver(
        m_handle.get(), [](void *, const PGresult *) {}, nullptr);
}

PostgresConnection::~PostgresConnection()
{
    m_lostHandler = {};
    lose();
}

Completion<PostgresReplies> PostgresConnection::run(QList<Statement> statements)
{
    Completion<PostgresReplies> completion;
    Segment segment{PostgresReplies(static_cast<std::size_t>(statements.size())), {}, completion.completer()};
    if (isLost()) {
        segment.completer.complete(std::move(segment.replies));
        return completion;
    }
    const bool sent = send(statements, segment);
    m_segments.push_back(std::move(segment));
    if (!sent)
        lose();
    else
        flush();
    return completion;
}

/// A statement is prepared just before its first use, when what it names has been made.
bool PostgresConnection::send(const QList<Statement> &statements, Segment &segment)
{
    PGconn *connection = m_handle.get();
    for (std::size_t i = 0; i < segment.replies.size(); ++i) {
        const Statement &statement = statements.at(qsizetype(i));
        const PostgresParameters parameters(statement.parameters);
        const QByteArray key = keyOf(statement.sql, parameters);
        bool isNew = false;
        const QByteArray name = nameOf(key, &isNew);
        if (isNew) {
            const QByteArray sql = numberedPlaceholders(statement.sql);
            if (PQsendPrepare(connection, name.constData(), sql.constData(), parameters.count(), parameters.types()) !=
                1)
                return false;
            segment.expected.push_back({i, key});
        }
        if (PQsendQueryPrepared(connection, name.constData(), parameters.count(), parameters.values(),
                                parameters.lengths(), parameters.formats(), kBinary) != 1)
            return false;
        segment.expected.push_back({i, {}});
    }
    return PQpipelineSync(connection) == 1;
}

QByteArray PostgresConnection::nameOf(const QByteArray &key, bool *isNew)
{
    const auto known = m_names.constFind(key);
    *isNew = known == m_names.constEnd();
    if (!*isNew)
        return *known;
    QByteArray name = "c" + QByteArray::number(++m_lastName);
    m_names.insert(key, name);
    return name;
}

void PostgresConnection::flush()
{
    if (isLost())
        return;
    const int left = PQflush(m_handle.get());
    if (left < 0)
        lose();
    else
        m_writable.setEnabled(left > 0);
}

void PostgresConnection::read()
{
    if (PQconsumeInput(m_handle.get()) != 1) {
        qCWarning(lcDatabase).noquote() << "a connection to PostgreSQL was lost:" << lastWords(m_handle.get());
        lose();
        return;
    }
    flush();
    // In pipeline mode NULL ends each statement's results; two in a row, or a busy connection, end what there is.
    bool ended = false;
    while (!isLost() && !m_segments.empty() && PQisBusy(m_handle.get()) == 0) {
        const Answer answer(PQgetResult(m_handle.get()));
        if (!answer) {
            if (std::exchange(ended, true))
                break;
            continue;
        }
        ended = false;
        take(answer.get());
    }
    if (!isLost() && PQstatus(m_handle.get()) != CONNECTION_OK)
        lose();
}

void PostgresConnection::take(PGresult *result)
{
    Segment &segment = m_segments.front();
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) {
        segment.completer.complete(std::move(segment.replies));
        m_segments.pop_front();
        return;
    }
    if (segment.expected.empty()) {
        // What fails once all statements were run is the commit of a segment that is a transaction by itself.
        for (PostgresReply &reply : segment.replies)
            takeFault(result, reply);
        return;
    }
    const Expected expected = std::move(segment.expected.front());
    segment.expected.pop_front();
    PostgresReply &reply = segment.replies[expected.statement];
    const bool isGood = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!expected.prepared.isEmpty() && !isGood)
        m_names.remove(expected.prepared);
    if (status == PGRES_PIPELINE_ABORTED) {
        if (reply.kind == PostgresReply::Kind::Lost)
            reply.kind = PostgresReply::Kind::Skipped;
    } else if (!isGood) {
        takeFault(result, reply);
    } else if (expected.prepared.isEmpty()) {
        Result<Rows> rows = rowsOf(result);
        reply.kind = rows ? PostgresReply::Kind::Rows : PostgresReply::Kind::Fault;
        if (rows)
            reply.rows = std::move(*rows);
        else
            reply.message = rows.error().message;
    }
}

void PostgresConnection::lose()
{
    if (isLost())
        return;
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    m_handle.reset();
    m_names.clear();
    for (Segment &segment : std::exchange(m_segments, {}))
        segment.completer.complete(std::move(segment.replies));
    if (m_lostHandler)
        m_lostHandler();
}

} // namespace confab::server
