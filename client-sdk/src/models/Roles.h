// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Types.h"

#include <QtCore/QAbstractItemModel>
#include <QtCore/QDateTime>
#include <QtCore/QMetaEnum>

namespace confab::client {

/// Returns the role names of a model's Role enum: its enumerators with a small first letter.
template<typename Role>
QHash<int, QByteArray> roleNamesOf()
{
    QHash<int, QByteArray> names;
    const QMetaEnum meta = QMetaEnum::fromType<Role>();
    for (int i = 0; i < meta.keyCount(); ++i) {
        QByteArray name(meta.key(i));
        name[0] = static_cast<char>(name.at(0) | 0x20); // enumerators are ASCII
        names.insert(meta.value(i), name);
    }
    return names;
}

/// Enumerators leave models by name, which reads the same in QML and in a test.
template<typename Enum>
QString nameOf(Enum value)
{
    return QString::fromLatin1(QMetaEnum::fromType<Enum>().valueToKey(static_cast<int>(value)));
}

/// The same with a small first letter, as the wire has it.
template<typename Enum>
QString wireNameOf(Enum value)
{
    QString name = nameOf(value);
    if (!name.isEmpty())
        name[0] = name.at(0).toLower();
    return name;
}

/// Ids leave models as text, which QML compares and keeps like any other; a null id is empty.
inline QString idText(const IdBase &id)
{
    return id.isNull() ? QString() : id.toString();
}

/// Times leave models as QDateTime (a Date in QML), an absent one as an invalid one.
inline QDateTime timeOf(qint64 utcMs)
{
    return utcMs == 0 ? QDateTime() : QDateTime::fromMSecsSinceEpoch(utcMs);
}

inline QStringList namesOf(const QList<User> &people)
{
    QStringList names;
    for (const User &person : people)
        names.append(person.displayName);
    return names;
}

inline QVariantMap rowAsMap(const QAbstractItemModel &model, int row)
{
    QVariantMap map;
    if (row < 0 || row >= model.rowCount())
        return map;
    const QModelIndex index = model.index(row, 0);
    const QHash<int, QByteArray> names = model.roleNames();
    for (auto role = names.begin(); role != names.end(); ++role)
        map.insert(QString::fromLatin1(role.value()), index.data(role.key()));
    return map;
}

} // namespace confab::client
