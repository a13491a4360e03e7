// SPDX-License-Identifier: MIT
#include "server/app/move/CopyFormat.h"

#include "server/backends/database/postgres/PostgresWire.h"

#include <QtCore/QtEndian>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kHeadSize = 19; // signature, flags, and the length of an extension that nobody uses
constexpr int kUuidSize = 16;

template<typename Number>
void put(QByteArray &bytes, Number number)
{
    char buffer[sizeof(Number)];
    qToBigEndian(number, buffer);
    bytes.append(buffer, sizeof buffer);
}

/// The value as PostgreSQL's column takes it: SQLite gives ids as plain bytes.
std::optional<Value> typed(ColumnType type, const Value &value)
{
    const Value::Variant &variant = value.variant();
    if (value.isNull())
        return value;
    switch (type) {
    case ColumnType::Number:
        return std::holds_alternative<qint64>(variant) ? std::optional(value) : std::nullopt;
    case ColumnType::Text:
        return std::holds_alternative<QString>(variant) ? std::optional(value) : std::nullopt;
    case ColumnType::Bytes:
        return std::holds_alternative<QByteArray>(variant) ? std::optional(value) : std::nullopt;
    case ColumnType::Uuid:
        break;
    }
    if (std::holds_alternative<QUuid>(variant))
        return value;
    const auto *bytes = std::get_if<QByteArray>(&variant);
    return bytes && bytes->size() == kUuidSize ? std::optional(Value(QUuid::fromRfc4122(*bytes))) : std::nullopt;
}

} // namespace

QByteArray copyHead()
{
    QByteArray head("PGCOPY\n\377\r\n\0", 11);
    head.append(8, '\0');
    return head;
}

QByteArray copyEnd()
{
    return QByteArray(2, '\377');
}

Result<QByteArray> copyTuple(const QList<Column> &columns, const Row &row)
{
    QList<Value> values;
    values.reserve(columns.size());
    for (qsizetype i = 0; i < columns.size(); ++i) {
        const std::optional<Value> value = typed(columns.at(i).type, row.at(i));
        if (!value)
            return Error::internal(u"its column %1 is of another type"_s.arg(QString::fromUtf8(columns.at(i).name)));
        values.append(*value);
    }
    const PostgresParameters fields(values);
    QByteArray tuple;
    put(tuple, static_cast<qint16>(fields.count()));
    for (int i = 0; i < fields.count(); ++i) {
        const char *bytes = fields.values()[i];
        put(tuple, bytes ? qint32(fields.lengths()[i]) : qint32(-1));
        tuple.append(bytes, bytes ? fields.lengths()[i] : 0);
    }
    return tuple;
}

std::optional<QByteArray> CopyReader::next()
{
    if (!m_hasBegun) {
        if (m_waiting.size() < kHeadSize)
            return std::nullopt;
        m_at = kHeadSize;
        m_hasBegun = true;
    }
    const char *bytes = m_waiting.constData();
    qsizetype end = m_at + 2;
    const int fields = m_waiting.size() >= end ? qFromBigEndian<qint16>(bytes + m_at) : -1;
    bool isWhole = fields >= 0;
    for (int i = 0; i < fields && isWhole; ++i) {
        isWhole = m_waiting.size() >= end + 4;
        if (isWhole)
            end += 4 + qMax(0, qFromBigEndian<qint32>(bytes + end));
    }
    if (!isWhole || m_waiting.size() < end) {
        m_waiting.remove(0, m_at);
        m_at = 0;
        return std::nullopt;
    }
    const QByteArray tuple = m_waiting.sliced(m_at, end - m_at);
    m_at = end;
    return tuple;
}

} // namespace confab::server
