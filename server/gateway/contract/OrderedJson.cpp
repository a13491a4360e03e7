// SPDX-License-Identifier: MIT
#include "server/gateway/contract/OrderedJson.h"

#include <QtCore/QCborArray>
#include <QtCore/QCborMap>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace confab::server {

namespace {

constexpr qsizetype kLineLength = 100;

QByteArray scalar(const QCborValue &value)
{
    const QByteArray list = QJsonDocument(QJsonArray{value.toJsonValue()}).toJson(QJsonDocument::Compact);
    return list.mid(1, list.size() - 2);
}

QByteArray write(const QCborValue &value, int depth);

/// The parts of a map or list, each with the text before it.
QByteArray enclose(char open, char close, const QByteArrayList &parts, int depth)
{
    if (parts.isEmpty())
        return QByteArray() + open + close;
    const QByteArray line = QByteArray() + open + ' ' + parts.join(", ") + ' ' + close;
    if (line.size() <= kLineLength && !line.contains('\n'))
        return line;
    const QByteArray indent = '\n' + QByteArray(2 * (depth + 1), ' ');
    return open + indent + parts.join(',' + indent) + '\n' + QByteArray(2 * depth, ' ') + close;
}

QByteArray write(const QCborValue &value, int depth)
{
    QByteArrayList parts;
    if (value.isMap()) {
        const QCborMap map = value.toMap();
        for (auto member = map.begin(); member != map.end(); ++member)
            parts.append(scalar(member.key()) + ": " + write(member.value(), depth + 1));
        return enclose('{', '}', parts, depth);
    }
    if (value.isArray()) {
        const QCborArray list = value.toArray();
        for (const QCborValue &item : list)
            parts.append(write(item, depth + 1));
        return enclose('[', ']', parts, depth);
    }
    return scalar(value);
}

} // namespace

QByteArray orderedJson(const QCborValue &value)
{
    return write(value, 0) + '\n';
}

} // namespace confab::server
