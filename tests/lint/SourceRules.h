// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

namespace confab::lint {

/// One broken rule: which, in which line, and what is wrong there.
struct Finding
{
    QString rule;
    int line = 0;
    QString message;
};

/// Returns what a file breaks of the rules that no compiler checks. `path` is relative to the root of the tree and
/// decides which rules apply; a kind of file that no rule is about gives no findings.
QList<Finding> findingsIn(const QString &path, const QString &source);

} // namespace confab::lint
