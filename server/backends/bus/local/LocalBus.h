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

    /// What goes through the bus, as it is now. Thread-safe.
    struct Traffic
    {
        quint64 published = 0; ///< So far.
        quint64 delivered = 0; ///< So far, into inboxes: one for each endpoint that is subscribed.
        qsizetype topics = 0;  ///< That somebody is subscribed to.
        qsizetype waiting = 0; ///< In all inboxes, not handed over yet.
    };
    Traffic traffic() const;

private:
    class Core;
    class Inbox;
    class Endpoint;

    std::shared_ptr<Core> m_core;
};

} // namespace confab::server
