// SPDX-License-Identifier: MIT
#include "server/app/nodes/NodeKeeper.h"

#include "server/backends/bus/redis/RedisBus.h"
#include "server/runtime/Log.h"

#include <QtCore/QDateTime>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

PostgresDatabase::Options databaseOptions(const NodeLease::Options &options)
{
    PostgresDatabase::Options database;
    database.conninfo = options.conninfo;
    database.readers = 0;
    database.writers = 1;
    database.patienceMs = options.timings.patienceMs;
    return database;
}

/// `chat-1 (process 4711, version 0.1.0, since 2026-11-26T12:00:00Z)`
QString describe(const Node &node)
{
    const QString since = QDateTime::fromMSecsSinceEpoch(node.startedAt, Qt::UTC).toString(Qt::ISODate);
    return u"%1 (process %2, version %3, since %4)"_s.arg(node.process.host)
        .arg(node.process.pid)
        .arg(node.version, since);
}

QString busOf(const Node &node)
{
    return node.bus.isEmpty() ? u"without a Redis"_s : u"with "_s + node.bus;
}

} // namespace

NodeKeeper::NodeKeeper(const NodeLease::Options &options, NodeView &view)
    : m_options(options), m_view(view), m_tasks(lcRuntime()), m_database(databaseOptions(options))
{
    m_self.id = options.id;
    m_self.process = ProcessIdentity::own();
    m_self.version = options.version;
    m_self.bus = options.bus;
    QObject::connect(&m_lookTimer, &QTimer::timeout, &m_lookTimer, [this] { look(); });
}

NodeKeeper::~NodeKeeper() = default;

bool NodeKeeper::hasBus() const
{
    return !m_options.redis || m_options.redis->counters().isUp;
}

Task<Done> NodeKeeper::pause(int milliseconds)
{
    Completion<Done> later;
    QTimer::singleShot(milliseconds, &m_lookTimer, [completer = later.completer()] { completer.complete(Done{}); });
    const Result<Done> done = co_await later;
    co_return done;
}

// -- entering -----------------------------------------------------------------------------------------------------

NodeKeeper::Entry NodeKeeper::refused(const Node &by, const QString &advice) const
{
    return {false, OpenFailure::Reason::AlreadyRunning,
            u"Another confabd serves this database, %1: %2. %3"_s.arg(busOf(by), describe(by), advice)};
}

Task<NodeKeeper::Entry> NodeKeeper::enter()
{
    auto claiming = claim();
    Result<Entry> entry = co_await claiming;
    if (entry && entry->isIn) {
        auto meeting = meet(*entry);
        entry = co_await meeting;
    }
    if (entry && entry->isIn)
        m_lookTimer.start(m_options.timings.lookMs);
    co_return entry;
}

Task<NodeKeeper::Entry> NodeKeeper::claim()
{
    for (;;) {
        const QDeadlineTimer leaseEnds(m_options.timings.leaseMs);
        auto claiming = m_database.commit(NodeTable::claim(m_self, m_options.timings.leaseMs));
        const Result<BatchOutcome> outcome = co_await claiming;
        if (!outcome) {
            co_return Entry{false, OpenFailure::Reason::Unreachable,
                            u"The database does not say who else serves it: %1"_s.arg(outcome.error().message)};
        }
        const NodeTable::Claimed claimed = NodeTable::claimed(*outcome);
        if (claimed.isIn) {
            m_self.startedAt = claimed.startedAt;
            auto forgetting = forgetEnded(claimed.others);
            const Result<QList<Node>> living = co_await forgetting;
            see(living ? *living : claimed.others, leaseEnds);
            co_return Entry{true, {}, {}, claimed.secret};
        }
        QList<Node> inTheWay;
        for (const Node &node : claimed.others) {
            if (!m_self.suits(node))
                inTheWay.append(node);
        }
        auto judging = blocking(inTheWay);
        const Result<std::optional<Node>> living = co_await judging;
        if (living && *living) {
            const QString advice = m_self.bus.isEmpty()
                                       ? u"Stop that one, or give both the same redis.url to have several nodes."_s
                                       : u"Stop that one, and start it again with the same redis.url as this one."_s;
            co_return refused(**living, advice);
        }
    }
}

/// Takes predecessors of this machine that have ended out of the table; gives the rest.
Task<QList<Node>> NodeKeeper::forgetEnded(QList<Node> nodes)
{
    QList<Node> living;
    for (const Node &node : nodes) {
        if (!node.process.hasEnded()) {
            living.append(node);
            continue;
        }
        qCInfo(lcRuntime).noquote() << "a confabd of this machine has ended without a word:" << describe(node);
        auto removing = m_database.commit(NodeTable::remove(node));
        const Result<BatchOutcome> removed = co_await removing;
        if (!removed)
            co_return removed.error();
    }
    co_return living;
}

/// The one of them that lives, for which their leases are watched. Otherwise it is worth trying again when this ends.
Task<std::optional<Node>> NodeKeeper::blocking(QList<Node> inTheWay)
{
    auto forgetting = forgetEnded(inTheWay);
    const Result<QList<Node>> living = co_await forgetting;
    // Or the last lease ended right behind the attempt.
    if (inTheWay.isEmpty() || (living && living->size() < inTheWay.size()))
        co_return std::optional<Node>();
    if (m_leases.isEmpty()) {
        qCWarning(lcRuntime).noquote() << "another confabd serves this database, or has crashed:"
                                       << describe(inTheWay.first())
                                       << "- waiting until it renews its lease, or the lease ends, at most"
                                       << m_options.timings.leaseMs / 1000 << "s";
    }
    const std::optional<Node> renewed = firstRenewed(inTheWay);
    if (renewed)
        co_return renewed;
    auto pausing = pause(m_options.timings.lookMs);
    const Result<Done> done = co_await pausing;
    Q_UNUSED(done)
    co_return std::optional<Node>();
}

/// Looks whether the nodes that are there are on the same Redis: one address may lead different machines to different
/// ones, and different addresses to one.
Task<NodeKeeper::Entry> NodeKeeper::meet(Entry in)
{
    if (!m_options.redis || m_others.isEmpty())
        co_return in;
    const QDeadlineTimer bond(m_options.timings.bondMs);
    const QDeadlineTimer end(m_options.timings.meetMs);
    while (!hasBus() && !bond.hasExpired()) {
        auto pausing = pause(20);
        const Result<Done> done = co_await pausing;
        Q_UNUSED(done)
    }
    const QDeadlineTimer sign(2 * m_options.timings.renewMs + m_options.timings.lookMs);
    for (;;) {
        auto looking = absent();
        const Result<QList<Node>> missing = co_await looking;
        if (!missing || missing->isEmpty())
            co_return in;
        const std::optional<Node> elsewhere = firstRenewed(*missing);
        if (!elsewhere && sign.hasExpired())
            co_return in; // they crashed
        if (elsewhere && end.hasExpired()) {
            co_return refused(*elsewhere,
                              u"It is not to be found on this one's Redis, %1: let redis.url lead all nodes to the "
                              u"same one, with the same database number."_s.arg(m_self.bus));
        }
        auto pausing = pause(m_options.timings.lookMs);
        const Result<Done> done = co_await pausing;
        auto renewing = renew();
        const Result<Done> renewed = co_await renewing;
        Q_UNUSED(done)
        Q_UNUSED(renewed)
    }
}

/// The first of them whose lease was renewed since it was seen here before.
std::optional<Node> NodeKeeper::firstRenewed(const QList<Node> &nodes)
{
    std::optional<Node> renewed;
    for (const Node &node : nodes) {
        if (!m_leases.contains(node.id))
            m_leases.insert(node.id, node.leaseEnd);
        else if (!renewed && m_leases.value(node.id) != node.leaseEnd)
            renewed = node;
    }
    return renewed;
}

Task<NodeKeeper::Entry> NodeKeeper::leave()
{
    m_isStopped = true;
    m_lookTimer.stop();
    auto draining = m_tasks.drained();
    const Result<Done> drained = co_await draining;
    Q_UNUSED(drained)
    if (m_self.startedAt == 0)
        co_return Entry{};
    bool isOut = false;
    if (!m_isDatabaseAway) { // it would be waited for
        auto leaving = m_database.commit(NodeTable::leave(m_self));
        const Result<BatchOutcome> left = co_await leaving;
        isOut = left.has_value();
    }
    if (!isOut) {
        qCInfo(lcRuntime) << "this node's lease could not be given back and ends by itself, within"
                          << m_options.timings.leaseMs / 1000 << "s";
    }
    co_return Entry{};
}

// -- staying ------------------------------------------------------------------------------------------------------

void NodeKeeper::look()
{
    const bool isNews = hasBus() != m_self.hasBus;
    if (m_isStopped || m_isRenewing || (!isNews && !m_nextRenewal.hasExpired()))
        return;
    m_isRenewing = true;
    m_nextRenewal.setRemainingTime(m_options.timings.renewMs);
    m_tasks.spawn(renew(), "renewing this node's lease");
}

Task<Done> NodeKeeper::renew()
{
    m_self.hasBus = hasBus();
    const QDeadlineTimer leaseEnds(m_options.timings.leaseMs);
    auto renewing = m_database.commit(NodeTable::renew(m_self, m_options.timings.leaseMs));
    const Result<BatchOutcome> outcome = co_await renewing;
    m_isRenewing = false;
    m_isDatabaseAway = !outcome;
    if (!outcome)
        co_return Done{}; // the connection says so in the log
    see(NodeTable::others(*outcome), leaseEnds);
    if (!m_lookTimer.isActive())
        co_return Done{}; // not in yet
    auto looking = absent();
    const Result<QList<Node>> missing = co_await looking;
    judge(missing ? *missing : QList<Node>());
    co_return Done{};
}

void NodeKeeper::see(const QList<Node> &others, const QDeadlineTimer &leaseEnds)
{
    m_others = others;
    const std::lock_guard lock(m_view.mutex);
    m_view.others = others;
    m_view.leaseEnds = leaseEnds;
}

/// Those who say that their Redis carries their bus and are not on this node's. An error where its own does not.
Task<QList<Node>> NodeKeeper::absent()
{
    QList<QUuid> ids;
    for (const Node &node : std::as_const(m_others)) {
        if (m_self.suits(node) && node.hasBus)
            ids.append(node.id);
    }
    if (ids.isEmpty())
        co_return QList<Node>();
    auto asking = m_options.redis->present(ids);
    const Result<QSet<QUuid>> present = co_await asking;
    if (!present)
        co_return present.error();
    QList<Node> absent;
    for (const Node &node : std::as_const(m_others)) {
        if (ids.contains(node.id) && !present->contains(node.id))
            absent.append(node);
    }
    co_return absent;
}

void NodeKeeper::judge(const QList<Node> &absent)
{
    QHash<QUuid, qint64> absentNow;
    for (const Node &node : absent)
        absentNow.insert(node.id, node.leaseEnd);
    QList<Node> unheard;
    for (const Node &node : std::as_const(m_others)) {
        // Of two readings, between which it lived: it may just have lost its Redis without having said so, or crashed.
        const bool isElsewhere =
            absentNow.contains(node.id) && m_absent.contains(node.id) && m_absent.value(node.id) != node.leaseEnd;
        if (!m_self.suits(node) || !node.hasBus || isElsewhere)
            unheard.append(node);
    }
    m_absent = absentNow;
    tellUnheard(unheard);
}

/// What an administrator has to put right is an error.
void NodeKeeper::report(const Node &unheard) const
{
    const QString both = u"this one, %1, and %2, %3"_s.arg(busOf(m_self), describe(unheard), busOf(unheard));
    if (!m_self.suits(unheard)) {
        qCCritical(lcRuntime).noquote() << "two nodes serve one database and do not hear each other:" << both
                                        << "- changes reach the other one's people seconds later; stop one of them, or "
                                           "give both the same redis.url";
    } else if (!unheard.hasBus) {
        qCWarning(lcRuntime).noquote() << "another node has lost its Redis:" << describe(unheard)
                                       << "- its changes are found by comparing until it is back";
    } else {
        qCCritical(lcRuntime).noquote() << "two nodes serve one database on different Redis:" << both
                                        << "- changes reach the other one's people seconds later";
    }
}

void NodeKeeper::tellUnheard(const QList<Node> &unheard)
{
    QSet<QUuid> ids;
    for (const Node &node : unheard) {
        ids.insert(node.id);
        if (m_unheard.contains(node.id))
            continue;
        report(node);
    }
    const std::lock_guard lock(m_view.mutex);
    m_view.unheardCount = static_cast<int>(ids.size());
    m_unheard = ids;
    // What it published right before it was noticed is found, too.
    if (ids.isEmpty() || !m_nextTelling.hasExpired())
        return;
    m_nextTelling.setRemainingTime(m_options.timings.unheardMs);
    if (m_view.unheard)
        m_view.unheard();
}

} // namespace confab::server
