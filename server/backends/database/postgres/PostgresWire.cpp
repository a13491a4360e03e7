// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresWire.h"

#include <QtCore/QStringDecoder>
#include <QtCore/QtEndian>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

// From catalog/pg_type.dat; they are the same in every PostgreSQL.
enum : Oid {
    kBool = 16,
    kBytea = 17,
    kName = 19,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kText = 25,
    kUnknown = 705,
    kVarchar = 1043,
    kNumeric = 1700,
    kUuid = 2950,
};

constexpr int kBinary = 1;

QByteArray bigEndian(qint64 number)
{
    QByteArray bytes(8, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

/// A whole number of type numeric, which is what sum() of bigints gives: base-10000 digits behind a head of four
/// 16-bit numbers (src/backend/utils/adt/numeric.c, numeric_send).
std::optional<qint64> wholeNumeric(const char *data, int length)
{
    constexpr int kHead = 8;
    constexpr quint16 kNegative = 0x4000;
    if (length < kHead)
        return std::nullopt;
    const int digits = qFromBigEndian<qint16>(data);
    const int weight = qFromBigEndian<qint16>(data + 2);
    const auto sign = qFromBigEndian<quint16>(data + 4);
    if (length < kHead + digits * 2 || (sign != 0 && sign != kNegative) || weight > 4)
        return std::nullopt;
    qint64 number = 0;
    for (int i = 0; i <= weight; ++i) {
        const qint64 digit = i < digits ? qFromBigEndian<qint16>(data + kHead + i * 2) : 0;
        if (__builtin_mul_overflow(number, qint64(10'000), &number) || __builtin_add_overflow(number, digit, &number))
            return std::nullopt;
    }
    return sign == kNegative ? -number : number;
}

/// QString::fromUtf8() would leave out a byte order mark at the start.
QString textOf(QByteArrayView utf8)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::ConvertInitialBom);
    return decoder(utf8);
}

std::optional<Value> valueOf(Oid type, const char *data, int length)
{
    switch (type) {
    case kBool:
        return Value(*data != 0);
    case kInt2:
        return Value(qint64(qFromBigEndian<qint16>(data)));
    case kInt4:
        return Value(qint64(qFromBigEndian<qint32>(data)));
    case kInt8:
        return Value(qFromBigEndian<qint64>(data));
    case kNumeric: {
        const std::optional<qint64> number = wholeNumeric(data, length);
        return number ? std::optional(Value(*number)) : std::nullopt;
    }
    case kText:
    case kVarchar:
    case kName:
    case kUnknown:
        return Value(textOf(QByteArrayView(data, length)));
    case kBytea:
        return Value(QByteArray(data, length));
    case kUuid:
        return Value(QUuid::fromRfc4122(QByteArrayView(data, length)));
    default:
        return std::nullopt;
    }
}

} // namespace

QByteArray numberedPlaceholders(const QByteArray &sql)
{
    QByteArray numbered;
    numbered.reserve(sql.size() + 16);
    int count = 0;
    char quote = 0;
    for (const char c : sql) {
        if (quote != 0) {
            if (c == quote)
                quote = 0; // a doubled quote opens again at once
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '?') {
            numbered += '$' + QByteArray::number(++count);
            continue;
        }
        numbered += c;
    }
    return numbered;
}

PostgresParameters::PostgresParameters(const QList<Value> &values)
{
    const auto count = static_cast<std::size_t>(values.size());
    m_types.reserve(count);
    m_bytes.reserve(count);
    for (const Value &value : values) {
        const Value::Variant &variant = value.variant();
        if (const auto *number = std::get_if<qint64>(&variant)) {
            m_types.push_back(kInt8);
            m_bytes.push_back(bigEndian(*number));
        } else if (const auto *text = std::get_if<QString>(&variant)) {
            m_types.push_back(kText);
            m_bytes.push_back(text->toUtf8());
        } else if (const auto *bytes = std::get_if<QByteArray>(&variant)) {
            m_types.push_back(kBytea);
            m_bytes.push_back(*bytes);
        } else if (const auto *uuid = std::get_if<QUuid>(&variant)) {
            m_types.push_back(kUuid);
            m_bytes.push_back(uuid->toRfc4122());
        } else {
            m_types.push_back(0);
            m_bytes.emplace_back();
        }
    }
    m_formats.assign(count, kBinary);
    for (std::size_t i = 0; i < count; ++i) {
        m_pointers.push_back(m_types[i] == 0 ? nullptr : m_bytes[i].constData()); // never null where there is a type
        m_lengths.push_back(int(m_bytes[i].size()));
    }
}

Result<Rows> rowsOf(const PGresult *result)
{
    Rows rows;
    const int count = PQntuples(result);
    const int columns = PQnfields(result);
    rows.rows.reserve(count);
    for (int i = 0; i < count; ++i) {
        Row row;
        row.reserve(columns);
        for (int column = 0; column < columns; ++column) {
            if (PQgetisnull(result, i, column)) {
                row.append(Value());
                continue;
            }
            const std::optional<Value> value =
                valueOf(PQftype(result, column), PQgetvalue(result, i, column), PQgetlength(result, i, column));
            if (!value)
                return Error::internal(u"A column of the answer has a type that is not used here."_s);
            row.append(*value);
        }
        rows.rows.append(std::move(row));
    }
    // The rows of a SELECT and of RETURNING count as affected, as at the other engine.
    rows.affected = QByteArrayView(PQcmdTuples(const_cast<PGresult *>(result))).toLongLong();
    return rows;
}

} // namespace confab::server
