// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceDesk.h"

#include "server/runtime/Log.h"
#include "shared/protocol/Frames.h"

#include <algorithm>
#include <utility>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype kPeopleAtOnce = 4'096; ///< Looked at in one tick; more wait for the next.
}

PresenceDesk::PresenceDesk(PresenceRows &rows, PresenceBoard &board, const Clock &clock, const DeskTimings &timings)
    : m_rows(rows), m_board(board), m_clock(clock), m_timings(timings), m_tasks(lcMessages())
{
    m_board.setHandler([this](const QList<UserId> &people) {
        for (const UserId &userId : people)
            lookAt(userId);
    });
    m_ticking.callOnTimeout(this, &PresenceDesk::tick);
    m_ticking.start(m_timings.tickMs);
}

PresenceDesk::~PresenceDesk()
{
    m_sink = {}; // what is under way has nobody to reach any more
    m_ticking.stop();
    m_board.setHandler({});
}

// -- who is at the sockets ----------------------------------------------------------------------------------------

void PresenceDesk::socketOpened(const Caller &caller, qint64 socketNumber, bool away)
{
    Device &device = m_devices[caller.sessionId];
    if (socketNumber < device.socketNumber)
        return;
    if (socketNumber > device.socketNumber) {
        unwatchAll(caller.sessionId, device); // a new socket watches nobody
        device.turn = ++m_turns;              // nor what the one before it still asks for
    }
    device.userId = caller.userId;
    device.socketNumber = socketNumber;
    device.away = away;
    Person &person = m_here[caller.userId];
    person.devices.insert(caller.sessionId);
    vouchFor(caller.userId);
}

void PresenceDesk::socketClosed(const Caller &caller, qint64 socketNumber)
{
    // Another socket may have taken its place before.
    const auto found = m_devices.constFind(caller.sessionId);
    if (found != m_devices.cend() && found->socketNumber == socketNumber)
        removeDevice(caller.sessionId, m_timings.graceMs);
}

void PresenceDesk::sessionEnded(const SessionId &sessionId)
{
    if (m_devices.contains(sessionId))
        removeDevice(sessionId, 0);
}

void PresenceDesk::userEnded(const UserId &userId)
{
    const QSet<SessionId> devices = m_here.value(userId).devices;
    for (const SessionId &sessionId : devices)
        removeDevice(sessionId, 0);
    const auto person = m_here.find(userId);
    if (person == m_here.end())
        return;
    person->leavesAtMs = m_clock.monotonicMs();
    person->lastSeenAt = 0; // nothing is kept of an account that is gone
}

void PresenceDesk::removeDevice(const SessionId &sessionId, int graceMs)
{
    Device device = m_devices.take(sessionId);
    unwatchAll(sessionId, device);
    const auto person = m_here.find(device.userId);
    person->devices.remove(sessionId);
    person->leavesAtMs = m_clock.monotonicMs() + graceMs;
    person->lastSeenAt = m_clock.utcMs();
    vouchFor(device.userId);
}

void PresenceDesk::setAway(const Caller &caller, bool away)
{
    const auto found = m_devices.find(caller.sessionId);
    if (found == m_devices.end())
        return;
    found->away = away;
    vouchFor(caller.userId);
}

/// Somebody without devices stays as they were until they are gone.
void PresenceDesk::vouchFor(const UserId &userId)
{
    const QSet<SessionId> &devices = m_here[userId].devices;
    if (devices.isEmpty())
        return;
    const bool isOnline = std::any_of(devices.cbegin(), devices.cend(),
                                      [this](const SessionId &sessionId) { return !m_devices[sessionId].away; });
    m_board.vouch(userId, isOnline ? Presence::State::Online : Presence::State::Away);
}

void PresenceDesk::startLeaving()
{
    if (m_leaving)
        return;
    const qint64 now = m_clock.monotonicMs();
    QHash<UserId, qint64> times;
    for (const auto &[userId, person] : std::as_const(m_here).asKeyValueRange()) {
        if (person.devices.isEmpty() && person.leavesAtMs <= now)
            times.insert(userId, person.lastSeenAt);
    }
    if (times.isEmpty())
        return;
    m_leaving = true;
    m_tasks.spawn(leave(times), "presence of those who left");
}

/// Written first, told second: who hears of it reads when they were last here.
Task<Done> PresenceDesk::leave(QHash<UserId, qint64> times)
{
    QHash<UserId, qint64> kept = times;
    kept.removeIf([](const auto &person) { return person.value() == 0; });
    const Result<Done> written = co_await m_rows.writeLastSeen(kept);
    m_leaving = false;
    for (const auto &[userId, time] : std::as_const(times).asKeyValueRange()) {
        const auto person = m_here.constFind(userId);
        if (person == m_here.cend() || !person->devices.isEmpty() || person->lastSeenAt != time)
            continue; // back meanwhile
        m_here.erase(person);
        m_board.vouch(userId, Presence::State::Offline);
    }
    co_return written;
}

// -- whom they watch ----------------------------------------------------------------------------------------------

void PresenceDesk::unwatch(const SessionId &sessionId, const UserId &userId)
{
    const auto found = m_watched.find(userId);
    found->watchers.remove(sessionId);
    if (found->watchers.isEmpty())
        m_watched.erase(found);
}

void PresenceDesk::unwatchAll(const SessionId &sessionId, Device &device)
{
    for (const UserId &userId : std::exchange(device.watched, {}))
        unwatch(sessionId, userId);
}

void PresenceDesk::stopWatching(const UserId &watcher, const UserId &userId)
{
    const QSet<SessionId> devices = m_here.value(watcher).devices;
    for (const SessionId &sessionId : devices) {
        if (m_devices[sessionId].watched.removeOne(userId))
            unwatch(sessionId, userId);
    }
}

QSet<UserId> PresenceDesk::watchedBy(const UserId &userId) const
{
    QSet<UserId> people;
    const QSet<SessionId> devices = m_here.value(userId).devices;
    for (const SessionId &sessionId : devices) {
        for (const UserId &watched : m_devices.value(sessionId).watched)
            people.insert(watched);
    }
    return people;
}

QSet<UserId> PresenceDesk::watchersOf(const UserId &userId) const
{
    QSet<UserId> people;
    const QSet<SessionId> watchers = m_watched.value(userId).watchers;
    for (const SessionId &sessionId : watchers)
        people.insert(m_devices.value(sessionId).userId);
    return people;
}

quint64 PresenceDesk::beginWatching(const SessionId &sessionId)
{
    const auto device = m_devices.find(sessionId);
    if (device == m_devices.end())
        return 0;
    device->turn = ++m_turns;
    return device->turn;
}

Task<QList<Presence>> PresenceDesk::watch(Caller caller, quint64 turn, QList<UserId> people)
{
    const auto device = m_devices.find(caller.sessionId);
    if (device == m_devices.end())
        co_return Error::conflict({}, u"People are watched on a socket."_s);
    if (device->turn != turn)
        co_return co_await look(people);
    unwatchAll(caller.sessionId, *device);
    device->watched = people;
    for (const UserId &userId : std::as_const(people))
        m_watched[userId].watchers.insert(caller.sessionId);
    // Watched first, read second: nothing falls between.
    const quint64 number = ++m_looks;
    const Result<QList<Presence>> now = co_await look(people);
    if (!now)
        co_return now.error();
    for (const Presence &presence : *now) {
        const auto found = m_watched.find(presence.userId);
        if (found == m_watched.end() || found->look > number)
            continue;
        found->look = number;
        if (!found->told)
            found->told = presence;
        else if (*found->told != presence)
            lookAt(presence.userId); // the others have not heard of it
    }
    co_return *now;
}

Task<QList<Presence>> PresenceDesk::look(QList<UserId> people)
{
    const Result<QList<PresenceRow>> rows = co_await m_rows.read(people);
    if (!rows)
        co_return rows.error();
    const qint64 now = m_clock.utcMs();
    QList<Presence> all;
    all.reserve(rows->size());
    for (const PresenceRow &row : *rows)
        all.append(row.seenAs(m_board.state(row.userId), now));
    co_return all;
}

void PresenceDesk::tick()
{
    ++m_counts.ticks;
    startLeaving();
    addSlice();
    if (m_due.isEmpty() || m_refreshing)
        return;
    const QList<UserId> people = m_due.first(std::min(m_due.size(), kPeopleAtOnce));
    m_due.remove(0, people.size());
    for (const UserId &userId : people)
        m_hinted.remove(userId);
    m_refreshing = true;
    m_tasks.spawn(refresh(people), "presence of those watched");
}

/// Marks the part of those watched that is due in this tick.
void PresenceDesk::addSlice()
{
    if (m_round.isEmpty())
        m_round = m_watched.keys();
    const qsizetype ticks = std::max(1, m_timings.roundMs / m_timings.tickMs);
    const qsizetype slice = std::min(m_round.size(), m_watched.size() / ticks + 1);
    for (qsizetype i = 0; i < slice; ++i)
        lookAt(m_round.takeLast());
}

void PresenceDesk::lookAt(const UserId &userId)
{
    if (!m_watched.contains(userId) || m_hinted.contains(userId))
        return;
    m_hinted.insert(userId);
    m_due.append(userId);
}

Task<Done> PresenceDesk::refresh(QList<UserId> people)
{
    const quint64 number = ++m_looks;
    const Result<QList<Presence>> now = co_await look(people);
    m_refreshing = false;
    if (!now) {
        for (const UserId &userId : std::as_const(people))
            lookAt(userId);
        co_return now.error();
    }
    QHash<SessionId, QList<Presence>> changes;
    for (const Presence &presence : *now) {
        const auto found = m_watched.find(presence.userId);
        if (found == m_watched.end() || found->look > number)
            continue;
        found->look = number;
        if (found->told == presence)
            continue;
        found->told = presence;
        for (const SessionId &sessionId : std::as_const(found->watchers))
            changes[sessionId].append(presence);
    }
    for (const auto &[sessionId, changed] : std::as_const(changes).asKeyValueRange()) {
        ++m_counts.events;
        m_counts.people += static_cast<quint64>(changed.size());
        if (m_sink)
            m_sink(m_devices.value(sessionId).userId, sessionId, encodeEvent(PresenceChanges{changed}));
    }
    co_return Done{};
}

} // namespace confab::server
