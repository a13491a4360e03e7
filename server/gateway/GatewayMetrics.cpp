// SPDX-License-Identifier: MIT
// What a shard's gateway tells at /metrics. The names of all shards are the same, so their samples add up.
#include "server/gateway/Gateway.h"
#include "server/runtime/metrics/MetricsPage.h"

namespace confab::server {

namespace {

constexpr MetricName kRequests{"confab_requests_total",
                               "Operations called over the socket and REST, by how they ended."};
constexpr MetricName kDuration{"confab_request_duration_seconds",
                               "From taking an operation to its answer. An operation shows with its first call."};
constexpr MetricName kConnections{"confab_connections", "Open connections."};
constexpr MetricName kMostConnections{"confab_connections_limit", "Connections beyond which accepting pauses."};
constexpr MetricName kAccepted{"confab_connections_accepted_total", "Connections accepted."};
constexpr MetricName kExhaustions{"confab_descriptors_exhausted_total",
                                  "Times that no descriptor was left for a new connection."};
constexpr MetricName kAnswers{"confab_http_responses_total", "Answers to HTTP requests, by class of status."};
constexpr MetricName kEnded{"confab_websockets_closed_total", "WebSockets that ended, by why."};
constexpr MetricName kUsers{"confab_connected_users", "People with an open WebSocket, counted once a shard."};
constexpr MetricName kConversations{"confab_served_conversations",
                                    "Conversations that somebody connected is in, counted once a shard."};
constexpr MetricName kEvents{"confab_events_sent_total", "Events sent to clients, one for each socket."};
constexpr MetricName kLeftOut{"confab_events_left_out_total", "Events not sent, as their reader was too slow."};
constexpr MetricName kLaggards{"confab_slow_readers_total",
                               "Times a reader fell so far behind that it is told to ask anew."};
constexpr MetricName kWaiting{"confab_waiting_bytes", "Bytes that wait for clients to read them."};
constexpr MetricName kTasks{"confab_tasks", "Requests and other work of the gateway under way."};
constexpr MetricName kHealed{"confab_healed_total", "What the bus had lost and the comparison with the store found."};
constexpr MetricName kDraining{"confab_draining_shards", "Shards that are stopping."};
constexpr MetricName kShards{"confab_shards", "Threads that serve connections."};

constexpr CloseReason kReasons[] = {
    CloseReason::Normal,           CloseReason::GoingAway,      CloseReason::ProtocolError,
    CloseReason::UnsupportedData,  CloseReason::BadText,        CloseReason::TooLarge,
    CloseReason::InternalError,    CloseReason::SessionRevoked, CloseReason::SessionExpired,
    CloseReason::HandshakeTimeout, CloseReason::PeerSilent,     CloseReason::SlowReader,
    CloseReason::Draining,         CloseReason::Overloaded,     CloseReason::Superseded};

void measureOperation(MetricsPage &page, const char *operation, const OperationStats &stats)
{
    page.counter(kRequests, static_cast<double>(stats.succeeded), {{"operation", operation}, {"outcome", "ok"}});
    for (std::size_t code = 0; code < stats.failed.size(); ++code) {
        if (stats.failed[code] == 0)
            continue;
        const QLatin1StringView name = errorTraits(static_cast<ErrorCode>(code)).wireName;
        page.counter(kRequests, static_cast<double>(stats.failed[code]),
                     {{"operation", operation}, {"outcome", QByteArray(name.data(), name.size())}});
    }
    if (stats.durations.count() > 0)
        page.histogram(kDuration, stats.durations, {{"operation", operation}});
}

void measureEnds(MetricsPage &page, const QHash<int, quint64> &ended)
{
    const auto add = [&](const char *reason, int key) {
        page.counter(kEnded, static_cast<double>(ended.value(key)), {{"reason", reason}});
    };
    for (const CloseReason reason : kReasons)
        add(closeReasonName(reason), static_cast<int>(reason));
    add("closed by the client", GatewayCounters::ByPeer);
    add("connection lost", GatewayCounters::Lost);
    add("cut", GatewayCounters::Cut);
}

} // namespace

void Gateway::measure(MetricsPage &page) const
{
    measureOperation(page, Hello::kInfo.name, m_counters.hello);
    for (const std::unique_ptr<Route> &route : m_context.router.routes())
        measureOperation(page, route->info->name, *route->stats);
    measureEnds(page, m_counters.ended);

    qint64 sockets = 0;
    for (const auto &[key, connection] : m_connections)
        sockets += connection->isSocket() ? 1 : 0;
    page.gauge(kConnections, static_cast<double>(sockets), {{"protocol", "websocket"}});
    page.gauge(kConnections, static_cast<double>(connectionCount() - sockets), {{"protocol", "http"}});
    page.gauge(kMostConnections, m_settings.maxConnections);
    page.counter(kAccepted, static_cast<double>(m_counters.accepted));
    page.counter(kExhaustions, static_cast<double>(m_counters.exhaustions));
    for (std::size_t hundred = 2; hundred < m_counters.answers.size(); ++hundred)
        page.counter(kAnswers, static_cast<double>(m_counters.answers[hundred]),
                     {{"status", QByteArray::number(static_cast<qulonglong>(hundred)) + "xx"}});

    page.gauge(kUsers, m_hub.userCount());
    page.gauge(kConversations, m_hub.conversationCount());
    page.counter(kEvents, static_cast<double>(m_counters.eventsSent));
    page.counter(kLeftOut, static_cast<double>(m_counters.eventsLeftOut));
    page.counter(kLaggards, static_cast<double>(m_counters.laggards));
    page.gauge(kWaiting, static_cast<double>(bytesWaiting()));
    page.gauge(kTasks, m_tasks.count());
    const Healer::Found &found = m_healer.found();
    page.counter(kHealed, static_cast<double>(found.conversations), {{"what", "conversation"}});
    page.counter(kHealed, static_cast<double>(found.accounts), {{"what", "account"}});
    page.counter(kHealed, static_cast<double>(found.sessions), {{"what", "session"}});
    page.gauge(kDraining, m_rest.isDraining() ? 1 : 0);
    page.gauge(kShards, 1);
}

} // namespace confab::server
