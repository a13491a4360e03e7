// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QString>

// The gate every text passes on its way in, at both ends. What passes is stored and shown as it is; nothing is repaired
// silently. What no store keeps intact never passes: NUL (PostgreSQL), lone surrogates (UTF-8) and the non-characters,
// of which SQLite gives U+FFFE and U+FFFF back as U+FFFD. Byte order marks at the beginning are taken off: every
// decoder on the way (Qt's of UTF-8, CBOR and JSON, SQLite's of UTF-16) does so, once each.

namespace confab {

/// Which control characters a text may hold. NUL is none of them.
enum class Controls {
    None,         ///< Names and titles: one line. Line and paragraph separators are refused, too.
    LinesAndTabs, ///< Newline, carriage return and tab.
    AllButNul,    ///< Message texts, which are kept as they were written.
};

struct TextRules
{
    Controls controls = Controls::None;
    bool trim = true;        ///< Takes blank characters off both ends before anything is counted.
    bool allowBlank = false; ///< May consist of characters that show nothing.
};

/// Returns the text as it is to be stored, or what is wrong with it: `invalidArgument`, or `tooLarge` above
/// \a maxCodePoints. Lengths are counted in code points. The error never quotes the text.
Result<QString> checkText(const QString &field, const QString &text, qint64 minCodePoints, qint64 maxCodePoints,
                          const TextRules &rules = {});

/// A message's text: kept as it was written, and not blank.
Result<QString> checkMessageText(const QString &field, const QString &text, qint64 maxCodePoints);

/// A display name, title or device name: trimmed, one line, not blank.
Result<QString> checkName(const QString &field, const QString &text, qint64 maxCodePoints);

/// A password in NFC, so that each way of typing it gives the same bytes. Nothing is trimmed.
Result<QString> checkPassword(const QString &field, const QString &text, qint64 minCodePoints, qint64 maxCodePoints);

} // namespace confab
