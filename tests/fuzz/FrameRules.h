// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab::fuzz {

/// Reads a CBOR frame as a server and as a client do, and what it carries. What is read must come back the same from
/// its encoding.
void readFrame(const QByteArray &cbor);

} // namespace confab::fuzz
