// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab::server {

/// Makes libsodium ready; nothing of it may be used before. Thread-safe.
void requireSodium();

QByteArray sha256(const QByteArray &bytes);

} // namespace confab::server
