// SPDX-License-Identifier: MIT
#pragma once

#include "apps/confabctl/CommandLine.h"
#include "apps/confabctl/Output.h"
#include "server/backends/database/sqlite/DataDirectory.h"
#include "server/runtime/config/Configuration.h"

#include <QtCore/QUrl>

namespace confab::ctl {

/// Writes a copy of the database, whether a server uses it or not.
Exit backUp(const server::Configuration &configuration, const QString &file, const Output &output);

/// Puts a backup in the place of the database of a stopped server.
Exit restore(const server::Configuration &configuration, const QString &file, const Output &output);

/// Signs in at a running server and writes the token, for its owner's eyes only.
Exit login(const QUrl &server, const QString &handle, const QString &tokenFile, const Output &output);

/// Why the files of a server cannot be worked on.
Exit explain(const server::OpenFailure &failure, const Output &output);

} // namespace confab::ctl
