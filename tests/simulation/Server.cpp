// SPDX-License-Identifier: MIT
#include "tests/simulation/Server.h"

#include "server/backends/limits/local/LocalBuckets.h"
#include "server/runtime/Log.h"

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

constexpr int kShards = 2;
/// Longer than anything a server still does once its store answers at once.
constexpr qint64 kBurialMs = 2'000;
constexpr qint64 kDrainMs = 4'000;

server::FloodLimits::Options noLimits()
{
    server::FloodLimits::Options options;
    options.address.burst = options.account.burst = 0;
    return options;
}

server::GatewaySettings settings()
{
    server::GatewaySettings settings;
    settings.drainMs = kDrainMs - 1'000;
    return settings;
}

ServerInfo describe()
{
    ServerInfo info;
    info.name = u"Simulated"_s;
    info.registration = ServerInfo::Registration::Open;
    return info;
}

} // namespace

/// One process of the server, from its start to its end.
struct Server::Life
{
    Life(Loop &loop, const Weather &weather, const VirtualClock &clock, const QString &directory, quint64 seed)
        : bus(loop, weather.bus, seed), random(seed, 99), hashPool(u"unused"_s, 1, 1), hasher(hashPool, {}),
          buckets(clock), floods(buckets, noLimits()), limits(clock, {}), info(describe()), path(directory)
    {
        auth.registration = info.registration;
    }

    Bus bus;
    Random random;
    bool dying = false; ///< Its store answers at once, into a folder that nobody will look at.
    qint64 lastWriteDue = 0;
    server::BoundedPool hashPool;
    server::PasswordHasher hasher;
    server::LocalBuckets buckets;
    server::FloodLimits floods;
    server::NodeLimits limits;
    ServerInfo info;
    server::AuthOptions auth;
    QString path;
    std::unique_ptr<server::SqliteDatabase> database;
    std::unique_ptr<server::SqliteMessageStore> realMessages;
    std::unique_ptr<server::MessageStore> wrappedMessages;
    std::vector<std::unique_ptr<server::ShardServices>> shards;
    std::unique_ptr<server::Bus> ownBus;
    std::unique_ptr<server::MessageService> ownMessages;

    server::MessageStore &messages() { return wrappedMessages ? *wrappedMessages : *realMessages; }
};

Server::Server(Loop &loop, Network &network, ScratchFolder &folder, const Weather &weather, quint64 seed,
               const QString &directory)
    : m_loop(loop), m_network(network), m_folder(folder), m_weather(weather), m_seed(seed), m_directory(directory),
      m_clock(loop), m_ids(m_clock), m_random(seed, 98), m_tasks(server::lcMessages())
{
}

Server::~Server()
{
    if (m_life)
        kill(false);
    // Let the dead be buried.
    m_loop.runUntil(m_loop.nowMs() + kBurialMs + 1);
}

void Server::start()
{
    if (m_life)
        return;
    const auto life =
        std::make_shared<Life>(m_loop, m_weather, m_clock, m_directory, m_seed ^ static_cast<quint64>(m_lives++) << 32);
    server::SqliteDatabase::Options options;
    options.dataDir = m_directory;
    options.runner = [this, weak = std::weak_ptr(life)](std::function<void()> work) {
        if (const auto alive = weak.lock())
            run(alive, std::move(work));
    };
    server::OpenFailure failure;
    life->database = server::SqliteDatabase::open(options, m_ids, &failure);
    if (!life->database)
        qFatal("the simulated server's store: %ls", qUtf16Printable(failure.message));
    life->realMessages = std::make_unique<server::SqliteMessageStore>(*life->database);
    if (m_sabotage) {
        m_sabotage->touch(life->bus);
        life->wrappedMessages = m_sabotage->wrap(*life->realMessages, *life->database, life->bus.makeEndpoint());
    }
    const server::SharedBackends shared{
        [life = life.get()] { return server::ShardStore::borrowed(*life->database, life->messages()); },
        [bus = &life->bus] { return bus->makeEndpoint(); },
        life->hasher,
        life->floods,
        m_clock,
        m_ids,
        life->info,
        life->auth,
        life->limits};
    for (int i = 0; i < kShards; ++i)
        life->shards.push_back(std::make_unique<server::ShardServices>(shared, settings()));
    life->ownBus = life->bus.makeEndpoint();
    life->ownMessages = std::make_unique<server::MessageService>(
        server::MessagesBackends{*life->database, life->messages(), *life->ownBus, m_clock, m_ids, life->info.limits});
    m_life = life;
    m_network.setServer([life](std::unique_ptr<server::Transport> transport, quint64 chance) {
        life->shards[chance % kShards]->gateway().serve(std::move(transport), u"192.0.2.1"_s);
    });
}

// Writes keep their order, reads may overtake each other and the writes.
void Server::run(const std::shared_ptr<Life> &life, std::function<void()> work)
{
    const qint64 delay = life->dying ? 0 : life->random.between(0, m_weather.diskMs);
    m_loop.after(delay, [this, weak = std::weak_ptr(life), work = std::move(work)] {
        work();
        const auto alive = weak.lock();
        if (!alive || alive != m_life || m_turnsLeft == 0 || --m_turnsLeft > 0)
            return;
        kill(m_silentEnd);
    });
}

// The dying process goes on with a store that nobody will look at again, so that its tasks end; the next one starts
// from a copy made at this very moment.
void Server::kill(bool silently)
{
    if (!m_life)
        return;
    const std::shared_ptr<Life> life = std::exchange(m_life, nullptr);
    m_turnsLeft = 0;
    m_network.serverDied(silently);
    life->bus.kill();
    life->dying = true;
    const QString left = m_folder.fresh(u"server"_s);
    copyDatabase(m_directory, left);
    m_directory = left;
    m_loop.after(kBurialMs, [life] {
        life->ownMessages.reset();
        life->shards.clear();
        life->ownBus.reset();
        life->wrappedMessages.reset();
        life->realMessages.reset();
        life->database.reset();
    });
}

void Server::killAfterTurns(int turns, bool silently)
{
    m_turnsLeft = turns;
    m_silentEnd = silently;
}

void Server::stop()
{
    if (!m_life)
        return;
    m_network.setServer({});
    for (const auto &shard : m_life->shards)
        m_tasks.spawn(shard->gateway().drain(), "drain");
    m_loop.after(kDrainMs, [this, weak = std::weak_ptr(m_life)] {
        if (weak.lock() == m_life)
            kill(false);
    });
}

void Server::heal()
{
    m_turnsLeft = 0;
    m_weather.bus = BusWeather::Ordered;
    if (m_life)
        m_life->bus.heal();
}

server::MessageService &Server::messages()
{
    return *m_life->ownMessages;
}

server::Database &Server::database()
{
    return *m_life->database;
}

} // namespace confab::simulation
