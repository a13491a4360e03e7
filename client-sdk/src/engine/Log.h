// SPDX-License-Identifier: MIT
// The SDK's logging categories. Message texts, tokens and passwords never reach any of them.
#pragma once

#include <QtCore/QLoggingCategory>

namespace confab::client {

Q_DECLARE_LOGGING_CATEGORY(lcConnection)
Q_DECLARE_LOGGING_CATEGORY(lcStore)
Q_DECLARE_LOGGING_CATEGORY(lcSync)
Q_DECLARE_LOGGING_CATEGORY(lcOutbox)
Q_DECLARE_LOGGING_CATEGORY(lcSession)

} // namespace confab::client
