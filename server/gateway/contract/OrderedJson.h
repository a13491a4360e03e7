// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QCborValue>

namespace confab::server {

/// Writes JSON for people: indented by two, members in the order in which they were inserted, which QJsonDocument does
/// not keep. Short values without members of their own stand in one line.
QByteArray orderedJson(const QCborValue &value);

} // namespace confab::server
