// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/presence/PresenceTimings.h"

#include <QtCore/QTimer>

#include <optional>

namespace confab::client {

/// What this person says of themselves, and whether somebody is at this device.
///
/// Whether one is away is part of each hello and said again until the server has confirmed what holds now, so that
/// what a lost connection swallowed is never taken for said. What comes of the status counts in the order it came,
/// but for an answer that something else has overtaken: then the server is asked.
class OwnPresenceSync : public QObject
{
    Q_OBJECT

public:
    OwnPresenceSync(Connection &connection, const Clock &clock, const PresenceTimings &timings,
                    QObject *parent = nullptr);

    void setAway(bool away);
    bool isAway() const { return m_away; }
    void setLimits(const Limits &limits) { m_limits = limits; }
    /// The operation that sets a status, or what is wrong with the text. \a expiresAt: 0 for none.
    Result<SetStatus> makeStatus(const QString &text, qint64 expiresAt) const;

    /// A hello is on its way that says whether one is away.
    void greeting();
    void connected(const OwnPresence &own);
    void connectionLost();
    void take(const OwnPresence &own);
    /// Nobody is signed in any more.
    void clear();

    /// A number for answered(): what came after it was taken has overtaken the answer.
    quint64 heard() const { return m_heard; }
    void answered(const OwnPresence &own, quint64 heardBefore);

Q_SIGNALS:
    void changed(const confab::OwnPresence &own);

private:
    void sayAway();
    void awayAnswered(bool said, const Result<Empty> &reply);
    void put(OwnPresence own);

    Connection &m_connection;
    const Clock &m_clock;
    const PresenceTimings m_timings;
    Limits m_limits;
    bool m_away = false;
    std::optional<bool> m_awaySaid; ///< To the server of this socket, last.
    bool m_greeting = false;
    bool m_saying = false;
    QTimer m_again;
    OwnPresence m_own;
    quint64 m_heard = 0;
    quint64 m_heardAtHello = 0;
    QTimer m_expiry;
};

} // namespace confab::client
