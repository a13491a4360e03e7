// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/backends/database/Database.h"
#include "server/backends/database/MessageStore.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// What the messages services of one shard work with; all of it outlives them and their tasks.
struct MessagesBackends
{
    Database &database;
    MessageStore &messages;
    Bus &bus; ///< The shard's own endpoint.
    const Clock &clock;
    const IdGenerator &ids;
    const Limits &limits;
};

} // namespace confab::server
