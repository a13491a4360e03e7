// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace confab::server {

/// What a column holds, by the type it was declared with (see Migration).
enum class ColumnType { Number, Text, Bytes, Uuid };

struct Column
{
    QByteArray name;
    ColumnType type = ColumnType::Number;
};

/// A table as it is moved: its columns, those of its primary key first and in the key's order.
struct TableShape
{
    QByteArray name;
    QList<Column> columns;
    qsizetype keyColumns = 0;

    /// The columns, or those of the key alone, as a list for SQL; \a textSuffix behind each text.
    QByteArray columnList() const { return list(columns, {}); }
    QByteArray keyList(const QByteArray &textSuffix = {}) const { return list(columns.first(keyColumns), textSuffix); }

private:
    static QByteArray list(const QList<Column> &columns, const QByteArray &textSuffix)
    {
        QByteArrayList names;
        for (const Column &column : columns)
            names.append('"' + column.name + '"' + (column.type == ColumnType::Text ? textSuffix : QByteArray()));
        return names.join(", ");
    }
};

} // namespace confab::server
