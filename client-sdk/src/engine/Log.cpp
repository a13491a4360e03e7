// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/Log.h"

namespace confab::client {

Q_LOGGING_CATEGORY(lcConnection, "confab.client.connection", QtWarningMsg)
Q_LOGGING_CATEGORY(lcStore, "confab.client.store", QtWarningMsg)
Q_LOGGING_CATEGORY(lcSync, "confab.client.sync", QtWarningMsg)
Q_LOGGING_CATEGORY(lcOutbox, "confab.client.outbox", QtWarningMsg)
Q_LOGGING_CATEGORY(lcSession, "confab.client.session", QtWarningMsg)

} // namespace confab::client
