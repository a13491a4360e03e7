// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/MessageStore.h"
#include "server/backends/database/postgres/GroupQueue.h"
#include "server/backends/database/postgres/PostgresDatabase.h"

namespace confab::server {

/// Appends over a few connections of its own, each a whole group in one round trip and one transaction.
///
/// A group is two statements: the conversations' rows are locked in the order of their ids; then, on a snapshot that
/// sees what was committed while it waited, members are checked, known client ids found and the new messages numbered.
/// One statement that did both would see the state of before the wait. Belongs to one thread.
class PostgresMessageStore final : public MessageStore
{
public:
    /// With options.appenders connections, each with one group under way.
    explicit PostgresMessageStore(const PostgresDatabase::Options &options);
    ~PostgresMessageStore() override;

    Task<Appended> append(Append append) override;

    qint64 groups() const { return m_tally.commits(); } ///< Transactions committed.
    void measure(MetricsPage &page) const;

private:
    struct Pending
    {
        Append append;
        /// An attempt of it was lost on its way: what is then known may have been new a moment ago.
        bool mayBeStored = false;
    };
    using Queue = GroupQueue<Pending, Appended>;
    using Job = Queue::Job;
    using Group = Queue::Group;

    Task<Done> serve(PostgresLane *lane, std::shared_ptr<Group> group);
    /// Whether the jobs were answered. Otherwise nothing was stored, or nobody knows; each is to be tried by itself.
    Task<bool> store(PostgresLane *lane, std::shared_ptr<Group> group);
    void answer(Job &job, const Row &row);
    void tryAgain(const std::shared_ptr<Job> &job);

    const std::function<void()> m_uncertain;
    PostgresTally m_tally;
    qint64 m_stored = 0; ///< New messages.
    SerialExecutor m_connector;
    TaskScope m_tasks;
    Queue m_queue;
};

} // namespace confab::server
