// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/postgres/PostgresLane.h"
#include "server/backends/database/postgres/PostgresTally.h"
#include "server/backends/database/postgres/WaitingLine.h"

#include <vector>

namespace confab::server {

/// Requests that lanes serve in groups: each lane has one group under way, and takes all that waits when it is free.
///
/// What had to give way to others is served again while no other group is under way, so that it need not do so twice.
/// Belongs to one thread.
template<typename Request, typename Reply>
class GroupQueue
{
public:
    struct Job
    {
        Request request;
        Completer<Reply> completer;
        QDeadlineTimer deadline;
        int tries = 0;
        bool gaveWay = false; ///< It was in a deadlock, or its snapshot was too old.
    };
    using Group = std::vector<std::shared_ptr<Job>>;
    /// Answers the group's jobs, or puts them back.
    using Serve = std::function<Task<Done>(PostgresLane *lane, std::shared_ptr<Group> group)>;

    /// Bounds how long the first of a group waits for the last one, and how much is repeated.
    static constexpr std::size_t kMaxGroup = 64;

    GroupQueue(const PostgresLane::Options &options, int lanes, int patienceMs, SerialExecutor &connector,
               TaskScope &tasks, const char *name, Serve serve)
        : m_tasks(tasks), m_name(name), m_serve(std::move(serve)), m_waiting(patienceMs)
    {
        for (int i = 0; i < lanes; ++i) {
            m_lanes.push_back(std::make_unique<Lane>());
            m_lanes.back()->lane = std::make_unique<PostgresLane>(options, connector, tasks, [this] { pump(); });
        }
    }
    Q_DISABLE_COPY_MOVE(GroupQueue)

    Completion<Reply> add(Request request)
    {
        Completion<Reply> completion;
        if (m_stopped) {
            completion.completer().complete(Error::unavailable(QStringLiteral("The server is stopping.")));
            return completion;
        }
        m_waiting.add(std::make_shared<Job>(Job{std::move(request), completion.completer(), m_waiting.deadline()}));
        pump();
        return completion;
    }

    void putBack(std::shared_ptr<Job> job) { m_waiting.putBack(std::move(job)); }

    /// Fails what was not begun; what was goes on until the task scope is drained.
    void stop()
    {
        m_stopped = true;
        for (const auto &lane : m_lanes)
            lane->lane->stop();
        m_waiting.stop();
    }
    bool isStopped() const { return m_stopped; }

    std::size_t waiting() const { return m_waiting.size(); }
    LaneStanding standing() const
    {
        LaneStanding standing;
        for (const auto &lane : m_lanes)
            standing.add(*lane->lane, lane->isBusy);
        return standing;
    }

private:
    struct Lane
    {
        std::unique_ptr<PostgresLane> lane;
        bool isBusy = false;
    };

    void pump()
    {
        for (const auto &lane : m_lanes) {
            if (m_waiting.empty() || m_isAlone || (m_waiting.front().gaveWay && m_busy > 0))
                return;
            if (lane->isBusy || !lane->lane->connection())
                continue;
            lane->isBusy = true;
            ++m_busy;
            m_isAlone = m_waiting.front().gaveWay;
            m_tasks.spawn(run(lane.get(), std::make_shared<Group>(take())), m_name);
        }
    }

    Group take()
    {
        Group group;
        while (!m_waiting.empty() && group.size() < kMaxGroup && m_waiting.front().gaveWay == m_isAlone)
            group.push_back(m_waiting.take());
        return group;
    }

    Task<Done> run(Lane *lane, std::shared_ptr<Group> group)
    {
        auto serving = m_serve(lane->lane.get(), group);
        const Result<Done> served = co_await serving;
        Q_UNUSED(served)
        lane->isBusy = false;
        --m_busy;
        m_isAlone = false;
        pump();
        co_return Done{};
    }

    TaskScope &m_tasks;
    const char *const m_name;
    const Serve m_serve;
    bool m_stopped = false;
    int m_busy = 0;         ///< Lanes with a group under way.
    bool m_isAlone = false; ///< That group gave way before.
    WaitingLine<Job> m_waiting;
    std::vector<std::unique_ptr<Lane>> m_lanes;
};

} // namespace confab::server
