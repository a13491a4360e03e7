// SPDX-License-Identifier: MIT
#include "client-sdk/src/models/TimelineLayout.h"

#include <QtCore/QDateTime>

namespace confab::client {

namespace {
constexpr qint64 kGroupGapMs = 5 * 60 * 1000;
}

QDate localDay(qint64 utcMs)
{
    return QDateTime::fromMSecsSinceEpoch(utcMs).date();
}

QList<RowLayout> layoutOf(const QList<LayoutInput> &rows)
{
    QList<RowLayout> layouts(rows.size());
    QDate olderDay;       // of the nearest older message, holes skipped
    qsizetype older = -1; // the row just below, -1 where there is none or a hole
    for (qsizetype row = rows.size() - 1; row >= 0; --row) {
        const LayoutInput &input = rows.at(row);
        if (input.isHole) {
            older = -1;
            continue;
        }
        const QDate day = localDay(input.createdAt);
        if (day != olderDay)
            layouts[row].daySeparator = day;
        const bool continues = older >= 0 && day == olderDay && rows.at(older).senderId == input.senderId &&
                               qAbs(input.createdAt - rows.at(older).createdAt) <= kGroupGapMs;
        if (continues) {
            layouts[row].firstOfGroup = false;
            layouts[older].lastOfGroup = false;
        }
        olderDay = day;
        older = row;
    }
    return layouts;
}

} // namespace confab::client
