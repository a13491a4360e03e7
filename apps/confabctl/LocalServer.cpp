// SPDX-License-Identifier: MIT
#include "apps/confabctl/LocalServer.h"

#include "server/app/Administration.h"
#include "server/app/OpenStore.h"
#include "server/backends/bus/local/LocalBus.h"
#include "server/backends/limits/local/LocalBuckets.h"

#include <QtCore/QEventLoop>

namespace confab::ctl {
using namespace server;
using namespace Qt::StringLiterals;

namespace {
/// Turns the event loop until the task is done.
template<typename T>
Result<T> await(Task<T> task)
{
    std::optional<Result<T>> result;
    QEventLoop loop;
    const auto deliver = [&](Result<T> value) {
        result = std::move(value);
        loop.quit();
    };
    const auto run = [](Task<T> awaited, auto done) -> QCoro::Task<> {
        Result<T> value = co_await awaited;
        done(std::move(value));
    };
    const QCoro::Task<> running = run(std::move(task), deliver);
    if (!result)
        loop.exec();
    return *std::move(result);
}

const Caller kCaller{{}, {}, u"the server's store"_s};
} // namespace

struct LocalServer::Services
{
    Services(const Configuration &configuration, std::unique_ptr<Store> opened)
        : store(std::move(opened)), shard(store->forShard()), endpoint(bus.makeEndpoint()),
          hasher(pool, PasswordHasher::Cost::ofMemory(configuration.auth.hashMemoryMib)),
          floods(buckets, FloodLimits::optionsFor(0)),
          auth({*shard.database, *endpoint, hasher, floods, clock, ids, limits},
               {ServerInfo::Registration::Open, {}, {}}),
          accounts({*shard.database, *endpoint, auth, clock, limits}),
          administration({*shard.database, accounts, auth, hasher, clock, ids, limits},
                         Administration::Admit::Everybody),
          audit(*shard.database, clock), router(&administration)
    {
        administration.registerOperations(router);
        router.handle<RegisterAccount>(auth, &AuthService::registerAccount);
    }

    SystemClock clock;
    IdGenerator ids{clock};
    std::unique_ptr<Store> store;
    ShardStore shard;
    LocalBus bus;
    std::unique_ptr<Bus> endpoint;
    Limits limits;
    BoundedPool pool{u"hash"_s, 1, 1};
    PasswordHasher hasher;
    LocalBuckets buckets{clock};
    FloodLimits floods;
    AuthService auth;
    AccountService accounts;
    Administration administration;
    AuditLog audit;
    Router router;
};

LocalServer::LocalServer(std::unique_ptr<Services> services) : m_services(std::move(services)) { }

LocalServer::~LocalServer() = default;

std::unique_ptr<LocalServer> LocalServer::open(const Configuration &configuration, OpenFailure *failure)
{
    const SystemClock clock;
    const IdGenerator ids(clock);
    std::unique_ptr<Store> store = openStore(configuration, ids, failure);
    if (!store)
        return nullptr;
    auto services = std::make_unique<Services>(configuration, std::move(store));
    return std::unique_ptr<LocalServer>(new LocalServer(std::move(services)));
}

Result<Done> LocalServer::record(const char *action, const QString &target, const QString &detail)
{
    const Batch batch{m_services->audit.record(kCaller, action, target, detail)};
    const Result<BatchOutcome> outcome = await(m_services->shard.database->commit(batch));
    if (!outcome)
        return outcome.error();
    return Done{};
}

Result<QByteArray> LocalServer::dispatch(const OperationInfo &info, const QByteArray &params)
{
    const Route *route = m_services->router.find(info.name);
    if (!route)
        return Error::invalid({}, u"This needs the running server: name it with --server and --token-file."_s);
    return await(route->dispatch(kCaller, params));
}

} // namespace confab::ctl
