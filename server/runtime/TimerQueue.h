// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QAbstractEventDispatcher>

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace confab::server {

/// The timers of one thread in the order they are due; it knows no clock, so every call is told the time.
///
/// Times are nanoseconds of a monotonic clock, intervals milliseconds. Precise timers keep their exact deadline.
/// Coarse ones of 20 ms and more are moved by at most 2.5 % of their interval onto a grid that all of them share, so
/// that they fire together; very coarse ones of a second and more fire on whole seconds. A periodic timer keeps
/// its rhythm: it is the rounded deadline that moves, not the next one's base.
class TimerQueue final
{
public:
    /// One timer that is due, as it was armed then.
    struct Due
    {
        int id;
        quint64 arming;
    };

    void add(int id, qint64 intervalMs, Qt::TimerType type, QObject *object, qint64 now);
    bool remove(int id);
    bool removeAll(QObject *object);

    QList<QAbstractEventDispatcher::TimerInfo> timersOf(QObject *object) const;

    /// Milliseconds until the timer fires, rounded up and not below 0; -1 where there is none.
    qint64 remainingMs(int id, qint64 now) const;

    /// When the next timer is due. Timers whose event is being delivered do not count: they never nest.
    std::optional<qint64> nextDeadline() const;

    /// The timers due at \a now in the order of their deadlines, each once.
    std::vector<Due> due(qint64 now) const;

    /// Arms a due timer anew and returns the object its event goes to; null when it has been removed or has fired
    /// since due(), as a nested event loop may have done. After the delivery call end() with the same value.
    QObject *begin(Due due, qint64 now);
    void end(Due due);

    bool isEmpty() const { return m_timers.empty(); }

private:
    struct Timer
    {
        qint64 interval; // ns
        qint64 base;     // the exact deadline, before rounding
        qint64 deadline;
        quint64 arming;
        quint64 activeSince; // the arming whose event is being delivered; 0 for none
        QObject *object;
        Qt::TimerType type;
    };
    struct Order
    {
        qint64 deadline;
        quint64 arming;
        int id;
        bool operator<(const Order &other) const
        {
            return deadline != other.deadline ? deadline < other.deadline : arming < other.arming;
        }
    };

    static qint64 rounded(const Timer &timer);

    std::unordered_map<int, Timer> m_timers;
    std::unordered_map<QObject *, std::vector<int>> m_ofObject;
    std::set<Order> m_order;
    quint64 m_lastArming = 0;
};

} // namespace confab::server
