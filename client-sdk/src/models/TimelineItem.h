// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Rows.h"
#include "client-sdk/src/models/TimelineLayout.h"
#include <Confab/TimelineModel.h>

namespace confab::client {

/// One row of a TimelineModel: a message or a hole, with what its neighbours make of it.
struct TimelineItem
{
    TimelineRow row; ///< Of a hole: only key and position are set.
    bool isHole = false;
    Hole hole;
    bool holeLoading = false;
    QString holeError;
    RowLayout layout;
    bool firstUnread = false;
    TimelineModel::State state = TimelineModel::State::Received;

    /// A hole is filled from its newer end, so its older end names it.
    static TimelineItem ofHole(const Hole &hole)
    {
        TimelineItem item;
        item.isHole = true;
        item.hole = hole;
        item.row.key = QStringLiteral("hole/%1").arg(hole.after);
        item.row.position = hole.before;
        return item;
    }

    /// Whether it stands nearer to row 0. A hole is older than the message at its newer end.
    bool isNewerThan(const TimelineItem &other) const
    {
        if (row.position != other.row.position)
            return row.position > other.row.position;
        return !isHole && other.isHole;
    }
};

/// Returns the state a person sees: a change under way or refused counts like a message under way or refused.
inline TimelineModel::State stateOf(const TimelineRow &row, const Reached &others)
{
    using State = TimelineModel::State;
    switch (row.pendingChange) {
    case PendingChange::Editing:
    case PendingChange::Deleting:
        return State::Pending;
    case PendingChange::EditFailed:
    case PendingChange::DeleteFailed:
        return State::Failed;
    case PendingChange::None:
        break;
    }
    switch (row.state) {
    case DeliveryState::Received:
        return State::Received;
    case DeliveryState::Pending:
        return State::Pending;
    case DeliveryState::Failed:
        return State::Failed;
    case DeliveryState::Sent:
        break;
    }
    if (row.messageId <= others.readUpTo)
        return State::Read;
    return row.messageId <= others.deliveredUpTo ? State::Delivered : State::Sent;
}

/// Returns the roles in which two versions of a row differ.
QList<int> changedRoles(const TimelineItem &before, const TimelineItem &after);

} // namespace confab::client
