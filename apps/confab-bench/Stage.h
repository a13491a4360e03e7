// SPDX-License-Identifier: MIT
#pragma once

#include "apps/confab-bench/LoadLoop.h"
#include "apps/confab-bench/Scenarios.h"
#include "apps/confab-bench/ServerUnderTest.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"

#include <memory>
#include <optional>

namespace confab::bench {

/// How long setting a scene up may take, and how long what is measured may take to arrive.
inline constexpr qint64 kSetUpMs = 600'000;
inline constexpr qint64 kDrainMs = 60'000;

/// A server, or several nodes of one, a loop and signed-in connections: what every scenario begins with.
class Stage
{
public:
    explicit Stage(const Plan &plan);

    /// Starts the servers and signs \a connections up, one at the first node, one at the second, and so on.
    Result<Done> open(const Plan &plan, int connections);

    LoadLoop &loop() { return *m_loop; }
    LoadConnection &connection(int index) { return *m_loop->connections()[static_cast<std::size_t>(index)]; }
    ServerUnderTest &server(int node = 0) { return *m_servers[static_cast<std::size_t>(node)]; }
    const IdGenerator &ids() const { return m_ids; }
    qint64 baseline() const { return m_baseline; }

    /// Makes conversations, one per entry of \a members, owned by that entry's first connection.
    Result<Done> converse(const QList<QList<int>> &members, Conversation::Kind kind);

    template<typename T>
    Result<T> decodeReply(const ServerFrame &frame)
    {
        Result<T> reply = frame.error ? Result<T>(*frame.error) : decodeCbor<T>(frame.body, Strictness::Reply);
        if (!reply && !m_refused)
            m_refused = reply.error();
        return reply;
    }

    /// The first thing that was refused. What may be asked again is forgiven with forgive().
    const std::optional<Error> &refused() const { return m_refused; }
    void forgive() { m_refused.reset(); }

private:
    void addRest(LoadConnection &owner, const QList<int> &people, qsizetype first, int &made);
    void signUp(LoadConnection &connection);

    SystemClock m_clock;
    std::vector<std::unique_ptr<ServerUnderTest>> m_servers;
    IdGenerator m_ids;
    std::unique_ptr<LoadLoop> m_loop;
    std::optional<Error> m_refused;
    qint64 m_baseline = 0;
    int m_signedIn = 0;
};

} // namespace confab::bench
