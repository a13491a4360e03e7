// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/move/CopyFormat.h"
#include "server/backends/database/OpenFailure.h"
#include "server/backends/database/postgres/PostgresConnection.h"
#include "shared/core/Id.h"

#include <memory>

namespace confab::server {

/// The PostgreSQL that a store is moved into, over one connection that blocks.
///
/// Errors: `unavailable` when the connection was lost, `conflict` when the database refuses or is not as it must be.
class MoveTarget
{
public:
    /// What is found there.
    struct Standing
    {
        enum class State {
            Empty,    ///< Nothing.
            HalfDone, ///< A store that is being moved here.
            Whole,    ///< A store that can be served.
            Foreign,  ///< Tables of something else.
        };
        State state = State::Empty;
        GenerationId generation; ///< Of the store, also of one that is half done.
        QUuid moveId;            ///< Of a move that is under way.
        qint64 schemaVersion = 0;
    };

    /// Connects, and keeps other moves out as long as it lives.
    static std::unique_ptr<MoveTarget> open(const QByteArray &conninfo, OpenFailure *failure);

    Result<Standing> standing();

    /// In an empty database: says that the move is under way, so that nobody serves it, and makes the tables of a store
    /// with this \a generation. Is repeated for one that is half done, where it finds nothing to do.
    Result<Done> begin(const QUuid &moveId, const GenerationId &generation);

    Result<qint64> count(const TableShape &table);
    /// The key of the row that was copied last. Rows come in the order of their keys and stay together or not at all,
    /// so this is how far the move of the table is.
    Result<std::optional<Row>> lastKey(const TableShape &table);

    /// Takes rows (by put(), tuples of copyTuple()) until they are committed.
    Result<Done> beginRows(const TableShape &table);
    Result<Done> put(const QByteArray &tuple);
    Result<Done> commitRows();

    /// Gives the rows in the order of their keys, as tuples of copyTuple(); nullopt at the end. One that is not read to
    /// its end is the end of the connection.
    Result<Done> beginReading(const TableShape &table);
    Result<std::optional<QByteArray>> next();

    /// Lets the store be served. Durable when it returns.
    Result<Done> finish();

private:
    struct Clear
    {
        void operator()(PGresult *result) const { PQclear(result); }
    };
    using Answer = std::unique_ptr<PGresult, Clear>;

    MoveTarget(const QByteArray &conninfo, PostgresConnection::Handle connection)
        : m_conninfo(conninfo), m_connection(std::move(connection))
    {
    }

    Result<Done> run(const QByteArray &sql);
    Result<Rows> query(const QByteArray &sql);
    Result<Done> startCopy(const QByteArray &sql, ExecStatusType expected);
    Result<Done> endCopy();
    Error failed(const PGresult *result = nullptr) const;

    const QByteArray m_conninfo;
    const PostgresConnection::Handle m_connection;
    CopyReader m_reader;
};

} // namespace confab::server
