// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QString>

namespace confab {

/// The fewest code points of a handle.
inline constexpr qint64 kHandleMinLength = 2;

/// A handle in the one form it is stored and looked up in, and what it may be mistaken for.
struct Handle
{
    QString text;     ///< NFKC, case-folded, without a leading @.
    QString skeleton; ///< Equal for handles that look alike. Never shown.

    bool operator==(const Handle &) const = default;
};

/// Brings what a person typed into the stored form, without judging it: for looking a handle up.
QString normalisedHandle(const QString &typed);

/// The look-alike key of a normalised handle. Characters are replaced by the ASCII letters they are taken for
/// (Confusables.h), digits of all scripts by 0 to 9, diacritics are dropped, `. -` become `_`, `rn` becomes m, `vv` w.
/// Two handles with equal skeletons cannot both exist.
QString handleSkeleton(const QString &normalised);

/// Judges a handle for a new account. Letters and digits of Unicode with `_ . -` between them; it begins with a letter
/// or digit and ends with neither dot nor hyphen, so that it can stand in a sentence. Look-alike scripts (Latin,
/// Greek, Cyrillic, …) do not mix.
Result<Handle> checkHandle(const QString &field, const QString &typed, qint64 maxCodePoints);

/// True for names that speak for the server or stand for groups of people (admin, everyone, …), and for look-alikes of
/// those that could deceive. Such handles are given by the server's administrator alone.
bool isReservedHandle(const Handle &handle);

} // namespace confab
