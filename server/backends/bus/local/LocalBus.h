// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"

#include <memory>

namespace confab::server {

/// The bus between the shards of one process: every endpoint has an inbox that others put into directly.
///
/// Nothing is lost or reordered between two endpoints. An endpoint's thread is woken once for all that waits.
class LocalBus
{
public:
    LocalBus();
    ~LocalBus();
    Q_DISABLE_COPY_MOVE(LocalBus)

    /// Makes an endpoint that belongs to the calling thread: it is used and destroyed there. It may outlive the bus.
    std::unique_ptr<Bus> makeEndpoint();

private:
    class Core;
    class Inbox;
    class Endpoint;

    std::shared_ptr<Core> m_core;
};

} // namespace confab::server
