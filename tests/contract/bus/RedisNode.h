// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/redis/RedisBus.h"
#include "server/runtime/Async.h"
#include "tests/support/Await.h"

#include <QtTest/QTest>

namespace confab::test {

/// Timings with which a test need not wait.
inline server::RedisTimings shortTimings()
{
    server::RedisTimings timings;
    timings.connectMs = 1000;
    timings.heartbeatMs = 50;
    timings.silenceMs = 400;
    timings.backoffBaseMs = 5;
    timings.backoffMaxMs = 40;
    return timings;
}

/// A node as another process would be: a link of its own.
struct RedisNode
{
    explicit RedisNode(const QString &url, const server::RedisTimings &timings = shortTimings())
        : RedisNode(*server::RedisUrl::parse(url), timings)
    {
    }
    explicit RedisNode(const server::RedisUrl &url, const server::RedisTimings &timings = shortTimings())
        : bus(url, timings), endpoint(bus.makeEndpoint())
    {
        endpoint->setHandler(
            [this](const QByteArray &topic, const QByteArray &payload) { got.append(topic + ':' + payload); });
        endpoint->setRestoredHandler([this] { ++restored; });
    }

    bool isUp() const { return bus.counters().isUp; }
    /// Returns when it has effect.
    void subscribe(const QByteArray &topic)
    {
        endpoint->subscribe(topic);
        QVERIFY(await(confirmed()));
    }

    server::RedisBus bus;
    std::unique_ptr<server::Bus> endpoint;
    QList<QByteArray> got;
    int restored = 0;

private:
    server::Task<Done> confirmed()
    {
        auto subscribed = endpoint->subscribed();
        const Result<Done> done = co_await subscribed;
        co_return done;
    }
};

} // namespace confab::test
