// SPDX-License-Identifier: MIT
#include "server/runtime/EpollEventDispatcher.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QThread>

#include <algorithm>
#include <limits>

#include <time.h>

namespace confab::server {

namespace {
qint64 monotonicNs()
{
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}
} // namespace

EpollEventDispatcher::EpollEventDispatcher(QObject *parent) : QAbstractEventDispatcher(parent) { }

EpollEventDispatcher::~EpollEventDispatcher() = default;

bool EpollEventDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted = false;
    const bool posted = std::exchange(m_ownWake, false);
    int delivered = posted ? 1 : 0;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();
    if (m_interrupted)
        return delivered > 0;

    const bool withSockets = !(flags & QEventLoop::ExcludeSocketNotifiers);
    // A turn that had events to send does not block: its caller may have waited for just those.
    const bool mayBlock = (flags & QEventLoop::WaitForMoreEvents) && !posted && !m_ownWake && !m_woken;
    if (mayBlock)
        Q_EMIT aboutToBlock();
    if (m_interrupted)
        return delivered > 0;
    // What is connected to aboutToBlock may have posted something.
    if (waitForWork(mayBlock && !m_ownWake, withSockets)) {
        ++delivered;
        QCoreApplication::sendPostedEvents();
    }
    if (withSockets)
        delivered += deliverSockets();
    delivered += deliverTimers();
    return delivered > 0;
}

bool EpollEventDispatcher::waitForWork(bool mayBlock, bool withSockets)
{
    std::optional<qint64> timeout = 0;
    if (mayBlock) {
        timeout = m_timers.nextDeadline();
        if (timeout)
            timeout = std::max<qint64>(0, *timeout - monotonicNs());
    }
    if (!(withSockets ? m_sockets.wait(timeout) : m_sockets.waitForWake(timeout)))
        return false;
    // Only now, when the descriptor has been emptied: who finds the flag set before posted in time for what follows,
    // and who finds it clear makes the descriptor readable again.
    m_woken = false;
    return true;
}

int EpollEventDispatcher::deliverSockets()
{
    int delivered = 0;
    while (QSocketNotifier *notifier = m_sockets.takeReady()) {
        QEvent event(QEvent::SockAct);
        QCoreApplication::sendEvent(notifier, &event);
        ++delivered;
    }
    return delivered;
}

int EpollEventDispatcher::deliverTimers()
{
    if (m_timers.isEmpty())
        return 0;
    int delivered = 0;
    const std::vector<TimerQueue::Due> dueTimers = m_timers.due(monotonicNs());
    for (const TimerQueue::Due due : dueTimers) {
        QObject *object = m_timers.begin(due, monotonicNs());
        if (!object)
            continue;
        QTimerEvent event(due.id);
        QCoreApplication::sendEvent(object, &event);
        m_timers.end(due);
        ++delivered;
    }
    return delivered;
}

void EpollEventDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    Q_ASSERT(QThread::currentThread() == thread() && notifier->thread() == thread());
    m_sockets.add(notifier);
}

void EpollEventDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    Q_ASSERT(QThread::currentThread() == thread() && notifier->thread() == thread());
    m_sockets.remove(notifier);
}

void EpollEventDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object)
{
    Q_ASSERT(QThread::currentThread() == thread() && object->thread() == thread());
    m_timers.add(timerId, interval, timerType, object, monotonicNs());
}

bool EpollEventDispatcher::unregisterTimer(int timerId)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return m_timers.remove(timerId);
}

bool EpollEventDispatcher::unregisterTimers(QObject *object)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return m_timers.removeAll(object);
}

QList<QAbstractEventDispatcher::TimerInfo> EpollEventDispatcher::registeredTimers(QObject *object) const
{
    return m_timers.timersOf(object);
}

int EpollEventDispatcher::remainingTime(int timerId)
{
    const qint64 remaining = m_timers.remainingMs(timerId, monotonicNs());
    return static_cast<int>(std::min<qint64>(remaining, std::numeric_limits<int>::max()));
}

void EpollEventDispatcher::wakeUp()
{
    if (QThread::currentThread() == thread())
        m_ownWake = true;
    else if (!m_woken.exchange(true))
        m_sockets.wake();
}

void EpollEventDispatcher::interrupt()
{
    m_interrupted = true;
    wakeUp();
}

} // namespace confab::server
