// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Clock.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QHash>

#include <functional>
#include <map>

namespace confab::simulation {

/// The event loop of a simulation: time is a number that jumps to whatever is due next, and nothing ever waits.
///
/// Posted events go first, all of them; then time moves on to the next timer or scheduled action. Of those due at the
/// same millisecond the smaller lane goes first, then what was scheduled first. Descriptors are not watched.
class Loop final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    using Action = std::function<void()>;

    /// Milliseconds since the simulation began.
    qint64 nowMs() const { return m_now; }
    /// Does something once, \a delayMs from now.
    void after(qint64 delayMs, Action action, quint64 lane = 0);
    /// Lets time run until \a untilMs.
    void runUntil(qint64 untilMs);
    /// Forgets what is scheduled and sets time back to 0, for another simulation in the same thread.
    void reset();
    /// How many timers and actions were due so far.
    quint64 steps() const { return m_steps; }

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;
    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;
    void wakeUp() override { m_woken = true; }
    void interrupt() override { m_interrupted = true; }

protected:
    bool event(QEvent *event) override;

private:
    struct Key
    {
        qint64 due;
        quint64 lane;
        quint64 number;
        auto operator<=>(const Key &) const = default;
    };
    struct Timer
    {
        qint64 interval;
        Qt::TimerType type;
        QObject *object;
        Key key;
    };
    struct Entry
    {
        int timerId; ///< 0: an action.
        Action action;
    };

    Key arm(int timerId, qint64 due);
    void fire(Entry entry);

    qint64 m_now = 0;
    quint64 m_number = 0;
    quint64 m_steps = 0;
    std::map<Key, Entry> m_entries;
    QHash<int, Timer> m_timers;
    bool m_woken = false;
    bool m_interrupted = false;
};

/// What time it is by one machine of the simulation, whose clock may be wrong.
class VirtualClock final : public Clock
{
public:
    explicit VirtualClock(const Loop &loop) : m_loop(loop) { }

    qint64 utcMs() const override { return 1'700'000'000'000 + m_loop.nowMs() + m_skewMs; }
    qint64 monotonicMs() const override { return 1'000'000 + m_loop.nowMs(); }
    void jump(qint64 milliseconds) { m_skewMs += milliseconds; }

private:
    const Loop &m_loop;
    qint64 m_skewMs = 0;
};

} // namespace confab::simulation
