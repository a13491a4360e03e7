// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QMap>

namespace confab::server {

/// Which channels are wanted and which of them Redis has confirmed, over any number of connections.
///
/// A channel is never subscribed while its unsubscription is on the way: hiredis (0.14) would forget the new one with
/// the old.
class RedisChannels
{
public:
    void want(const QByteArray &channel);
    void unwant(const QByteArray &channel);

    /// What is to be sent now; it counts as sent.
    QList<QByteArray> takeSubscriptions();
    QList<QByteArray> takeUnsubscriptions();

    // Redis says so.
    void subscribed(const QByteArray &channel);
    void unsubscribed(const QByteArray &channel);

    /// The connection is another one: all that is wanted is to be sent again.
    void restart();

    /// A number for what is wanted so far, and whether all of that was confirmed (or is not wanted any more).
    quint64 ticket() const { return m_lastTicket; }
    bool isSettled(quint64 ticket) const { return m_open.isEmpty() || m_open.firstKey() > ticket; }

    qsizetype count() const { return m_channels.size(); }

private:
    enum class Phase { None, Subscribing, Subscribed, Unsubscribing };
    struct Channel
    {
        bool isWanted = false;
        Phase phase = Phase::None;
        quint64 ticket = 0; ///< 0: confirmed.
    };

    void close(Channel &channel);

    QHash<QByteArray, Channel> m_channels;
    QMap<quint64, QByteArray> m_open; ///< Not confirmed, by ticket.
    QList<QByteArray> m_toSubscribe;
    QList<QByteArray> m_toUnsubscribe;
    quint64 m_lastTicket = 0;
};

} // namespace confab::server
