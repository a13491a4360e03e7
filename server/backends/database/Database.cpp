// SPDX-License-Identifier: MIT
#include "server/backends/database/Database.h"

namespace confab::server {

qint64 Value::toInt() const
{
    const qint64 *number = std::get_if<qint64>(&m_value);
    return number ? *number : 0;
}

QString Value::toText() const
{
    const QString *text = std::get_if<QString>(&m_value);
    return text ? *text : QString();
}

QByteArray Value::toBytes() const
{
    if (const QByteArray *bytes = std::get_if<QByteArray>(&m_value))
        return *bytes;
    const QUuid *uuid = std::get_if<QUuid>(&m_value);
    return uuid ? uuid->toRfc4122() : QByteArray();
}

QUuid Value::toUuid() const
{
    if (const QUuid *uuid = std::get_if<QUuid>(&m_value))
        return *uuid;
    const QByteArray *bytes = std::get_if<QByteArray>(&m_value);
    return bytes ? QUuid::fromRfc4122(*bytes) : QUuid();
}

} // namespace confab::server
