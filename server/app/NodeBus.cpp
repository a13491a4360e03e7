// SPDX-License-Identifier: MIT
#include "server/app/NodeBus.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

Result<RedisUrl> redisOf(const Configuration &configuration)
{
    Result<RedisUrl> url = RedisUrl::parse(configuration.redisUrl);
    if (!url)
        return Error::invalid(u"redis.url"_s, u"redis.url: "_s + url.error().message);
    if (configuration.postgresUrl.isEmpty()) {
        return Error::invalid(u"redis.url"_s, u"redis.url: nodes that share a Redis share a database, too: set "
                                              "database.url to a PostgreSQL, or leave redis.url out."_s);
    }
    if (!configuration.redisPassword.isEmpty())
        url->password = configuration.redisPassword.toUtf8();
    url->sentinelPassword = configuration.redisSentinelPassword.toUtf8();
    if (!url->sentinelPassword.isEmpty() && !url->hasSentinels()) {
        return Error::invalid(
            u"redis.sentinel_password"_s,
            u"redis.sentinel_password: redis.url names no Sentinels: redis+sentinel://HOST/MASTER."_s);
    }
    if (!url->user.isEmpty() && url->password.isEmpty()) {
        return Error::invalid(u"redis.url"_s,
                              u"redis.url: a user needs a password, behind its name or as redis.password."_s);
    }
    return url;
}

} // namespace

Result<std::unique_ptr<NodeBus>> NodeBus::open(const Configuration &configuration)
{
    std::unique_ptr<NodeBus> bus(new NodeBus);
    if (configuration.redisUrl.isEmpty())
        return bus;
    const Result<RedisUrl> url = redisOf(configuration);
    if (!url)
        return url.error();
    bus->m_redis.emplace(*url, RedisTimings(), bus->m_node);
    return bus;
}

Result<Done> NodeBus::check(const Configuration &configuration)
{
    if (configuration.redisUrl.isEmpty())
        return Done{};
    const Result<RedisUrl> url = redisOf(configuration);
    if (!url)
        return url.error();
    return Done{};
}

std::unique_ptr<Bus> NodeBus::makeEndpoint()
{
    return m_redis ? m_redis->makeEndpoint() : m_local.makeEndpoint();
}

LocalBus::Traffic NodeBus::traffic() const
{
    return m_redis ? m_redis->traffic() : m_local.traffic();
}

QString NodeBus::placeOf(const Configuration &configuration)
{
    const Result<RedisUrl> url = redisOf(configuration);
    return configuration.redisUrl.isEmpty() || !url ? QString() : url->toString();
}

QString NodeBus::describe(const Configuration &configuration)
{
    const QString place = placeOf(configuration);
    return place.isEmpty() ? u"in this process"_s : place;
}

} // namespace confab::server
