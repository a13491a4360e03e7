// SPDX-License-Identifier: MIT
// The server's logging categories. Message texts, tokens and passwords never reach any of them.
#pragma once

#include <QtCore/QLoggingCategory>

namespace confab::server {

Q_DECLARE_LOGGING_CATEGORY(lcRuntime)
Q_DECLARE_LOGGING_CATEGORY(lcConfig)
Q_DECLARE_LOGGING_CATEGORY(lcGateway)
Q_DECLARE_LOGGING_CATEGORY(lcDatabase)
Q_DECLARE_LOGGING_CATEGORY(lcBus)
Q_DECLARE_LOGGING_CATEGORY(lcBlobs)
Q_DECLARE_LOGGING_CATEGORY(lcAuth)
Q_DECLARE_LOGGING_CATEGORY(lcMessages)

} // namespace confab::server
