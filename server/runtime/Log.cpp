// SPDX-License-Identifier: MIT
#include "server/runtime/Log.h"

namespace confab::server {

Q_LOGGING_CATEGORY(lcRuntime, "runtime", QtInfoMsg)
Q_LOGGING_CATEGORY(lcConfig, "config", QtInfoMsg)
Q_LOGGING_CATEGORY(lcGateway, "gateway", QtInfoMsg)
Q_LOGGING_CATEGORY(lcDatabase, "database", QtInfoMsg)
Q_LOGGING_CATEGORY(lcBus, "bus", QtInfoMsg)
Q_LOGGING_CATEGORY(lcBlobs, "blobs", QtInfoMsg)
Q_LOGGING_CATEGORY(lcAuth, "auth", QtInfoMsg)
Q_LOGGING_CATEGORY(lcMessages, "messages", QtInfoMsg)

} // namespace confab::server
