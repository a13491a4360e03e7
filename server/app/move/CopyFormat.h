// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/move/TableShape.h"
#include "server/backends/database/Database.h"

#include <optional>

namespace confab::server {

// PostgreSQL's binary COPY format (its documentation, "COPY", Binary Format): a head, tuples, an end. A tuple is the
// number of its fields in 16 bits, and for each of them its length in 32 bits (-1 for NULL) and its bytes, big-endian.

/// What stands before the first tuple.
QByteArray copyHead();
/// What stands behind the last one.
QByteArray copyEnd();

/// A row as a tuple. The error names the column whose value is not of its type; it never holds the value.
Result<QByteArray> copyTuple(const QList<Column> &columns, const Row &row);

/// Takes a stream in pieces of any size apart into its tuples.
class CopyReader
{
public:
    void add(QByteArrayView piece) { m_waiting += piece; }

    /// The next whole tuple, as copyTuple() makes them; nullopt where more of the stream is needed or it is over.
    std::optional<QByteArray> next();

private:
    QByteArray m_waiting;
    qsizetype m_at = 0;
    bool m_hasBegun = false;
};

} // namespace confab::server
