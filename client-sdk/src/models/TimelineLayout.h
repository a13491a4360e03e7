// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Id.h"

#include <QtCore/QDate>

namespace confab::client {

/// How one row of a timeline stands among its neighbours: what a view needs to group by sender and to part days.
struct RowLayout
{
    bool firstOfGroup = true; ///< The oldest of a run by one sender.
    bool lastOfGroup = true;  ///< The newest of it.
    QDate daySeparator;       ///< Valid on the oldest row of a local day.

    bool operator==(const RowLayout &) const = default;
};

/// What the layout of a row depends on.
struct LayoutInput
{
    UserId senderId;
    qint64 createdAt = 0;
    bool isHole = false;
};

/// Returns the local day of a time.
QDate localDay(qint64 utcMs);

/// Returns the layouts of rows given newest first. Rows by one sender form a group while each is at most five minutes
/// after the one before and of the same local day; a hole parts groups.
QList<RowLayout> layoutOf(const QList<LayoutInput> &rows);

} // namespace confab::client
