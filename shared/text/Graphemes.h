// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab {

/// Returns the longest beginning of \a text of at most \a maxUnits UTF-16 units that ends between two grapheme
/// clusters. Where already the first cluster is longer (a letter under a thousand marks), it is cut between code
/// points.
QString cutAtGrapheme(const QString &text, qsizetype maxUnits);

/// A text on one line of at most \a maxUnits UTF-16 units: runs of blank lines, tabs and spaces become one space, and
/// what was cut off is marked by an ellipsis.
QString preview(const QString &text, qsizetype maxUnits);

} // namespace confab
