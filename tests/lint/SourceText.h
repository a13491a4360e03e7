// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab::lint {

/// Returns C++, QML or JavaScript source with comments blanked, and so are the insides of string and character
/// literals. Length and line breaks stay, so positions in the result are positions in the source.
QString codeOnly(const QString &source);

/// Returns the number, from 1, of the line that holds `position`.
int lineOf(const QString &source, qsizetype position);

} // namespace confab::lint
