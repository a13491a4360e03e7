// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Id.h"

#include <QtCore/QString>

namespace confab::server {

/// Who calls an operation, as the gateway found out. Null ids: nobody signed in.
struct Caller
{
    UserId userId;
    SessionId sessionId;
    QString address; ///< The client's address after trusted proxies, for limits and logs.
};

} // namespace confab::server
