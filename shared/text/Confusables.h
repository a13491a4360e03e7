// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab {

/// The ASCII letters a folded character may be taken for; empty where it looks like itself alone.
QLatin1StringView lookAlikeOf(char32_t c);

} // namespace confab
