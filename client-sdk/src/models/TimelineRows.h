// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/models/TimelineItem.h"

namespace confab::client {

/// The rows of a TimelineModel: kept sorted, told apart by key and grouped, every change announced to the views.
class TimelineRows
{
public:
    explicit TimelineRows(TimelineModel &model) : q(model) { }

    struct RowChange
    {
        int row;
        QList<int> roles;
    };

    void insertNew(QList<TimelineItem> fresh);
    void replace(int row, TimelineItem item);
    void removeRange(int first, int last);
    void removeKeys(const QStringList &keys);
    /// Brings layout, unread mark and state of all rows up to date; returns what changed.
    QList<RowChange> settle();
    void announce(const QList<RowChange> &changes, int exceptFirst = -1, int exceptLast = -2);

    int rowOf(const QString &key) const;
    const TimelineItem *find(const QString &key) const;
    int insertionRow(const TimelineItem &item, int ignoredRow = -1) const;
    int newestServerRow() const;
    int oldestRow() const;

    QList<TimelineItem> items; ///< Newest first.
    Reached others;
    qint64 unreadAboveId = -1;
    bool olderExist = false; ///< The store holds rows older than these.

private:
    TimelineModel &q;
};

} // namespace confab::client
