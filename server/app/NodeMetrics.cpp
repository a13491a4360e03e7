// SPDX-License-Identifier: MIT
#include "server/app/NodeMetrics.h"

#include "server/app/NodeBus.h"
#include "server/gateway/NodeLimits.h"
#include "server/runtime/metrics/MetricsPage.h"
#include "server/services/auth/FloodLimits.h"
#include "server/services/auth/PasswordHasher.h"

namespace confab::server {

namespace {

constexpr MetricName kBuild{"confab_build_info", "The release that runs; its value is always 1."};
constexpr MetricName kTopics{"confab_bus_topics", "Topics of the bus that somebody is subscribed to."};
constexpr MetricName kPublished{"confab_bus_published_total", "Messages published on the bus."};
constexpr MetricName kDelivered{"confab_bus_delivered_total", "Messages delivered by the bus, one for each shard."};
constexpr MetricName kBusWaiting{"confab_bus_waiting", "Messages of the bus that wait for a shard."};
constexpr MetricName kRedisUp{"confab_redis_up", "Whether Redis carries the bus between nodes at the moment."};
constexpr MetricName kRedisLosses{"confab_redis_losses_total", "How often the connection to Redis was lost."};
constexpr MetricName kRedisPublished{"confab_redis_published_total", "Messages published for other nodes."};
constexpr MetricName kRedisReceived{"confab_redis_received_total", "Messages that came from other nodes."};
constexpr MetricName kRedisDropped{"confab_redis_dropped_total",
                                   "Messages for other nodes that were left out: Redis was away, or too slow."};
constexpr MetricName kRedisChannels{"confab_redis_channels", "Channels of Redis that this node listens to."};
constexpr MetricName kAlone{
    "confab_auth_attempts_judged_alone_total",
    "Attempts to sign in or register that this node judged by its own count alone, as Redis did "
    "not answer in time."};
constexpr MetricName kHashDuration{"confab_password_hash_duration_seconds",
                                   "How long a password hash took, without waiting."};
constexpr MetricName kHashesWaiting{"confab_password_hashes_waiting", "Password hashes that wait for a thread."};
constexpr MetricName kRefused{"confab_refused_total", "What was refused with rateLimited, by the limit that did."};

} // namespace

void measureNode(MetricsPage &page, const NodeParts &parts)
{
    const LocalBus::Traffic traffic = parts.bus.traffic();
    page.gauge(kTopics, static_cast<double>(traffic.topics));
    page.counter(kPublished, static_cast<double>(traffic.published));
    page.counter(kDelivered, static_cast<double>(traffic.delivered));
    page.gauge(kBusWaiting, static_cast<double>(traffic.waiting));
    if (const RedisCounters *redis = parts.bus.redis()) {
        page.gauge(kRedisUp, redis->isUp ? 1 : 0);
        page.counter(kRedisLosses, static_cast<double>(redis->losses));
        page.counter(kRedisPublished, static_cast<double>(redis->published));
        page.counter(kRedisReceived, static_cast<double>(redis->received));
        page.counter(kRedisDropped, static_cast<double>(redis->dropped));
        page.gauge(kRedisChannels, static_cast<double>(redis->channels));
        page.counter(kAlone, static_cast<double>(parts.floods.judgedAlone()));
    }
    page.histogram(kHashDuration, parts.hasher.durations());
    page.gauge(kHashesWaiting, static_cast<double>(parts.hashPool.waiting()));

    const auto refused = [&page](const char *limit, quint64 count) {
        page.counter(kRefused, static_cast<double>(count), {{"limit", limit}});
    };
    refused("requests_per_minute", parts.limits.refused().requests);
    refused("messages_per_minute", parts.limits.refused().messages);
    refused("typing_per_minute", parts.limits.refused().typing);
    refused("connections_per_address", parts.limits.refused().connections);
    refused("auth_attempts_of_address", parts.floods.refusedAddresses());
    refused("auth_attempts_of_account", parts.floods.refusedAccounts());
    refused("hash_queue", parts.hashPool.refused());
}

void measureBuild(MetricsPage &page)
{
    page.gauge(kBuild, 1, {{"version", CONFAB_VERSION}, {"qt", qVersion()}});
}

} // namespace confab::server
