// SPDX-License-Identifier: MIT
#include "client-sdk/src/presence/PeoplePresence.h"

#include <algorithm>

namespace confab::client {

namespace {

Presence unknown(UserId id)
{
    Presence presence;
    presence.userId = id;
    return presence;
}

} // namespace

PeoplePresence::PeoplePresence(Connection &connection, const Clock &clock, const PresenceTimings &timings,
                               QObject *parent)
    : QObject(parent), m_connection(connection), m_clock(clock), m_timings(timings), m_gather(this), m_expiry(this)
{
    m_gather.setSingleShot(true);
    m_expiry.setSingleShot(true);
    connect(&m_gather, &QTimer::timeout, this, &PeoplePresence::say);
    connect(&m_expiry, &QTimer::timeout, this, &PeoplePresence::expire);
}

void PeoplePresence::watch(UserId id)
{
    if (id.isNull())
        return;
    Interest &interest = m_interests[id];
    ++interest.count;
    interest.since = ++m_interestCount;
    // Nothing is known of who shares no conversation, and that may have changed.
    if (!m_known.contains(id) && !(m_asking && m_said.contains(id)))
        m_sayAgain = true;
    schedule();
}

void PeoplePresence::unwatch(UserId id)
{
    const auto interest = m_interests.find(id);
    if (interest == m_interests.end())
        return;
    if (--interest->count == 0)
        m_interests.erase(interest);
    schedule();
}

void PeoplePresence::setLimit(qint64 watchedPeople)
{
    m_limit = watchedPeople;
    schedule();
}

void PeoplePresence::met(const QSet<UserId> &ids)
{
    for (const UserId &id : ids) {
        if (!m_said.contains(id) || m_known.contains(id))
            continue;
        m_sayAgain = true;
        schedule();
        return;
    }
}

void PeoplePresence::connected()
{
    m_sayAgain = !m_interests.isEmpty();
    say();
}

void PeoplePresence::connectionLost()
{
    m_gather.stop();
    m_expiry.stop();
    m_said.clear();
    m_toldMeanwhile.clear();
    m_asking = false;
    QList<Presence> news;
    const QList<UserId> ids = m_known.keys();
    for (const UserId &id : ids)
        put(unknown(id), news);
    tell(news);
}

void PeoplePresence::take(const PresenceChanges &changes)
{
    QList<Presence> news;
    for (const Presence &presence : changes.people) {
        if (!m_said.contains(presence.userId))
            continue; // let go, and the server does not know yet
        if (m_asking)
            m_toldMeanwhile.insert(presence.userId);
        put(current(presence), news);
    }
    tell(news);
}

/// As many as the server tells of, those first who were asked for last.
QSet<UserId> PeoplePresence::wanted() const
{
    QList<std::pair<quint64, UserId>> all;
    for (auto interest = m_interests.cbegin(); interest != m_interests.cend(); ++interest)
        all.append({interest->since, interest.key()});
    if (all.size() > m_limit) {
        std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
        all.resize(std::max<qint64>(m_limit, 0));
    }
    QSet<UserId> ids;
    for (const auto &[since, id] : std::as_const(all))
        ids.insert(id);
    return ids;
}

void PeoplePresence::schedule()
{
    if (m_connection.isEstablished() && !m_gather.isActive())
        m_gather.start(m_timings.gatherMs);
}

void PeoplePresence::say()
{
    if (m_asking || !m_connection.isEstablished())
        return; // the answer, or the next connection, says it
    m_gather.stop();
    const QSet<UserId> ids = wanted();
    const bool same = ids == m_said;
    if (same && (!m_sayAgain || ids.isEmpty()))
        return;
    QList<Presence> news;
    const QList<UserId> known = m_known.keys();
    for (const UserId &id : known) {
        if (!ids.contains(id))
            put(unknown(id), news);
    }
    m_said = ids;
    m_sayAgain = false;
    m_asking = true;
    WatchPresence op;
    op.userIds = ids.values();
    m_connection.call(op, [this, ids](const Result<PresenceList> &reply) { answered(ids, reply); });
    tell(news);
}

void PeoplePresence::answered(const QSet<UserId> &asked, const Result<PresenceList> &reply)
{
    if (!m_connection.isEstablished())
        return; // lost meanwhile, and all with it
    m_asking = false;
    const QSet<UserId> toldMeanwhile = std::exchange(m_toldMeanwhile, {});
    if (!reply) {
        // A server that refuses is not asked for the same again on this socket.
        if (reply.error().kind() == ErrorKind::TryAgain) {
            m_sayAgain = true;
            m_gather.start(
                static_cast<int>(std::clamp<qint64>(reply.error().retryAfterMs, m_timings.tryAgainMs, 3'600'000)));
        }
        return;
    }
    QHash<UserId, Presence> told;
    for (const Presence &presence : reply->people)
        told.insert(presence.userId, current(presence));
    QList<Presence> news;
    for (const UserId &id : asked) {
        const Presence now = told.value(id, unknown(id));
        if (!toldMeanwhile.contains(id))
            put(now, news);
        else if (now != m_known.value(id, unknown(id)))
            m_sayAgain = true;
    }
    tell(news);
    schedule();
}

/// Without a status that is over by this device's clock.
Presence PeoplePresence::current(Presence presence) const
{
    if (presence.statusExpiresAt != 0 && presence.statusExpiresAt <= m_clock.utcMs()) {
        presence.statusText.clear();
        presence.statusExpiresAt = 0;
    }
    return presence;
}

void PeoplePresence::put(const Presence &presence, QList<Presence> &news)
{
    const auto known = m_known.constFind(presence.userId);
    const bool toForget = presence == unknown(presence.userId);
    if (known == m_known.cend() ? toForget : *known == presence)
        return;
    if (toForget)
        m_known.erase(known);
    else
        m_known.insert(presence.userId, presence);
    news.append(presence);
}

void PeoplePresence::tell(const QList<Presence> &news)
{
    qint64 next = std::numeric_limits<qint64>::max();
    for (const Presence &presence : std::as_const(m_known)) {
        if (presence.statusExpiresAt != 0)
            next = qMin(next, presence.statusExpiresAt);
    }
    if (next == std::numeric_limits<qint64>::max())
        m_expiry.stop();
    else
        m_expiry.start(static_cast<int>(std::clamp<qint64>(next - m_clock.utcMs(), 1, m_timings.lookMs)));
    if (!news.isEmpty())
        Q_EMIT changed(news);
}

void PeoplePresence::expire()
{
    QList<Presence> news;
    const QList<Presence> all = m_known.values();
    for (const Presence &presence : all)
        put(current(presence), news);
    tell(news);
}

} // namespace confab::client
