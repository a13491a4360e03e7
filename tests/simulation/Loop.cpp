// SPDX-License-Identifier: MIT
#include "tests/simulation/Loop.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QTimerEvent>

namespace confab::simulation {

namespace {

/// An action as an event: what is to be deleted later is deleted after an event, not after a mere call.
class ActionEvent final : public QEvent
{
public:
    static constexpr auto kType = static_cast<Type>(User + 1);

    explicit ActionEvent(Loop::Action &action) : QEvent(kType), m_action(action) { }
    void perform() { m_action(); }

private:
    Loop::Action &m_action;
};

} // namespace

void Loop::after(qint64 delayMs, Action action, quint64 lane)
{
    m_entries.emplace(Key{m_now + delayMs, lane, ++m_number}, Entry{0, std::move(action)});
}

void Loop::runUntil(qint64 untilMs)
{
    QEventLoop loop;
    after(qMax<qint64>(0, untilMs - m_now), [&loop] { loop.quit(); });
    loop.exec();
}

void Loop::reset()
{
    // What a destroyed simulation left to be deleted later.
    QEventLoop loop;
    after(0, [&loop] { loop.quit(); });
    loop.exec();
    for (auto entry = m_entries.begin(); entry != m_entries.end();)
        entry = entry->second.timerId == 0 ? m_entries.erase(entry) : std::next(entry);
    // The timer of QTimer::singleShot() is a child of the dispatcher and outlives a receiver that is destroyed.
    qDeleteAll(QObjectList(children()));
    Q_ASSERT(m_timers.isEmpty());
    m_now = 0;
    m_number = 0;
    m_steps = 0;
}

bool Loop::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_interrupted = false;
    Q_EMIT awake();
    do {
        m_woken = false;
        QCoreApplication::sendPostedEvents();
    } while (m_woken && !m_interrupted);
    if (m_interrupted)
        return true;
    if (m_entries.empty()) {
        if (flags & QEventLoop::WaitForMoreEvents)
            qFatal("the simulation waits for something that will never come");
        return false;
    }
    const auto next = m_entries.begin();
    if (next->first.due > m_now && !(flags & QEventLoop::WaitForMoreEvents))
        return false;
    m_now = qMax(m_now, next->first.due);
    ++m_steps;
    Entry entry = std::move(next->second);
    m_entries.erase(next);
    fire(std::move(entry));
    return true;
}

void Loop::fire(Entry entry)
{
    if (entry.timerId == 0) {
        ActionEvent event(entry.action);
        QCoreApplication::sendEvent(this, &event);
        return;
    }
    Timer &timer = m_timers[entry.timerId];
    timer.key = arm(entry.timerId, m_now + timer.interval);
    QObject *object = timer.object;
    QTimerEvent event(entry.timerId);
    QCoreApplication::sendEvent(object, &event);
}

bool Loop::event(QEvent *event)
{
    if (event->type() != ActionEvent::kType)
        return QAbstractEventDispatcher::event(event);
    static_cast<ActionEvent *>(event)->perform();
    return true;
}

Loop::Key Loop::arm(int timerId, qint64 due)
{
    const Key key{due, 0, ++m_number};
    m_entries.emplace(key, Entry{timerId, {}});
    return key;
}

void Loop::registerSocketNotifier(QSocketNotifier *)
{
    qFatal("a simulation has no sockets");
}

void Loop::unregisterSocketNotifier(QSocketNotifier *) { }

void Loop::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object)
{
    m_timers.insert(timerId, {interval, timerType, object, arm(timerId, m_now + interval)});
}

bool Loop::unregisterTimer(int timerId)
{
    const auto found = m_timers.constFind(timerId);
    if (found == m_timers.constEnd())
        return false;
    m_entries.erase(found->key);
    m_timers.erase(found);
    return true;
}

bool Loop::unregisterTimers(QObject *object)
{
    bool any = false;
    for (auto timer = m_timers.begin(); timer != m_timers.end();) {
        if (timer->object == object) {
            m_entries.erase(timer->key);
            timer = m_timers.erase(timer);
            any = true;
        } else {
            ++timer;
        }
    }
    return any;
}

QList<QAbstractEventDispatcher::TimerInfo> Loop::registeredTimers(QObject *object) const
{
    QList<TimerInfo> timers;
    for (auto timer = m_timers.cbegin(); timer != m_timers.cend(); ++timer) {
        if (timer->object == object)
            timers.append({timer.key(), static_cast<int>(timer->interval), timer->type});
    }
    return timers;
}

int Loop::remainingTime(int timerId)
{
    const auto found = m_timers.constFind(timerId);
    return found == m_timers.constEnd() ? -1 : static_cast<int>(qMax<qint64>(0, found->key.due - m_now));
}

} // namespace confab::simulation
