// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/http/HttpMessage.h"
#include "shared/core/Error.h"

namespace confab::server {

/// An error as an RFC 9457 answer: `application/problem+json` with the members code, field and retryAfterMs of the
/// socket's errors. \a status 0 takes the one of the code.
HttpAnswer problemAnswer(const Error &error, int status = 0);

/// A fault of the request as HTTP itself sees it.
HttpAnswer problemAnswer(int status, const QString &detail);

} // namespace confab::server
