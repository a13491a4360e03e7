// SPDX-License-Identifier: MIT
#include "server/app/ServerApp.h"

#include "server/app/NodeBus.h"
#include "server/app/NodeMetrics.h"
#include "server/app/OpenStore.h"
#include "server/app/ShardServices.h"
#include "server/app/nodes/NodeLease.h"
#include "server/backends/limits/local/LocalBuckets.h"
#include "server/backends/limits/redis/RedisBuckets.h"
#include "server/gateway/contract/ContractDocuments.h"
#include "server/gateway/net/ListeningSocket.h"
#include "server/runtime/Log.h"
#include "server/runtime/ShardPool.h"
#include "server/runtime/metrics/ProcessMetrics.h"

#include <QtCore/QThread>

#include <algorithm>
#include <latch>
#include <sys/resource.h>
#include <unistd.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

/// Descriptors for the store, the log, epoll and so on, which connections may not take.
constexpr qint64 kReservedDescriptors = 64;
constexpr qint64 kReservedPerShard = 16;

/// Some two in three seconds more than a client of three devices says.
constexpr int kTypingPerMinute = 60;

ServerInfo::Registration wireRegistration(Registration registration)
{
    switch (registration) {
    case Registration::Open:
        return ServerInfo::Registration::Open;
    case Registration::Invite:
        return ServerInfo::Registration::Invite;
    case Registration::Closed:
        return ServerInfo::Registration::Closed;
    }
    return ServerInfo::Registration::Closed;
}

ServerInfo describe(const Configuration &configuration)
{
    ServerInfo info;
    info.name = configuration.serverName;
    info.version = QString::fromLatin1(CONFAB_VERSION);
    info.registration = wireRegistration(configuration.registration);
    info.limits.frameBytes = configuration.limits.frameBytes;
    info.limits.messageLength = configuration.limits.messageLength;
    info.limits.bodyBytes = configuration.limits.bodyBytes;
    info.limits.requestsInFlight = GatewaySettings().requestsInFlight;
    info.limits.requestsPerMinute = configuration.limits.requestsPerMinute;
    info.limits.messagesPerMinute = configuration.limits.messagesPerMinute;
    return info;
}

AuthOptions authOptions(const Configuration &configuration)
{
    constexpr qint64 kHourMs = 60 * 60 * 1000;
    return {wireRegistration(configuration.registration),
            {configuration.auth.sessionIdleHours * kHourMs, configuration.auth.sessionMaxHours * kHourMs},
            configuration.auth.adminKey};
}

/// How many connections a shard may hold, so that the process keeps descriptors for everything else.
int connectionsPerShard(int configured, int shards)
{
    if (configured > 0)
        return std::max(1, configured / shards);
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const qint64 open = limit.rlim_cur == RLIM_INFINITY ? 1'000'000 : static_cast<qint64>(limit.rlim_cur);
    const qint64 free = open - kReservedDescriptors - kReservedPerShard * shards;
    return static_cast<int>(std::clamp<qint64>(free / shards, 8, 1'000'000));
}

/// Without a number of its own an address may take a quarter of what the process can hold, and who is on this machine,
/// where a proxy may stand that was not named, any number.
NodeLimits::Options nodeLimits(const LimitsConfiguration &limits)
{
    NodeLimits::Options options;
    options.requestsPerMinute = limits.requestsPerMinute;
    options.messagesPerMinute = limits.messagesPerMinute;
    options.typingPerMinute = kTypingPerMinute;
    options.countsLoopback = limits.connectionsPerAddress > 0;
    options.connectionsPerAddress = options.countsLoopback
                                        ? limits.connectionsPerAddress
                                        : std::max(64, connectionsPerShard(limits.connections, 1) / 4);
    return options;
}

} // namespace

/// What the shards share, in the order it is made and, reversed, destroyed.
struct ServerApp::Backends
{
    SystemClock clock;
    IdGenerator ids{clock};
    ServerInfo info;
    const AuthOptions auth;
    std::unique_ptr<Store> store;
    std::unique_ptr<NodeBus> bus;
    std::unique_ptr<NodeLease> lease; // null at SQLite, whose data directory is locked
    std::function<std::unique_ptr<Bus>(std::unique_ptr<Bus>)> aroundBus;
    const PresenceTimings presence;
    BoundedPool hashPool;
    PasswordHasher hasher;
    LocalBuckets buckets{clock};
    std::unique_ptr<Buckets> sharedBuckets; // null without Redis
    std::unique_ptr<FloodLimits> floods;
    NodeLimits limits;
    Metrics metrics;
    StoreEvents storeEvents; ///< Called by any shard.

    Backends(const Configuration &configuration, const Tuning &tuning)
        : info(describe(configuration)), auth(authOptions(configuration)), aroundBus(tuning.bus),
          presence(tuning.presence.value_or(PresenceTimings())),
          hashPool(u"hash"_s, hashThreads(configuration.auth), static_cast<std::size_t>(configuration.auth.hashQueue)),
          hasher(hashPool, tuning.hashCost.value_or(PasswordHasher::Cost::ofMemory(configuration.auth.hashMemoryMib))),
          limits(clock, nodeLimits(configuration.limits))
    {
    }

    /// Behind the bus and the lease.
    void limitFloods(const FloodLimits::Options &options)
    {
        if (RedisBus *redis = bus->redisBus())
            sharedBuckets = std::make_unique<RedisBuckets>(*redis, RedisBuckets::Options{lease->secret()});
        floods = std::make_unique<FloodLimits>(buckets, options, sharedBuckets.get());
    }

    SharedBackends shared()
    {
        const auto makeBus = [this] { return aroundBus ? aroundBus(bus->makeEndpoint()) : bus->makeEndpoint(); };
        return {[this] { return store->forShard(storeEvents); },
                makeBus,
                hasher,
                *floods,
                clock,
                ids,
                info,
                auth,
                limits,
                &metrics,
                presence};
    }

    /// Where the database is open.
    void addMetricSources()
    {
        metrics.add(measureBuild);
        metrics.add(measureProcess);
        metrics.add([this](MetricsPage &page) { store->measure(page); });
        if (lease)
            metrics.add([this](MetricsPage &page) { lease->measure(page); });
        metrics.add([this](MetricsPage &page) { measureNode(page, {*bus, hashPool, hasher, *floods, limits}); });
    }

    static int hashThreads(const AuthConfiguration &auth)
    {
        return auth.hashThreads > 0 ? auth.hashThreads : std::max(1, QThread::idealThreadCount() / 2);
    }
};

/// A started server: the backends and, on each shard, its services.
class ServerApp::Running
{
public:
    explicit Running(std::unique_ptr<Backends> backends) : m_backends(std::move(backends)) { }

    Result<Done> start(const ListeningSockets &sockets, const GatewaySettings &settings)
    {
        const int count = static_cast<int>(sockets.descriptors.size());
        m_services.resize(sockets.descriptors.size());
        const SharedBackends shared = m_backends->shared();
        m_backends->addMetricSources();
        m_backends->storeEvents = {[this] { onEach([](Gateway &gateway) { gateway.healer().compareNow(); }); },
                                   [this] { onEach([](Gateway &gateway) { gateway.sendSocketsBack(); }); }};
        m_backends->metrics.addDistant([this] { return measureShards(); });
        Result<Done> started = m_pool.start(count, [&](Shard &shard) -> Result<Done> {
            of(shard) = std::make_unique<ShardServices>(shared, settings);
            return Done{};
        });
        if (!started)
            return started;
        if (m_backends->lease) {
            m_backends->lease->setUnheardHandler(
                [this] { onEach([](Gateway &gateway) { gateway.healer().compareNow(); }); });
        }
        m_pool.runOnEach([&](Shard &shard) {
            of(shard)->gateway().listen(sockets.descriptors[static_cast<std::size_t>(shard.index())]);
        });
        return started;
    }

    void stop()
    {
        if (m_backends->lease)
            m_backends->lease->setUnheardHandler({});
        std::latch drained(m_pool.size());
        m_pool.runOnEach([this, &drained](Shard &shard) { drain(of(shard)->gateway(), drained); });
        drained.wait();
        m_pool.stop([this](Shard &shard) { of(shard).reset(); });
        m_backends->hashPool.stop();
    }

    int shardCount() const { return m_pool.size(); }

    int connectionCount()
    {
        std::atomic<int> count = 0;
        m_pool.runOnEach([this, &count](Shard &shard) { count += of(shard)->gateway().connectionCount(); });
        return count;
    }

private:
    /// Whoever is concerned is served by any shard.
    void onEach(void (*act)(Gateway &gateway))
    {
        for (int i = 0; i < m_pool.size(); ++i) {
            Shard &shard = m_pool.shard(i);
            shard.post([this, &shard, act] {
                if (of(shard))
                    act(of(shard)->gateway());
            });
        }
    }

    /// Asks every shard on its own thread. One that has stopped tells nothing any more.
    Task<MetricsPage> measureShards()
    {
        std::vector<Completion<MetricsPage>> readings(static_cast<std::size_t>(m_pool.size()));
        for (int i = 0; i < m_pool.size(); ++i) {
            Shard &shard = m_pool.shard(i);
            shard.post([this, &shard, completer = readings[static_cast<std::size_t>(i)].completer()] {
                MetricsPage page;
                if (of(shard))
                    of(shard)->measure(page);
                completer.complete(page);
            });
        }
        MetricsPage all;
        for (Completion<MetricsPage> &reading : readings) {
            const Result<MetricsPage> page = co_await reading;
            if (page)
                all.add(*page);
        }
        co_return all;
    }

    /// Kept by nobody, but never left behind: stop() waits for the latch.
    static QCoro::Task<> drain(Gateway &gateway, std::latch &drained)
    {
        const Result<Done> done = co_await gateway.drain();
        if (!done)
            qCWarning(lcGateway, "A shard did not drain in order.");
        drained.count_down();
    }

    std::unique_ptr<ShardServices> &of(const Shard &shard)
    {
        return m_services[static_cast<std::size_t>(shard.index())];
    }

    const std::unique_ptr<Backends> m_backends;
    std::vector<std::unique_ptr<ShardServices>> m_services; // each touched by its shard's thread alone
    ShardPool m_pool;
};

ServerApp::ServerApp(const Configuration &configuration, Tuning tuning)
    : m_configuration(configuration), m_tuning(std::move(tuning))
{
}

ServerApp::~ServerApp()
{
    stop();
}

GatewaySettings ServerApp::gatewaySettings(int shards) const
{
    GatewaySettings settings;
    settings.headerBytes = m_configuration.limits.headerBytes;
    settings.frameBytes = m_configuration.limits.frameBytes;
    settings.bodyBytes = m_configuration.limits.bodyBytes;
    settings.eventBudgetBytes = m_configuration.limits.eventBufferBytes;
    settings.slowReaderMs = m_configuration.limits.slowReaderSeconds * qint64(1000);
    settings.idleMs = m_configuration.limits.idleSeconds * qint64(1000);
    settings.handshakeMs = m_configuration.limits.headerSeconds * qint64(1000);
    settings.heartbeatMs = m_configuration.heartbeatSeconds * qint64(1000);
    settings.deadPeerMs = settings.heartbeatMs * 9 / 4;
    settings.shards = shards;
    settings.drainNoticeMs = m_configuration.drainSeconds * qint64(1000);
    settings.maxConnections = connectionsPerShard(m_configuration.limits.connections, shards);
    settings.corsOrigins = m_configuration.corsOrigins;
    settings.metricsToken = m_configuration.metricsToken;
    settings.trustedProxies = TrustedProxies(m_configuration.trustedProxies);
    const ServerInfo info = describe(m_configuration);
    settings.documents.insert(kOpenApiPath, openApiDocument(info.version, info.limits));
    settings.documents.insert(kAsyncApiPath, asyncApiDocument(info.version, info.limits));
    if (m_tuning.gateway)
        m_tuning.gateway(settings);
    return settings;
}

Result<std::unique_ptr<ServerApp::Backends>> ServerApp::openBackends()
{
    auto backends = std::make_unique<Backends>(m_configuration, m_tuning);
    OpenFailure failure;
    backends->store = openStore(m_configuration, backends->ids, &failure);
    if (!backends->store) {
        m_failure = exitCodeOf(failure.reason);
        return Error::unavailable(failure.message);
    }
    Result<std::unique_ptr<NodeBus>> bus = NodeBus::open(m_configuration);
    if (!bus) {
        m_failure = ExitCode::Configuration;
        return bus.error();
    }
    backends->bus = *std::move(bus);
    if (!m_configuration.postgresUrl.isEmpty()) {
        const NodeLease::Options lease{
            m_configuration.postgresUrl.toUtf8(), backends->info.version,    backends->bus->node(),
            NodeBus::placeOf(m_configuration),    backends->bus->redisBus(), m_tuning.nodes};
        backends->lease = NodeLease::take(lease, &failure);
        if (!backends->lease) {
            m_failure = exitCodeOf(failure.reason);
            return Error::unavailable(failure.message);
        }
    }
    backends->limitFloods(
        m_tuning.floods.value_or(FloodLimits::optionsFor(m_configuration.limits.authAttemptsPerMinute)));
    return backends;
}

Result<quint16> ServerApp::start()
{
    Q_ASSERT(!m_running);
    m_failure = ExitCode::Internal;
    Result<std::unique_ptr<Backends>> backends = openBackends();
    if (!backends)
        return backends.error();
    const int shards = m_configuration.shards > 0 ? m_configuration.shards : ShardPool::defaultCount();
    const Result<ListeningSockets> sockets =
        openListeningSockets(m_configuration.listen.address, m_configuration.listen.port, shards);
    if (!sockets) {
        m_failure = ExitCode::PortTaken;
        return sockets.error();
    }
    m_running = std::make_unique<Running>(*std::move(backends));
    const Result<Done> started = m_running->start(*sockets, gatewaySettings(shards));
    if (!started) {
        m_running.reset();
        for (const int descriptor : sockets->descriptors)
            ::close(descriptor);
        return started.error();
    }
    return sockets->port;
}

void ServerApp::stop()
{
    if (!m_running)
        return;
    m_running->stop();
    m_running.reset();
}

int ServerApp::shardCount() const
{
    return m_running ? m_running->shardCount() : 0;
}

int ServerApp::connectionCount() const
{
    return m_running ? m_running->connectionCount() : 0;
}

} // namespace confab::server
