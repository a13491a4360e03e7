// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Completion.h"

#include <QtCore/QByteArray>

#include <functional>

namespace confab::server {

/// What a shard hears of the others: publish and subscribe by topic.
///
/// One endpoint per shard, used on that shard's thread alone. Delivery is a hint: it may lose, double and reorder; the
/// database is the truth. The publishing shard gets its own messages too if it is subscribed, through the same queue.
class Bus
{
public:
    using Handler = std::function<void(const QByteArray &topic, const QByteArray &payload)>;

    virtual ~Bus() = default;

    /// Sends to all endpoints subscribed to the topic, on all shards and nodes. Never blocks.
    virtual void publish(const QByteArray &topic, const QByteArray &payload) = 0;

    /// Counts subscriptions: a topic stays subscribed until it was unsubscribed as often. What is published after
    /// subscribe() returned is delivered (in-process), or after the bus confirmed it (distributed).
    virtual void subscribe(const QByteArray &topic) = 0;
    virtual void unsubscribe(const QByteArray &topic) = 0;

    /// Who gets what is delivered, on the shard's thread. Set once before the first subscribe().
    virtual void setHandler(Handler handler) = 0;

    /// What is called, on the shard's thread, when the bus had been lost and is back, all subscriptions with it: what
    /// was published meanwhile did not come. A bus inside the process is never lost.
    virtual void setRestoredHandler(std::function<void()> handler) { Q_UNUSED(handler) }

    /// Completes when what was subscribed so far has effect: what others publish from then on comes. Also when the bus
    /// is lost; then the restored handler is called later. Never an error.
    virtual Completion<Done> subscribed() { return Completion<Done>::ready(Done{}); }

    /// Whether what other nodes publish does not come at the moment.
    virtual bool isLost() const { return false; }
};

} // namespace confab::server
