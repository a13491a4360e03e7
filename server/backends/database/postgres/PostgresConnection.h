// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"

#include <QtCore/QHash>
#include <QtCore/QSocketNotifier>

#include <libpq-fe.h>

#include <deque>
#include <functional>
#include <memory>

namespace confab::server {

/// What one statement came to.
struct PostgresReply
{
    enum class Kind {
        Rows,    ///< It was run.
        Fault,   ///< The server refused it; sqlState says why (PostgreSQL, appendix A).
        Skipped, ///< One before it failed.
        Lost,    ///< The connection went before its answer: it was run or it was not.
    };

    Kind kind = Kind::Lost;
    Rows rows;
    QByteArray sqlState;
    QString message;    ///< The primary message, which may hold values.
    QString constraint; ///< The one that was broken.
};

using PostgresReplies = std::vector<PostgresReply>;

/// One connection in pipeline mode: segments of statements go out at once, answers come back in order.
///
/// Belongs to the thread that made it and never blocks it: connecting (names, TLS, authentication) is done
/// beforehand, by connect() on another thread. Statements are prepared once a connection.
class PostgresConnection
{
public:
    struct Finish
    {
        void operator()(PGconn *connection) const { PQfinish(connection); }
    };
    using Handle = std::unique_ptr<PGconn, Finish>;

    /// What libpq makes of its connection string \a conninfo (libpq, 34.1.1: several hosts, target_session_attrs, TLS,
    /// a service or password file), connected or not. Of several servers one that writes is chosen, unless
    /// target_session_attrs says otherwise. Blocks for as long as connect_timeout (10 s unless it says otherwise) and
    /// the number of hosts allow. A connection to a machine that vanished is lost within 25 s, whether something is
    /// under way or not.
    static Handle open(const QByteArray &conninfo);
    /// Why a connection of open() cannot be used, in libpq's words: there is none, or to a standby, which only reads.
    static std::optional<QString> trouble(PGconn *connection);

    /// A connection, and what the last of the statements that set it up answered.
    struct Opened
    {
        Handle handle;
        QByteArray answer;
    };
    /// Connects likewise to a server that writes, and runs \a setUp on it. The error is `unavailable` with libpq's
    /// words, in which there is no password.
    static Result<std::shared_ptr<Opened>> connect(const QByteArray &conninfo, const QByteArrayList &setUp);

    explicit PostgresConnection(Handle handle);
    /// What still waits for an answer is answered as lost.
    ~PostgresConnection();
    Q_DISABLE_COPY_MOVE(PostgresConnection)

    /// Sends the statements as one segment. Outside of a transaction block the segment is one transaction of its own;
    /// a statement that fails has the rest of its segment skipped. One reply a statement, in order, from the event
    /// loop. After the connection was lost all of it is answered as lost.
    Completion<PostgresReplies> run(QList<Statement> statements);

    /// Called once, when the connection is lost; what waited was answered before. May not destroy the connection.
    void setLostHandler(std::function<void()> handler) { m_lostHandler = std::move(handler); }

    /// Ends it as if it were lost.
    void giveUp() { lose(); }

    bool isLost() const { return !m_handle; }
    int pending() const { return int(m_segments.size()); } ///< Segments that wait for their answers.

private:
    /// An answer that is to come: to a statement, or to preparing it just before.
    struct Expected
    {
        std::size_t statement;
        QByteArray prepared; ///< The key of what is prepared; empty: the statement is run.
    };
    struct Segment
    {
        PostgresReplies replies;
        std::deque<Expected> expected;
        Completer<PostgresReplies> completer;
    };

    bool send(const QList<Statement> &statements, Segment &segment);
    QByteArray nameOf(const QByteArray &key, bool *isNew);
    void flush();
    void read();
    void take(PGresult *result);
    void lose();

    Handle m_handle;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    std::deque<Segment> m_segments;
    QHash<QByteArray, QByteArray> m_names; ///< Of prepared statements, by their SQL and the types of their parameters.
    quint64 m_lastName = 0;
    std::function<void()> m_lostHandler;
};

} // namespace confab::server
