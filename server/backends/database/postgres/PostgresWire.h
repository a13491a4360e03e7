// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"

#include <libpq-fe.h>

#include <vector>

namespace confab::server {

/// The shared dialect's `?` as PostgreSQL's `$1`, `$2`, … Quoted texts and names are left alone.
QByteArray numberedPlaceholders(const QByteArray &sql);

/// A statement's parameters as libpq takes them: types, bytes and formats, all in binary. Valid while it lives.
///
/// Types are always named (int8, text, bytea, uuid): what PostgreSQL infers differs from place to place, and
/// `INSERT … SELECT ?` would be a text. NULL alone is left to it.
class PostgresParameters
{
public:
    explicit PostgresParameters(const QList<Value> &values);

    int count() const { return int(m_types.size()); }
    const Oid *types() const { return m_types.data(); }
    const char *const *values() const { return m_pointers.data(); }
    const int *lengths() const { return m_lengths.data(); }
    const int *formats() const { return m_formats.data(); }

private:
    std::vector<Oid> m_types;
    std::vector<QByteArray> m_bytes;
    std::vector<const char *> m_pointers;
    std::vector<int> m_lengths;
    std::vector<int> m_formats;
};

/// The rows of a result in binary format. A column of a type that the dialect does not use fails as `internal`.
Result<Rows> rowsOf(const PGresult *result);

} // namespace confab::server
