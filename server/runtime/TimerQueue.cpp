// SPDX-License-Identifier: MIT
#include "server/runtime/TimerQueue.h"

#include <algorithm>
#include <bit>

namespace confab::server {

namespace {
constexpr qint64 kMillisecond = 1'000'000;
constexpr qint64 kSecond = 1000 * kMillisecond;
constexpr qint64 kFinestCoarse = 20 * kMillisecond;

/// The point of the grid nearest to \a time.
qint64 nearest(qint64 time, qint64 grid)
{
    return (time + grid / 2) / grid * grid;
}
} // namespace

qint64 TimerQueue::rounded(const Timer &timer)
{
    if (timer.type == Qt::VeryCoarseTimer && timer.interval >= kSecond)
        return nearest(timer.base, kSecond);
    if (timer.type == Qt::PreciseTimer || timer.interval < kFinestCoarse)
        return timer.base;
    // A power of two, so that the grids of different intervals coincide.
    const auto slackMs = static_cast<quint64>(timer.interval / 20 / kMillisecond);
    return nearest(timer.base, static_cast<qint64>(std::bit_floor(slackMs)) * kMillisecond);
}

void TimerQueue::add(int id, qint64 intervalMs, Qt::TimerType type, QObject *object, qint64 now)
{
    remove(id);
    const qint64 interval = std::max<qint64>(0, intervalMs) * kMillisecond;
    Timer timer{interval, now + interval, 0, ++m_lastArming, 0, object, type};
    timer.deadline = rounded(timer);
    m_order.insert({timer.deadline, timer.arming, id});
    m_timers.emplace(id, timer);
    m_ofObject[object].push_back(id);
}

bool TimerQueue::remove(int id)
{
    const auto found = m_timers.find(id);
    if (found == m_timers.end())
        return false;
    const Timer &timer = found->second;
    m_order.erase({timer.deadline, timer.arming, id});
    const auto siblings = m_ofObject.find(timer.object);
    std::erase(siblings->second, id);
    if (siblings->second.empty())
        m_ofObject.erase(siblings);
    m_timers.erase(found);
    return true;
}

bool TimerQueue::removeAll(QObject *object)
{
    const auto found = m_ofObject.find(object);
    if (found == m_ofObject.end())
        return false;
    const std::vector<int> ids = found->second;
    for (const int id : ids)
        remove(id);
    return true;
}

QList<QAbstractEventDispatcher::TimerInfo> TimerQueue::timersOf(QObject *object) const
{
    QList<QAbstractEventDispatcher::TimerInfo> timers;
    const auto found = m_ofObject.find(object);
    if (found == m_ofObject.end())
        return timers;
    for (const int id : found->second) {
        const Timer &timer = m_timers.at(id);
        timers.append({id, static_cast<int>(timer.interval / kMillisecond), timer.type});
    }
    return timers;
}

qint64 TimerQueue::remainingMs(int id, qint64 now) const
{
    const auto found = m_timers.find(id);
    if (found == m_timers.end())
        return -1;
    return std::max<qint64>(0, (found->second.deadline - now + kMillisecond - 1) / kMillisecond);
}

std::optional<qint64> TimerQueue::nextDeadline() const
{
    for (const Order &order : m_order) {
        if (m_timers.at(order.id).activeSince == 0)
            return order.deadline;
    }
    return std::nullopt;
}

std::vector<TimerQueue::Due> TimerQueue::due(qint64 now) const
{
    std::vector<Due> due;
    for (const Order &order : m_order) {
        if (order.deadline > now)
            break;
        if (m_timers.at(order.id).activeSince == 0)
            due.push_back({order.id, order.arming});
    }
    return due;
}

QObject *TimerQueue::begin(Due due, qint64 now)
{
    const auto found = m_timers.find(due.id);
    if (found == m_timers.end() || found->second.arming != due.arming || found->second.activeSince != 0)
        return nullptr;
    Timer &timer = found->second;
    auto order = m_order.extract({timer.deadline, timer.arming, due.id});
    timer.activeSince = due.arming;
    timer.base += timer.interval;
    if (timer.base < now)
        timer.base = now + timer.interval;
    timer.deadline = rounded(timer);
    timer.arming = ++m_lastArming;
    order.value() = {timer.deadline, timer.arming, due.id};
    m_order.insert(std::move(order));
    return timer.object;
}

void TimerQueue::end(Due due)
{
    const auto found = m_timers.find(due.id);
    // Its id may belong to another timer by now.
    if (found != m_timers.end() && found->second.activeSince == due.arming)
        found->second.activeSince = 0;
}

} // namespace confab::server
