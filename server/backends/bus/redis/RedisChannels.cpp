// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisChannels.h"

#include <utility>

namespace confab::server {

void RedisChannels::want(const QByteArray &name)
{
    Channel &channel = m_channels[name];
    if (std::exchange(channel.isWanted, true))
        return;
    if (channel.phase == Phase::Subscribed)
        return; // an unsubscription that was not sent yet is left out
    channel.ticket = ++m_lastTicket;
    m_open.insert(channel.ticket, name);
    if (channel.phase == Phase::None)
        m_toSubscribe.append(name);
}

void RedisChannels::unwant(const QByteArray &name)
{
    const auto found = m_channels.find(name);
    if (found == m_channels.end() || !std::exchange(found->isWanted, false))
        return;
    close(*found);
    if (found->phase == Phase::Subscribed)
        m_toUnsubscribe.append(name);
}

QList<QByteArray> RedisChannels::takeSubscriptions()
{
    QList<QByteArray> names;
    for (const QByteArray &name : std::exchange(m_toSubscribe, {})) {
        const auto found = m_channels.find(name);
        if (found == m_channels.end() || found->phase != Phase::None)
            continue;
        if (!found->isWanted) {
            m_channels.erase(found);
            continue;
        }
        found->phase = Phase::Subscribing;
        names.append(name);
    }
    return names;
}

QList<QByteArray> RedisChannels::takeUnsubscriptions()
{
    QList<QByteArray> names;
    for (const QByteArray &name : std::exchange(m_toUnsubscribe, {})) {
        const auto found = m_channels.find(name);
        if (found == m_channels.end() || found->isWanted || found->phase != Phase::Subscribed)
            continue;
        found->phase = Phase::Unsubscribing;
        names.append(name);
    }
    return names;
}

void RedisChannels::subscribed(const QByteArray &name)
{
    const auto found = m_channels.find(name);
    if (found == m_channels.end() || found->phase != Phase::Subscribing)
        return;
    found->phase = Phase::Subscribed;
    close(*found);
    if (!found->isWanted)
        m_toUnsubscribe.append(name);
}

void RedisChannels::unsubscribed(const QByteArray &name)
{
    const auto found = m_channels.find(name);
    if (found == m_channels.end() || found->phase != Phase::Unsubscribing)
        return;
    found->phase = Phase::None;
    if (found->isWanted)
        m_toSubscribe.append(name);
    else
        m_channels.erase(found);
}

void RedisChannels::restart()
{
    m_toSubscribe.clear();
    m_toUnsubscribe.clear();
    for (auto it = m_channels.begin(); it != m_channels.end();) {
        if (!it->isWanted) {
            it = m_channels.erase(it);
            continue;
        }
        it->phase = Phase::None;
        if (it->ticket == 0) {
            it->ticket = ++m_lastTicket;
            m_open.insert(it->ticket, it.key());
        }
        m_toSubscribe.append(it.key());
        ++it;
    }
}

void RedisChannels::close(Channel &channel)
{
    m_open.remove(std::exchange(channel.ticket, 0));
}

} // namespace confab::server
