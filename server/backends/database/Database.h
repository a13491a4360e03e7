// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "shared/core/Id.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QUuid>

#include <optional>
#include <variant>

namespace confab::server {

/// One SQL value. Ids travel as QUuid (16 bytes at SQLite, uuid at PostgreSQL), flags and times as integers.
class Value
{
public:
    Value() = default;
    Value(qint64 number) : m_value(number) { }
    Value(int number) : m_value(qint64(number)) { }
    Value(bool flag) : m_value(qint64(flag)) { }
    Value(QString text) : m_value(std::move(text)) { }
    Value(QByteArray bytes) : m_value(std::move(bytes)) { }
    Value(QUuid uuid) : m_value(uuid) { }
    Value(const IdBase &id) : m_value(id.uuid()) { }

    using Variant = std::variant<std::monostate, qint64, QString, QByteArray, QUuid>;
    const Variant &variant() const { return m_value; }

    bool isNull() const { return m_value.index() == 0; }
    /// Conversions of a result column. NULL reads as 0, false, an empty text and the nil id.
    qint64 toInt() const;
    bool toBool() const { return toInt() != 0; }
    QString toText() const;
    QByteArray toBytes() const;
    QUuid toUuid() const;
    template<typename AnyId>
    AnyId toId() const
    {
        return AnyId(toUuid());
    }

private:
    Variant m_value;
};

using Row = QList<Value>;

/// What one statement gave: rows of a query or of RETURNING, and how many rows it changed.
struct Rows
{
    QList<Row> rows;
    qint64 affected = 0;

    bool isEmpty() const { return rows.isEmpty(); }
    const Row &first() const { return rows.first(); }
};

/// One SQL statement in the dialect both engines share, with `?` for parameters.
struct Statement
{
    QByteArray sql;
    QList<Value> parameters;
    /// Rows the statement must change; anything else is a miss that rolls back its batch.
    std::optional<qint64> mustAffect;
};

/// The statements of one atomic change, in order. Locks are taken conversations ascending, then users.
using Batch = QList<Statement>;

/// How a batch ended: committed and durable, or rolled back because a statement missed its mustAffect.
struct BatchOutcome
{
    QList<Rows> results; ///< One per statement when committed.
    int missed = -1;     ///< Index of the statement that missed.

    bool committed() const { return missed < 0; }
};

/// The store, small on purpose: single reads and atomic batches. No interactive transactions, so that no connection
/// is held across an await. Callable from every shard; results come back on the caller's thread.
///
/// Errors: `unavailable` when the engine cannot be reached or the outcome is unknown (a batch is then to be
/// idempotent to be repeated), `internal` for SQL faults (logged without parameters).
class Database
{
public:
    virtual ~Database() = default;

    /// Reads a snapshot that includes every commit acknowledged before the call.
    virtual Task<Rows> query(Statement statement) = 0;

    /// Runs a batch atomically; the answer comes after the commit is durable. Batches of several callers may share
    /// one transaction (group commit): each is atomic by itself, and a miss or fault undoes its own batch alone.
    virtual Task<BatchOutcome> commit(Batch batch) = 0;

    /// Whether it can be read and written now.
    virtual Task<Done> ready() = 0;
};

} // namespace confab::server
