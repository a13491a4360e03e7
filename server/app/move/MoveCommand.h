// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/ExitCode.h"

#include <QtCore/QStringList>

#include <functional>

namespace confab::server {

/// `confabd migrate`: moves an embedded store into a PostgreSQL. Blocks until it is done.
///
/// \a arguments are those behind the word; \a answer gets lines for standard output, \a complain for the other.
ExitCode migrate(const QStringList &arguments, const std::function<void(const QString &line)> &answer,
                 const std::function<void(const QString &line)> &complain);

} // namespace confab::server
