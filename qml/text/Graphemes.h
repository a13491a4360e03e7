// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace confab::app {

/// Returns where the character a person sees at \a start ends: emoji joined by U+200D, flags, keycaps and marks
/// stay whole (Qt 6.4's finder does not know the rules for emoji).
qsizetype graphemeEnd(QStringView text, qsizetype start);

/// Returns the longest start of \a text that has at most \a limit graphemes.
QStringView firstGraphemes(QStringView text, int limit);

/// Returns whether \a codePoint is drawn as a picture by default or with U+FE0F.
bool isPictographic(char32_t codePoint);

} // namespace confab::app
