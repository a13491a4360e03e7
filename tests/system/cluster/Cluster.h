// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/ConfabdProcess.h"
#include "tests/support/server/HaProxy.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"

#include <array>

namespace confab::test {

/// A real PostgreSQL, a real Redis, two nodes on them and HAProxy in front of both, each a process to be broken.
class Cluster
{
public:
    /// Starts everything; what went wrong, empty when nothing did.
    QString open();

    /// Where people connect: whichever node is ready.
    QUrl url() const { return m_balancer.url(); }
    ConfabdProcess &node(int index) { return *m_nodes.at(static_cast<std::size_t>(index)); }
    /// Both nodes say that they are ready, and that Redis carries their bus.
    bool isWhole();

    PostgresServer postgres;
    RedisServer redis;

private:
    std::array<std::unique_ptr<ConfabdProcess>, 2> m_nodes;
    HaProxy m_balancer;
};

} // namespace confab::test
