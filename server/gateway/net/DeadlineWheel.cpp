// SPDX-License-Identifier: MIT
#include "server/gateway/net/DeadlineWheel.h"

#include <algorithm>

namespace confab::server {

Deadline::~Deadline()
{
    if (m_wheel)
        m_wheel->clear(*this);
}

DeadlineWheel::DeadlineWheel(const Clock &clock, qint64 tickMs)
    : m_clock(clock), m_tickMs(tickMs), m_tick(clock.monotonicMs() / tickMs)
{
    m_timer.start(static_cast<int>(tickMs), Qt::CoarseTimer, this);
}

DeadlineWheel::~DeadlineWheel()
{
    for (std::vector<Deadline *> &slot : m_slots) {
        for (Deadline *deadline : slot)
            deadline->m_wheel = nullptr;
    }
}

void DeadlineWheel::set(Deadline &deadline, qint64 delayMs)
{
    clear(deadline);
    deadline.m_dueMs = nowMs() + delayMs;
    insert(deadline, deadline.m_dueMs / m_tickMs + 1);
}

void DeadlineWheel::insert(Deadline &deadline, qint64 slotTick)
{
    // What is farther away than the wheel is long is looked at once a turn and put back.
    const qint64 tick = std::clamp(slotTick, m_tick + 1, m_tick + qint64(kSlots) - 1);
    deadline.m_wheel = this;
    deadline.m_slot = static_cast<quint32>(tick % kSlots);
    std::vector<Deadline *> &slot = m_slots[deadline.m_slot];
    deadline.m_index = static_cast<quint32>(slot.size());
    slot.push_back(&deadline);
}

void DeadlineWheel::clear(Deadline &deadline)
{
    if (!deadline.m_wheel)
        return;
    std::vector<Deadline *> &slot = m_slots[deadline.m_slot];
    slot[deadline.m_index] = slot.back();
    slot[deadline.m_index]->m_index = deadline.m_index;
    slot.pop_back();
    deadline.m_wheel = nullptr;
}

void DeadlineWheel::advance()
{
    const qint64 now = nowMs();
    const qint64 target = now / m_tickMs;
    // After a long stall one turn of the wheel sees every entry.
    m_tick = std::max(m_tick, target - qint64(kSlots));
    while (m_tick < target) {
        ++m_tick;
        std::vector<Deadline *> &slot = m_slots[static_cast<std::size_t>(m_tick % kSlots)];
        std::size_t left = slot.size();
        while (left > 0 && !slot.empty()) {
            --left;
            Deadline &deadline = *slot.front();
            clear(deadline); // the slot's last entry takes its place, so the front is always the next one
            if (deadline.m_dueMs > now)
                insert(deadline, deadline.m_dueMs / m_tickMs + 1);
            else
                deadline.due(now);
        }
    }
}

} // namespace confab::server
