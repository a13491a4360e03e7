// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

// What the two accounts of the demo say.

enum class Speaker { Ada, Grace };

struct Line
{
    Speaker speaker;
    QString text;
};

/// The history of their conversation; the last lines are Grace's and unread.
QList<Line> directHistory();
/// The history of the group.
QList<Line> groupHistory();
/// What they say while one watches.
QList<Line> talk();
