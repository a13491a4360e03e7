// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QStringList>

namespace confab::server {

/// The headers that declare the contract, which are built in for their comments.
QStringList contractHeaders();

/// A built-in file: one of the headers, or examples.json. Empty where there is none of that name.
QByteArray contractFile(const QString &name);

} // namespace confab::server
