// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtNetwork/QHostAddress>

#include <vector>

namespace confab::server {

/// The listening sockets of a process: one descriptor per shard, all on one port.
struct ListeningSockets
{
    std::vector<int> descriptors;
    quint16 port = 0;
};

/// Binds \a count non-blocking sockets to one port (0: a free one) and listens. The system spreads connections over
/// them. A port that another process has is noticed: `conflict`; any other refusal is `unavailable`.
Result<ListeningSockets> openListeningSockets(const QHostAddress &address, quint16 port, int count);

} // namespace confab::server
