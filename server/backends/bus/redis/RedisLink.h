// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/redis/RedisChannels.h"
#include "server/backends/bus/redis/RedisConnection.h"

#include <QtCore/QPointer>
#include <QtCore/QUuid>

#include <atomic>

namespace confab::server {

/// How long a link waits for what, in milliseconds, and what may wait.
struct RedisTimings
{
    int connectMs = 5000;    ///< From the attempt to being signed in.
    int heartbeatMs = 2000;  ///< Between two words that go through Redis and back.
    int silenceMs = 6000;    ///< Without one of them Redis counts as lost.
    int backoffBaseMs = 100; ///< The first wait is up to this, each further one up to twice as long.
    int backoffMaxMs = 5000;
    qint64 publishBytes = 8 * 1024 * 1024; ///< Not taken by Redis yet; beyond it what is published is left out.
};

/// What a link has done so far. Read by any thread.
struct RedisCounters
{
    std::atomic<bool> isUp = false;
    std::atomic<quint64> losses = 0;
    std::atomic<quint64> published = 0;
    std::atomic<quint64> received = 0; ///< Of other nodes.
    std::atomic<quint64> dropped = 0;  ///< Not published: Redis was away, or too slow.
    std::atomic<qint64> channels = 0;
};

/// One node's link to Redis: a connection that publishes and one that listens, made anew together when either is lost.
///
/// It is up when Redis is no replica and has confirmed all that is wanted; what is published before is left out. A
/// heartbeat goes out by the one connection and must come back by the other, so that a Redis that is silent, or stopped
/// taking part in publishing, is found. Lives on one thread; the signals come on it.
class RedisLink : public QObject
{
    Q_OBJECT

public:
    /// \a node is what other nodes know this one by. \a counters outlives it.
    RedisLink(const RedisUrl &url, const RedisTimings &timings, const QUuid &node, RedisCounters &counters,
              QObject *parent = nullptr);
    ~RedisLink() override;

    void start();
    void publish(const QByteArray &topic, const QByteArray &payload);
    /// Runs a command behind what was published so far; false while the link is down. Where it goes down before the
    /// answer \a answer is dropped uncalled.
    bool ask(const QList<QByteArray> &words, RedisConnection::Answer answer);
    /// The channel that a node listens to as long as its link is up.
    QByteArray echoOf(const QUuid &node) const { return m_prefix + "echo:" + node.toRfc4122().toHex(); }
    void want(const QByteArray &topic);
    void unwant(const QByteArray &topic);

    /// Calls back when all that is wanted by now is confirmed, or the link is down.
    void whenSettled(std::function<void()> callback);

Q_SIGNALS:
    /// Another node published.
    void received(const QByteArray &topic, const QByteArray &payload);
    /// This link, or another node's, is up again: what was published meanwhile did not come.
    void restored();

private:
    struct Waiter
    {
        quint64 ticket;
        std::function<void()> callback;
    };

    void connectNow();
    void askSentinel(qsizetype index, const QString &trouble);
    void openBoth(const RedisUrl::Place &place);
    void connectionReady();
    void listened(const RedisReply &reply);
    void sendSubscriptions();
    void settle();
    void beat();
    void checkRole();
    void lose(const QString &why);
    void drop(QPointer<RedisConnection> &connection);
    QByteArray channelOf(const QByteArray &topic) const { return m_prefix + topic; }

    const RedisUrl m_url;
    const RedisTimings m_timings;
    RedisCounters &m_counters;
    const QByteArray m_prefix; ///< Of all channels of an installation.
    const QByteArray m_node;   ///< Begins what this node publishes, 16 bytes.
    const QByteArray m_echo;   ///< The channel of this node's heartbeat.
    const QByteArray m_back;   ///< Where a node says that it is back: what it published meanwhile reached nobody.
    RedisChannels m_channels;
    QPointer<RedisConnection> m_sentinel;
    QPointer<RedisConnection> m_publisher;
    QPointer<RedisConnection> m_listener;
    QTimer m_retry;
    QTimer m_heartbeat;
    QTimer m_silence;
    std::vector<Waiter> m_waiters;
    qint64 m_underWay = 0;      ///< Bytes published that Redis has not answered.
    int m_failures = 0;         ///< Since it was up.
    bool m_isNoReplica = false; ///< The one connected to says so.
    bool m_isUp = false;
    bool m_isReported = false; ///< That it is down stands in the log.
};

} // namespace confab::server
