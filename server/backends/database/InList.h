// SPDX-License-Identifier: MIT
// How a statement names one of several ids.
#pragma once

#include "server/backends/database/Database.h"

#include <bit>

namespace confab::server {

/// "?, ?, ?" for an IN list.
inline QByteArray placeholders(qsizetype count)
{
    QByteArray list = QByteArray("?, ").repeated(count);
    list.chop(2);
    return list;
}

/// The ids as parameters of an IN list. The first is repeated up to the next power of two, so that few statements are
/// to be prepared.
template<typename AnyId>
QList<Value> idList(const QList<AnyId> &ids)
{
    QList<Value> values(ids.begin(), ids.end());
    while (values.size() < qsizetype(std::bit_ceil(size_t(ids.size()))))
        values.append(ids.first());
    return values;
}

} // namespace confab::server
