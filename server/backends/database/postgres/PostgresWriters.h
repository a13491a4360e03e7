// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/postgres/GroupQueue.h"

namespace confab::server {

/// Commits batches over a few connections, many in one transaction while all connections are busy (group commit).
///
/// A group is sent whole and committed when every statement went well. Where one missed or failed, all of it is rolled
/// back and each batch has a transaction of its own: so a miss is always judged without the others. What gives way to
/// others (a deadlock, a serialization failure) or was lost before its commit is tried again; a connection that is lost
/// during the commit leaves the outcome unknown, which is `unavailable`. Belongs to one thread.
class PostgresWriters
{
public:
    PostgresWriters(const PostgresLane::Options &options, int lanes, int patienceMs, std::function<void()> uncertain,
                    SerialExecutor &connector, TaskScope &tasks);
    Q_DISABLE_COPY_MOVE(PostgresWriters)

    Task<BatchOutcome> commit(Batch batch);
    void stop() { m_queue.stop(); } ///< As GroupQueue::stop().

    qint64 commits() const { return m_tally.commits(); } ///< Transactions committed.
    void measure(MetricsPage &page) const;

    /// How one batch's statements went.
    struct Verdict
    {
        BatchOutcome outcome;
        std::optional<PostgresReply> fault;

        bool isGood() const { return !fault && outcome.committed(); }
        /// Takes how the statements from \a first on went, where those before went well.
        void append(Verdict rest, qsizetype first);
    };

private:
    using Queue = GroupQueue<Batch, BatchOutcome>;
    using Job = Queue::Job;
    using Group = Queue::Group;
    enum class End {
        Undone,    ///< None of it stands.
        Committed, ///< All of it stands.
        Unknown,   ///< The connection was lost during the commit.
    };
    struct Attempt
    {
        std::vector<Verdict> verdicts; ///< One a batch.
        End end = End::Undone;
    };

    Task<Done> serve(PostgresLane *lane, std::shared_ptr<Group> group);
    /// One transaction of all the group's batches.
    Task<Attempt> transact(PostgresLane *lane, std::shared_ptr<Group> group);
    Task<Done> commitAlone(PostgresLane *lane, std::shared_ptr<Job> job);
    /// Puts the group back where it was in a conflict, for when no other is under way; whether it did.
    bool giveWay(const Group &group, const Attempt &attempt);
    void answer(const Job &job, Verdict verdict, End end) const;
    /// Counts an attempt that came to nothing, unless a miss was what it came to.
    void countFailure(const Attempt &attempt);

    const std::function<void()> m_uncertain;
    PostgresTally m_tally;
    Queue m_queue;
};

} // namespace confab::server
