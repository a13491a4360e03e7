// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operations.h"

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QTimer>
#include <QtWebSockets/QWebSocket>

namespace confab::test {

/// A device of somebody, as a program without the SDK: it says hello, hears who is there, and connects anew when its
/// socket closed, as it does while the test waits for a process and nobody answers pings.
class PresenceSocket : public QObject
{
public:
    /// \a watched: whom it watches as soon as it was greeted.
    PresenceSocket(const QUrl &socket, const QString &token, const QList<UserId> &watched = {});
    ~PresenceSocket() override;

    bool isGreeted() const { return m_isGreeted; }
    void setAway(bool away);

    /// The newest that came of somebody.
    Presence seen(const UserId &userId) const { return m_seen.value(userId); }
    Presence::State state(const UserId &userId) const { return seen(userId).state; }

    qint64 events = 0;             ///< Of presence.
    QSet<UserId> everOffline = {}; ///< Whom it heard to be offline.

private:
    void open(const QUrl &socket);
    void ask(const char *op, const QByteArray &params);
    void take(const QByteArray &bytes);
    void see(const QList<Presence> &people);

    QWebSocket m_socket;
    QTimer m_retry;
    const QList<UserId> m_watched;
    QHash<UserId, Presence> m_seen;
    qint64 m_requests = 0;
    bool m_isGreeted = false;
};

} // namespace confab::test
