// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresWriters.h"

#include "server/backends/database/postgres/PostgresErrors.h"
#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kTries = 5;

const Statement kBegin{"BEGIN", {}, {}};
const Statement kCommit{"COMMIT", {}, {}};
const Statement kRollBack{"ROLLBACK", {}, {}};

PostgresWriters::Verdict judge(const Batch &batch, PostgresReply *replies)
{
    PostgresWriters::Verdict verdict;
    for (qsizetype i = 0; i < batch.size(); ++i) {
        PostgresReply &reply = replies[i];
        if (reply.kind != PostgresReply::Kind::Rows) {
            verdict.fault = std::move(reply);
            return verdict;
        }
        const std::optional<qint64> mustAffect = batch.at(i).mustAffect;
        if (mustAffect && reply.rows.affected != *mustAffect) {
            verdict.outcome.results.clear();
            verdict.outcome.missed = int(i);
            return verdict;
        }
        verdict.outcome.results.append(std::move(reply.rows));
    }
    return verdict;
}

/// How many statements at the beginning of a batch decide whether the others are to run.
///
/// The first that must affect something takes the lock that the others need first. Behind its miss they would take
/// theirs without it, in another order than everybody else, and end in deadlocks.
qsizetype gateOf(const Batch &batch)
{
    const auto gate =
        std::find_if(batch.begin(), batch.end(), [](const Statement &each) { return each.mustAffect.has_value(); });
    return gate == batch.end() ? batch.size() : gate - batch.begin() + 1;
}

} // namespace

PostgresWriters::PostgresWriters(const PostgresLane::Options &options, int lanes, int patienceMs,
                                 std::function<void()> uncertain, SerialExecutor &connector, TaskScope &tasks)
    : m_uncertain(std::move(uncertain)),
      m_queue(options, lanes, patienceMs, connector, tasks, "committing",
              [this](PostgresLane *lane, std::shared_ptr<Group> group) { return serve(lane, std::move(group)); })
{
}

void PostgresWriters::Verdict::append(Verdict rest, qsizetype first)
{
    fault = std::move(rest.fault);
    if (!rest.outcome.committed()) {
        outcome.results.clear();
        outcome.missed = int(first) + rest.outcome.missed;
    } else {
        outcome.results += std::move(rest.outcome.results);
    }
}

Task<BatchOutcome> PostgresWriters::commit(Batch batch)
{
    if (batch.isEmpty())
        co_return BatchOutcome{};
    Completion<BatchOutcome> completion = m_queue.add(std::move(batch));
    co_return co_await completion;
}

Task<Done> PostgresWriters::serve(PostgresLane *lane, std::shared_ptr<Group> group)
{
    if (group->size() > 1) {
        auto transaction = transact(lane, group);
        Result<Attempt> attempt = co_await transaction;
        if (attempt)
            countFailure(*attempt);
        if (attempt && attempt->end != End::Undone) {
            for (std::size_t i = 0; i < group->size(); ++i)
                answer(*(*group)[i], std::move(attempt->verdicts[i]), attempt->end);
            group->clear();
        }
        if (attempt && giveWay(*group, *attempt))
            co_return Done{};
    }
    for (const std::shared_ptr<Job> &each : *group) {
        const std::shared_ptr<Job> job = each;
        auto committing = commitAlone(lane, job);
        const Result<Done> committed = co_await committing;
        Q_UNUSED(committed)
    }
    co_return Done{};
}

bool PostgresWriters::giveWay(const Group &group, const Attempt &attempt)
{
    const bool hasConflict = std::any_of(attempt.verdicts.begin(), attempt.verdicts.end(),
                                         [](const Verdict &each) { return each.fault && isConflict(*each.fault); });
    if (group.empty() || !hasConflict || group.front()->gaveWay || m_queue.isStopped())
        return false;
    std::for_each(group.rbegin(), group.rend(), [this](const std::shared_ptr<Job> &job) {
        job->gaveWay = true;
        m_queue.putBack(job);
    });
    return true;
}

Task<PostgresWriters::Attempt> PostgresWriters::transact(PostgresLane *lane, std::shared_ptr<Group> group)
{
    Attempt attempt;
    attempt.verdicts.resize(group->size());
    PostgresConnection *connection = lane->connection();
    if (!connection)
        co_return attempt;
    // A group is sent whole: a miss in it is rare, and undoes it.
    const bool isAlone = group->size() == 1;
    const qsizetype gate = isAlone ? gateOf(group->front()->request) : 0;
    QList<Statement> statements{kBegin};
    for (const auto &job : *group)
        statements += isAlone ? job->request.first(gate) : job->request;
    auto running = connection->run(statements);
    Result<PostgresReplies> replies = co_await running;
    if (!replies)
        co_return attempt;
    bool isGood = replies->front().kind == PostgresReply::Kind::Rows;
    PostgresReply *next = replies->data() + 1;
    for (std::size_t i = 0; i < group->size(); ++i) {
        const Batch batch = isAlone ? group->front()->request.first(gate) : (*group)[i]->request;
        attempt.verdicts[i] = judge(batch, next);
        next += batch.size();
        isGood = isGood && attempt.verdicts[i].isGood();
    }
    if (isAlone && isGood && gate < group->front()->request.size()) {
        connection = lane->connection();
        if (!connection)
            co_return attempt;
        const Batch rest = group->front()->request.sliced(gate);
        auto goingOn = connection->run(rest);
        Result<PostgresReplies> others = co_await goingOn;
        if (!others)
            co_return attempt;
        attempt.verdicts.front().append(judge(rest, others->data()), gate);
        isGood = attempt.verdicts.front().isGood();
    }
    connection = lane->connection();
    if (!connection)
        co_return attempt;
    const QList<Statement> ending{isGood ? kCommit : kRollBack};
    const Stopwatch watch;
    auto finishing = connection->run(ending);
    Result<PostgresReplies> ended = co_await finishing;
    if (!isGood || !ended)
        co_return attempt;
    PostgresReply &end = ended->front();
    if (end.kind == PostgresReply::Kind::Rows) {
        attempt.end = End::Committed;
        m_tally.committed(group->size(), watch.nanoseconds());
    } else if (end.kind == PostgresReply::Kind::Lost) {
        attempt.end = End::Unknown;
    } else {
        for (Verdict &verdict : attempt.verdicts)
            verdict.fault = end; // a constraint that is checked at the end
    }
    co_return attempt;
}

Task<Done> PostgresWriters::commitAlone(PostgresLane *lane, std::shared_ptr<Job> job)
{
    const auto group = std::make_shared<Group>(Group{job});
    while (job->tries++ < kTries) {
        if (!lane->connection()) {
            if (m_queue.isStopped())
                break;
            // Another connection may serve it sooner than this one comes back.
            m_queue.putBack(job);
            co_return Done{};
        }
        auto transaction = transact(lane, group);
        Result<Attempt> attempt = co_await transaction;
        if (!attempt)
            break;
        countFailure(*attempt);
        Verdict &verdict = attempt->verdicts.front();
        if (attempt->end == End::Undone && verdict.fault) {
            if (isReadOnly(*verdict.fault)) {
                qCWarning(lcDatabase) << "PostgreSQL only reads now; this connection is given up";
                lane->drop();
                continue;
            }
            if (giveWay(*group, *attempt))
                co_return Done{};
            if (mayBeTriedAgain(*verdict.fault))
                continue;
        } else if (attempt->end == End::Undone && verdict.outcome.committed()) {
            continue; // lost before the commit was sent
        }
        answer(*job, std::move(verdict), attempt->end);
        co_return Done{};
    }
    job->completer.complete(Error::unavailable(u"The database cannot be used for now."_s));
    co_return Done{};
}

void PostgresWriters::countFailure(const Attempt &attempt)
{
    const auto failed = std::find_if(attempt.verdicts.begin(), attempt.verdicts.end(),
                                     [](const Verdict &verdict) { return verdict.fault.has_value(); });
    if (attempt.end == End::Unknown)
        m_tally.failed({});
    else if (attempt.end == End::Undone && failed != attempt.verdicts.end())
        m_tally.failed(*failed->fault);
}

void PostgresWriters::measure(MetricsPage &page) const
{
    m_tally.measure(page);
    m_queue.standing().measure(page, "write");
    page.gauge(store_metrics::kWritesWaiting, static_cast<double>(m_queue.waiting()));
}

void PostgresWriters::answer(const Job &job, Verdict verdict, End end) const
{
    if (end == End::Unknown && m_uncertain)
        m_uncertain();
    if (end == End::Unknown)
        job.completer.complete(Error::unavailable(u"The connection to the database was lost."_s));
    else if (verdict.fault)
        job.completer.complete(errorOf(*verdict.fault));
    else
        job.completer.complete(std::move(verdict.outcome));
}

} // namespace confab::server
