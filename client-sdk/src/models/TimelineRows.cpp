// SPDX-License-Identifier: MIT
#include "client-sdk/src/models/TimelineRows.h"

#include <algorithm>

namespace confab::client {

/// Inserts rows that the window does not hold yet, neighbours together.
void TimelineRows::insertNew(QList<TimelineItem> fresh)
{
    if (fresh.isEmpty())
        return;
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const TimelineItem &a, const TimelineItem &b) { return a.isNewerThan(b); });
    qsizetype next = 0;
    while (next < fresh.size()) {
        const int first = insertionRow(fresh.at(next));
        qsizetype end = next + 1;
        while (end < fresh.size() && insertionRow(fresh.at(end)) == first)
            ++end;
        const int last = first + static_cast<int>(end - next) - 1;
        q.beginInsertRows({}, first, last);
        items.insert(first, end - next, {});
        std::move(fresh.begin() + next, fresh.begin() + end, items.begin() + first);
        const QList<RowChange> changes = settle();
        q.endInsertRows();
        announce(changes, first, last);
        next = end;
    }
    Q_EMIT q.countChanged();
}

/// Puts a newer version of a row in its place, which may be another one. What it means for its neighbours is settled
/// by the caller, once for all rows.
void TimelineRows::replace(int row, TimelineItem item)
{
    const TimelineItem before = items.at(row);
    item.layout = before.layout;
    item.firstUnread = before.firstUnread;
    item.state = item.isHole ? before.state : stateOf(item.row, others);
    const int target = insertionRow(item, row);
    if (target != row) {
        q.beginMoveRows({}, row, row, {}, target > row ? target + 1 : target);
        items.move(row, target);
        items[target].row.position = item.row.position;
        items[target].hole = item.hole;
        const QList<RowChange> changes = settle();
        q.endMoveRows();
        announce(changes);
        item.layout = items.at(target).layout;
        item.firstUnread = items.at(target).firstUnread;
    }
    const QList<int> roles = changedRoles(items.at(target), item);
    items[target] = std::move(item);
    if (!roles.isEmpty())
        announce({{target, roles}});
}

void TimelineRows::removeRange(int first, int last)
{
    if (first > last)
        return;
    q.beginRemoveRows({}, first, last);
    items.remove(first, last - first + 1);
    const QList<RowChange> changes = settle();
    q.endRemoveRows();
    announce(changes);
    Q_EMIT q.countChanged();
}

void TimelineRows::removeKeys(const QStringList &keys)
{
    for (const QString &key : keys) {
        const int row = rowOf(key);
        if (row >= 0)
            removeRange(row, row);
    }
}

QList<TimelineRows::RowChange> TimelineRows::settle()
{
    QList<LayoutInput> inputs;
    inputs.reserve(items.size());
    for (const TimelineItem &item : std::as_const(items))
        inputs.append({item.row.senderId, item.row.createdAt, item.isHole});
    const QList<RowLayout> layouts = layoutOf(inputs);

    int firstUnread = -1;
    bool olderIsKnown = !olderExist;
    for (int row = static_cast<int>(items.size()) - 1; unreadAboveId >= 0 && row >= 0; --row) {
        const TimelineItem &item = items.at(row);
        if (item.isHole || item.row.messageId == 0)
            continue;
        if (item.row.messageId <= unreadAboveId) {
            olderIsKnown = true;
        } else if (item.row.state == DeliveryState::Received && !item.row.deleted) {
            firstUnread = olderIsKnown ? row : -1;
            break;
        }
    }

    QList<RowChange> changes;
    for (int row = 0; row < items.size(); ++row) {
        TimelineItem &item = items[row];
        TimelineItem settled = item;
        settled.layout = layouts.at(row);
        settled.firstUnread = row == firstUnread;
        if (!item.isHole)
            settled.state = stateOf(item.row, others);
        const QList<int> roles = changedRoles(item, settled);
        if (roles.isEmpty())
            continue;
        item = std::move(settled);
        changes.append({row, roles});
    }
    return changes;
}

/// Tells views what changed: neighbours with the same roles together, rows from exceptFirst to exceptLast not at all.
void TimelineRows::announce(const QList<RowChange> &changes, int exceptFirst, int exceptLast)
{
    for (qsizetype i = 0; i < changes.size(); ++i) {
        const RowChange &change = changes.at(i);
        if (change.row >= exceptFirst && change.row <= exceptLast)
            continue;
        int last = change.row;
        while (i + 1 < changes.size() && changes.at(i + 1).row == last + 1 && changes.at(i + 1).roles == change.roles &&
               (last + 1 < exceptFirst || last + 1 > exceptLast)) {
            ++last;
            ++i;
        }
        Q_EMIT q.dataChanged(q.index(change.row), q.index(last), change.roles);
    }
}

int TimelineRows::rowOf(const QString &key) const
{
    for (int row = 0; row < items.size(); ++row) {
        if (items.at(row).row.key == key)
            return row;
    }
    return -1;
}

const TimelineItem *TimelineRows::find(const QString &key) const
{
    const int row = rowOf(key);
    return row < 0 ? nullptr : &items.at(row);
}

/// The row at which an item belongs, once the one at ignoredRow is taken away.
int TimelineRows::insertionRow(const TimelineItem &item, int ignoredRow) const
{
    int row = 0;
    for (int i = 0; i < items.size(); ++i) {
        if (i == ignoredRow)
            continue;
        if (item.isNewerThan(items.at(i)))
            break;
        ++row;
    }
    return row;
}

int TimelineRows::newestServerRow() const
{
    for (int row = 0; row < items.size(); ++row) {
        if (!items.at(row).isHole && items.at(row).row.messageId != 0)
            return row;
    }
    return -1;
}

int TimelineRows::oldestRow() const
{
    return static_cast<int>(items.size()) - 1;
}

} // namespace confab::client
