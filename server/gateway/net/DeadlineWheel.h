// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Clock.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QObject>

#include <array>
#include <vector>

namespace confab::server {

class DeadlineWheel;

/// Something that wants to be woken at about a time: one entry of a DeadlineWheel, at most one deadline at a time.
class Deadline
{
public:
    virtual ~Deadline();
    Q_DISABLE_COPY_MOVE(Deadline)

    /// The deadline came. May set the next one; may not destroy the entry.
    virtual void due(qint64 nowMs) = 0;

protected:
    Deadline() = default;

private:
    friend class DeadlineWheel;
    DeadlineWheel *m_wheel = nullptr;
    qint64 m_dueMs = 0;
    quint32 m_slot = 0;
    quint32 m_index = 0;
};

/// Deadlines of many connections on one coarse timer: setting one costs a few pointers and no timer.
///
/// A deadline is met up to one tick late, never early. Lives on one thread; must outlive its entries' deadlines.
class DeadlineWheel : public QObject
{
public:
    DeadlineWheel(const Clock &clock, qint64 tickMs);
    ~DeadlineWheel() override;

    /// Sets or moves an entry's deadline to \a delayMs from now.
    void set(Deadline &deadline, qint64 delayMs);
    void clear(Deadline &deadline);

    qint64 nowMs() const { return m_clock.monotonicMs(); }

    /// Wakes whoever is due. The timer calls it every tick; tests with a clock of their own call it themselves.
    void advance();

protected:
    void timerEvent(QTimerEvent *) override { advance(); }

private:
    static constexpr quint32 kSlots = 256;

    void insert(Deadline &deadline, qint64 slotTick);

    const Clock &m_clock;
    const qint64 m_tickMs;
    qint64 m_tick; // the last one that was looked at
    std::array<std::vector<Deadline *>, kSlots> m_slots;
    QBasicTimer m_timer;
};

} // namespace confab::server
