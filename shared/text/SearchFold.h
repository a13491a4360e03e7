// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace confab {

/// How a text is compared in a search: compatibility forms, case and diacritics make no difference. For matching
/// only, never shown.
QString foldForSearch(const QString &text);

/// The folded words of a text, each once, in order of appearance. Letters, digits and marks make a word.
QStringList searchWords(const QString &text);

} // namespace confab
