// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab {

/// The same CBOR with U+FFFD in its texts wherever they hold NUL or are no UTF-8: one bad row of a server's page is not
/// to cost the others. Empty when there is more wrong with it.
QByteArray withMendedTexts(const QByteArray &cbor);

} // namespace confab
