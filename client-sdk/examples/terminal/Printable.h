// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

// What others wrote, made safe to print: a terminal obeys control characters, so none of theirs reach it, and nobody
// can forge a line of the conversation.

/// Returns \a text without control, format and direction characters; ill-formed UTF-16 becomes U+FFFD. Joiners stay,
/// which emoji and some scripts are written with. Lines after the first are indented by \a indent spaces.
QString printable(const QString &text, int indent);

/// The same on one line of at most \a length characters (grapheme clusters), for names and previews.
QString printableLine(const QString &text, int length);
