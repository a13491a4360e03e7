// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/presence/PresenceTimings.h"

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QTimer>

namespace confab::client {

/// Which people this device wants to hear of, and how they are present as far as that is known now.
///
/// A person is known from the first that the server told of them on this socket until nobody here asks any more or the
/// socket is lost. One request is under way at a time, so answers come in the order of what they answer. An event that
/// came meanwhile counts more than the answer, which may have been made before it; where they differ, the same people
/// are named once more, and the last answer without an event in between is right.
class PeoplePresence : public QObject
{
    Q_OBJECT

public:
    PeoplePresence(Connection &connection, const Clock &clock, const PresenceTimings &timings,
                   QObject *parent = nullptr);

    /// One more, and one less, who wants to know of a person.
    void watch(UserId id);
    void unwatch(UserId id);
    /// How many the server tells one socket of. Those who were asked for last come first.
    void setLimit(qint64 watchedPeople);
    /// A conversation is shared with these now: who was left out so far is asked for again.
    void met(const QSet<UserId> &ids);

    /// A hello was answered: the server may know nothing of what was said before.
    void connected();
    void connectionLost();
    void take(const PresenceChanges &changes);

Q_SIGNALS:
    /// How these people are present now. Unknown: nothing is known of them any more.
    void changed(const QList<confab::Presence> &people);

private:
    struct Interest
    {
        int count = 0;
        quint64 since = 0; ///< Larger is later.
    };

    QSet<UserId> wanted() const;
    void schedule();
    void say();
    void answered(const QSet<UserId> &asked, const Result<PresenceList> &reply);
    Presence current(Presence presence) const;
    void put(const Presence &presence, QList<Presence> &news);
    void tell(const QList<Presence> &news);
    void expire();

    Connection &m_connection;
    const Clock &m_clock;
    const PresenceTimings m_timings;
    qint64 m_limit = Limits().watchedPeople;
    quint64 m_interestCount = 0;
    QHash<UserId, Interest> m_interests;
    QHash<UserId, Presence> m_known;
    QSet<UserId> m_said;          ///< Whom this socket's server was told last.
    bool m_sayAgain = false;      ///< Even the same.
    bool m_asking = false;        ///< A request is under way.
    QSet<UserId> m_toldMeanwhile; ///< Of whom an event came while it is.
    QTimer m_gather;
    QTimer m_expiry;
};

} // namespace confab::client
