// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

QT_BEGIN_NAMESPACE
class QHostAddress;
QT_END_NAMESPACE

namespace confab::server {

/// What an address counts as where clients are limited by it: itself, its /64 at IPv6, the inner address where IPv4 is
/// mapped.
QString addressKey(const QHostAddress &address);

} // namespace confab::server
