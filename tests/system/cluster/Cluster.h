// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/ConfabdProcess.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"

#include <array>

namespace confab::test {

/// A real PostgreSQL, a real Redis, two nodes on them and HAProxy in front of both, each a process to be broken.
class Cluster
{
public:
    Cluster();
    ~Cluster();
    Q_DISABLE_COPY_MOVE(Cluster)

    /// Starts everything; what went wrong, empty when nothing did.
    QString open();

    /// Where people connect: whichever node is ready.
    QUrl url() const;
    ConfabdProcess &node(int index) { return *m_nodes.at(static_cast<std::size_t>(index)); }
    /// Both nodes say that they are ready, and that Redis carries their bus.
    bool isWhole();

    PostgresServer postgres;
    RedisServer redis;

private:
    QTemporaryDir m_directory;
    std::array<std::unique_ptr<ConfabdProcess>, 2> m_nodes;
    QProcess m_balancer;
    quint16 m_port = 0;
};

} // namespace confab::test
