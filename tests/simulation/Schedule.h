// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/Weather.h"

#include <QtCore/QList>

namespace confab::simulation {

/// One thing that a person does, or that goes wrong, at a moment of a simulation. What its numbers choose among is
/// found at that moment, so that an action means something whatever became of those before it.
struct Action
{
    enum class What {
        Send,
        Edit,
        Delete,
        MarkRead,
        MarkUnread,
        Retry,
        Discard,
        FillHole,
        AddMember,
        RemoveMember,
        Rename,
        Burst, ///< Many messages by somebody whose device is not simulated.
        Cut,
        Freeze,  ///< The connection is half open, and no other can be had for a while.
        Offline, ///< No connection can be had for a while.
        KillDevice,
        JumpClock,
        KillServer,
        StopServer,
    };

    qint64 atMs = 0;
    What what = What::Send;
    int device = 0;
    int first = 0;
    int second = 0;
    int number = 0; ///< Names the action, also among those that are left of a schedule.

    bool isFault() const { return what >= What::Cut; }
    QString toString() const;
};

/// Everything that is decided before a simulation begins.
struct Schedule
{
    quint64 seed = 0;
    int devices = 2;
    qint64 endMs = 0; ///< From here on nothing goes wrong any more.
    Weather weather;
    QList<Action> actions;

    /// What this seed stands for.
    static Schedule of(quint64 seed);

    QString toString() const;
};

} // namespace confab::simulation
