// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/EpollSet.h"
#include "server/runtime/TimerQueue.h"

#include <QtCore/QAbstractEventDispatcher>

#include <atomic>

namespace confab::server {

/// An event dispatcher for Linux whose turn costs what is ready, not what is registered.
///
/// Qt's own ones hand every descriptor to the kernel at every turn, which halves a server's speed with each doubling of
/// its connections. Beyond what QAbstractEventDispatcher says: posted events go first, then sockets in the order the
/// kernel names them, then timers in the order of their deadlines, each at most once a turn.
class EpollEventDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    explicit EpollEventDispatcher(QObject *parent = nullptr);
    ~EpollEventDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;

    void wakeUp() override;
    void interrupt() override;

    /// How many epoll_ctl calls the thread's sockets have cost.
    quint64 controlCalls() const { return m_sockets.controlCalls(); }

private:
    bool waitForWork(bool mayBlock, bool withSockets);
    int deliverSockets();
    int deliverTimers();

    EpollSet m_sockets;
    TimerQueue m_timers;
    bool m_ownWake = false;            // woken by the own thread, which needs no system call
    std::atomic<bool> m_woken = false; // while true, the wake descriptor is or will be readable
    std::atomic<bool> m_interrupted = false;
};

} // namespace confab::server
