// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisLink.h"

#include "server/runtime/Log.h"

#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <utility>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype kChannelsAtOnce = 256;
constexpr qsizetype kNodeBytes = 16;
} // namespace

RedisLink::RedisLink(const RedisUrl &url, const RedisTimings &timings, const QUuid &node, RedisCounters &counters,
                     QObject *parent)
    : QObject(parent), m_url(url), m_timings(timings), m_counters(counters),
      m_prefix("confab:" + QByteArray::number(url.database) + ':'), m_node(node.toRfc4122()), m_echo(echoOf(node)),
      m_back(m_prefix + "back")
{
    m_retry.setParent(this);
    m_retry.setSingleShot(true);
    m_retry.callOnTimeout(this, &RedisLink::connectNow);
    m_heartbeat.setParent(this);
    m_heartbeat.callOnTimeout(this, &RedisLink::beat);
    m_silence.setParent(this);
    m_silence.setSingleShot(true);
    m_silence.callOnTimeout(this, [this] {
        if (m_sentinel)
            m_sentinel->drop(u"it is silent"_s); // the next one is asked
        else
            lose(u"it is silent"_s);
    });
    m_channels.want(m_echo);
    m_channels.want(m_back);
}

RedisLink::~RedisLink()
{
    for (QPointer<RedisConnection> *connection : {&m_sentinel, &m_publisher, &m_listener})
        drop(*connection);
    m_counters.isUp = false;
    for (const Waiter &waiter : std::exchange(m_waiters, {}))
        waiter.callback();
}

void RedisLink::start()
{
    connectNow();
}

void RedisLink::publish(const QByteArray &topic, const QByteArray &payload)
{
    const QByteArray bytes = m_node + payload;
    if (!m_isUp || m_underWay + bytes.size() > m_timings.publishBytes) {
        ++m_counters.dropped;
        return;
    }
    m_underWay += bytes.size();
    ++m_counters.published;
    m_publisher->send({"PUBLISH", channelOf(topic), bytes},
                      [this, size = bytes.size()](const RedisReply &) { m_underWay -= size; });
}

bool RedisLink::ask(const QList<QByteArray> &words, RedisConnection::Answer answer)
{
    if (m_isUp)
        m_publisher->send(words, std::move(answer));
    return m_isUp;
}

void RedisLink::want(const QByteArray &topic)
{
    m_channels.want(channelOf(topic));
    sendSubscriptions();
}

void RedisLink::unwant(const QByteArray &topic)
{
    m_channels.unwant(channelOf(topic));
    sendSubscriptions();
}

void RedisLink::whenSettled(std::function<void()> callback)
{
    if (!m_isUp || m_channels.isSettled(m_channels.ticket()))
        callback();
    else
        m_waiters.push_back({m_channels.ticket(), std::move(callback)});
}

// -- connecting ---------------------------------------------------------------------------------------------------

void RedisLink::connectNow()
{
    if (m_url.hasSentinels())
        askSentinel(0, {});
    else
        openBoth(m_url.places.value(0));
}

/// Sentinels are asked in turn; the first that knows the master counts. \a trouble: the last one's, for the log.
/// Source: https://redis.io/docs/latest/develop/reference/sentinel-clients/
void RedisLink::askSentinel(qsizetype index, const QString &trouble)
{
    m_silence.stop();
    if (index >= m_url.places.size()) {
        lose(u"no Sentinel names the master (%1)"_s.arg(trouble));
        return;
    }
    RedisUrl sentinel; // with a password of its own, or none
    sentinel.password = m_url.sentinelPassword;
    drop(m_sentinel);
    m_sentinel = new RedisConnection(this);
    connect(m_sentinel, &RedisConnection::lost, this,
            [this, index](const QString &why) { askSentinel(index + 1, why); });
    connect(m_sentinel, &RedisConnection::ready, this, [this, index] {
        m_silence.start(m_timings.silenceMs);
        m_sentinel->send({"SENTINEL", "get-master-addr-by-name", m_url.masterName.toUtf8()},
                         [this, index](const RedisReply &reply) {
                             drop(m_sentinel);
                             if (reply.items.size() == 2) {
                                 openBoth({QString::fromUtf8(reply.items.at(0).text),
                                           static_cast<quint16>(reply.items.at(1).text.toUShort())});
                             } else {
                                 askSentinel(index + 1, u"it watches no %1"_s.arg(m_url.masterName));
                             }
                         });
    });
    m_sentinel->open(sentinel, m_url.places.at(index), m_timings.connectMs);
}

void RedisLink::openBoth(const RedisUrl::Place &place)
{
    m_silence.stop();
    m_channels.restart();
    m_underWay = 0;
    m_isNoReplica = false;
    for (QPointer<RedisConnection> *connection : {&m_publisher, &m_listener}) {
        *connection = new RedisConnection(this);
        connect(*connection, &RedisConnection::ready, this, &RedisLink::connectionReady);
        connect(*connection, &RedisConnection::lost, this, &RedisLink::lose);
    }
    m_listener->setListener([this](const RedisReply &reply) { listened(reply); });
    const QPointer<RedisConnection> listener = m_listener;
    m_publisher->open(m_url, place, m_timings.connectMs);
    listener->open(m_url, place, m_timings.connectMs);
}

void RedisLink::connectionReady()
{
    if (!m_publisher->isReady() || !m_listener->isReady())
        return;
    checkRole();
    m_silence.start(m_timings.silenceMs);
    sendSubscriptions();
}

void RedisLink::sendSubscriptions()
{
    m_counters.channels = m_channels.count();
    if (!m_listener || !m_listener->isReady() || !m_publisher->isReady())
        return;
    const auto send = [this](const QByteArray &command, const QList<QByteArray> &channels) {
        for (qsizetype first = 0; first < channels.size(); first += kChannelsAtOnce)
            m_listener->listen(command, channels.mid(first, kChannelsAtOnce));
    };
    send("SUBSCRIBE", m_channels.takeSubscriptions());
    send("UNSUBSCRIBE", m_channels.takeUnsubscriptions());
}

void RedisLink::listened(const RedisReply &reply)
{
    if (reply.items.size() < 3)
        return;
    const QByteArray &kind = reply.items.at(0).text;
    const QByteArray &channel = reply.items.at(1).text;
    if (kind == "subscribe") {
        m_channels.subscribed(channel);
    } else if (kind == "unsubscribe") {
        m_channels.unsubscribed(channel);
    } else if (channel == m_echo) {
        m_silence.start(m_timings.silenceMs);
        return;
    } else {
        const QByteArray &bytes = reply.items.at(2).text;
        if (bytes.size() < kNodeBytes || bytes.startsWith(m_node))
            return;
        if (channel == m_back) {
            Q_EMIT restored();
            return;
        }
        ++m_counters.received;
        Q_EMIT received(channel.sliced(m_prefix.size()), bytes.sliced(kNodeBytes));
        return;
    }
    sendSubscriptions();
    settle();
}

void RedisLink::settle()
{
    if (!m_isUp && m_isNoReplica && m_channels.isSettled(m_channels.ticket())) {
        m_isUp = true;
        m_failures = 0;
        m_counters.isUp = true;
        m_heartbeat.start(m_timings.heartbeatMs);
        if (std::exchange(m_isReported, false))
            qCInfo(lcBus).noquote() << "Redis is back:" << m_url.toString();
        else
            qCInfo(lcBus).noquote() << "Redis is the bus between nodes:" << m_url.toString();
        beat();
        m_publisher->send({"PUBLISH", m_back, m_node});
        Q_EMIT restored();
    }
    const auto isDone = [this](const Waiter &waiter) { return m_channels.isSettled(waiter.ticket); };
    const auto done = std::stable_partition(m_waiters.begin(), m_waiters.end(), std::not_fn(isDone));
    std::vector<Waiter> settled(std::make_move_iterator(done), std::make_move_iterator(m_waiters.end()));
    m_waiters.erase(done, m_waiters.end());
    for (const Waiter &waiter : settled)
        waiter.callback();
}

void RedisLink::beat()
{
    m_publisher->send({"PUBLISH", m_echo, m_node});
    checkRole();
}

/// A master that was replaced serves on as a replica, and what is published there reaches nobody elsewhere. Its name,
/// or Sentinels, may lead to the new one.
void RedisLink::checkRole()
{
    m_publisher->send({"ROLE"}, [this](const RedisReply &reply) {
        // Who may not ask is told so by an error, which says nothing of the role.
        if (!reply.items.isEmpty() && reply.items.constFirst().text == "slave")
            lose(u"it is a replica"_s);
        else if (!std::exchange(m_isNoReplica, true))
            settle();
    });
}

void RedisLink::lose(const QString &why)
{
    if (std::exchange(m_isUp, false))
        ++m_counters.losses;
    m_counters.isUp = false;
    if (!std::exchange(m_isReported, true)) {
        qCWarning(lcBus).noquote() << "Redis cannot be used:" << why << "-" << m_url.toString()
                                   << "- changes reach other nodes seconds later until it is back";
    }
    for (QPointer<RedisConnection> *connection : {&m_sentinel, &m_publisher, &m_listener})
        drop(*connection);
    m_heartbeat.stop();
    m_silence.stop();
    const int longest = std::min(m_timings.backoffMaxMs, m_timings.backoffBaseMs << std::min(m_failures++, 16));
    m_retry.start(QRandomGenerator::global()->bounded(longest + 1));
    for (const Waiter &waiter : std::exchange(m_waiters, {}))
        waiter.callback();
}

void RedisLink::drop(QPointer<RedisConnection> &connection)
{
    if (!connection)
        return;
    connection->disconnect(this);
    connection->drop({});
    connection->deleteLater();
    connection.clear();
}

} // namespace confab::server
