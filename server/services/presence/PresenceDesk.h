// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "server/services/Caller.h"
#include "server/services/presence/PresenceBoard.h"
#include "server/services/presence/PresenceRows.h"

#include <QtCore/QTimer>

#include <functional>

namespace confab::server {

/// The sockets of one shard as far as presence goes: who is at them, and whom they watch.
///
/// It vouches for those at its sockets. What is hinted of those watched is gathered for a tick, read once for all
/// sockets, and told to each as one event with what changed for it: a storm of n people coming back costs each socket
/// one event a second and what it watches, never n events. Lives on the shard's thread.
class PresenceDesk : public QObject
{
public:
    /// Brings an event's frame to the socket of a session.
    using Sink = std::function<void(const UserId &userId, const SessionId &sessionId, const QByteArray &frame)>;

    /// All outlive it. It becomes the board's handler.
    PresenceDesk(PresenceRows &rows, PresenceBoard &board, const Clock &clock, const DeskTimings &timings = {});
    ~PresenceDesk() override;

    void setSink(Sink sink) { m_sink = std::move(sink); }

    /// A socket was greeted, perhaps not for the first time. Of one session the newest counts.
    void socketOpened(const Caller &caller, qint64 socketNumber, bool away);
    void socketClosed(const Caller &caller, qint64 socketNumber);
    /// Whoever signed out is gone at once.
    void sessionEnded(const SessionId &sessionId);
    /// So is whoever is deactivated or deleted.
    void userEnded(const UserId &userId);

    /// Nothing where the session has no socket here.
    void setAway(const Caller &caller, bool away);

    /// Begins a list of people to watch: lists of one socket count in the order in which they were begun, not in which
    /// they were looked up. 0 where the session has no socket here.
    quint64 beginWatching(const SessionId &sessionId);

    /// The session's socket hears of these people from now on and of no others; how they are. Where a list was begun
    /// after \a turn, that one counts. `conflict` where the session has no socket here.
    Task<QList<Presence>> watch(Caller caller, quint64 turn, QList<UserId> people);

    /// Whom the person's sockets here hear of, and whose sockets here hear of them.
    QSet<UserId> watchedBy(const UserId &userId) const;
    QSet<UserId> watchersOf(const UserId &userId) const;
    /// The sockets of \a watcher hear of \a userId no longer.
    void stopWatching(const UserId &watcher, const UserId &userId);

    /// How people are. Those that do not exist are left out.
    Task<QList<Presence>> look(QList<UserId> people);

    struct Counts
    {
        quint64 events = 0; ///< Sent, one for each socket.
        quint64 people = 0; ///< In them.
        quint64 ticks = 0;  ///< Times that changes were looked for.
    };
    const Counts &counts() const { return m_counts; }
    qsizetype hereCount() const { return m_here.size(); }
    qsizetype watchedCount() const { return m_watched.size(); }

private:
    /// A session with a socket here.
    struct Device
    {
        UserId userId;
        qint64 socketNumber = 0;
        bool away = false;
        quint64 turn = 0; ///< Of the newest list begun.
        QList<UserId> watched;
    };
    /// Somebody this shard vouches for.
    struct Person
    {
        QSet<SessionId> devices;
        qint64 leavesAtMs = 0; ///< Without devices: when they are gone, by the monotonic clock.
        qint64 lastSeenAt = 0; ///< When the last device closed; 0: not to be written.
    };
    struct Watched
    {
        QSet<SessionId> watchers;
        std::optional<Presence> told; ///< To all of them.
        quint64 look = 0;             ///< The newest that counted; what an older one found does not.
    };

    void removeDevice(const SessionId &sessionId, int graceMs);
    void vouchFor(const UserId &userId);
    void lookAt(const UserId &userId);
    void unwatch(const SessionId &sessionId, const UserId &userId);
    void unwatchAll(const SessionId &sessionId, Device &device);
    void tick();
    void startLeaving();
    Task<Done> leave(QHash<UserId, qint64> times);
    void addSlice();
    Task<Done> refresh(QList<UserId> people);

    PresenceRows &m_rows;
    PresenceBoard &m_board;
    const Clock &m_clock;
    const DeskTimings m_timings;
    Sink m_sink;
    QHash<SessionId, Device> m_devices;
    QHash<UserId, Person> m_here;
    QHash<UserId, Watched> m_watched;
    QSet<UserId> m_hinted; ///< Watched, and perhaps different from what was told.
    QList<UserId> m_due;   ///< The same, in the order in which they are looked at.
    QList<UserId> m_round; ///< Watched, still to be looked at in this round.
    quint64 m_looks = 0;
    Counts m_counts;
    quint64 m_turns = 0;
    bool m_refreshing = false;
    bool m_leaving = false;
    QTimer m_ticking;
    TaskScope m_tasks;
};

} // namespace confab::server
