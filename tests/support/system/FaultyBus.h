// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/system/BusAround.h"

#include <atomic>

namespace confab::test {

/// What goes wrong on the bus, set by a test while the server runs.
struct BusFaults
{
    std::atomic<bool> drops = false;    ///< Nothing arrives.
    std::atomic<bool> doubles = false;  ///< Everything arrives twice.
    std::atomic<bool> reorders = false; ///< Every other message comes after the next one.
};

/// One shard's endpoint of a bus that loses, doubles and reorders, as the real one may.
class FaultyBus final : public BusAround
{
public:
    FaultyBus(std::unique_ptr<server::Bus> bus, const BusFaults &faults) : BusAround(std::move(bus)), m_faults(faults)
    {
    }

    void publish(const QByteArray &topic, const QByteArray &payload) override
    {
        if (m_faults.drops)
            return;
        if (m_faults.reorders && m_heldPayload.isEmpty()) {
            m_heldTopic = topic;
            m_heldPayload = payload;
            return;
        }
        BusAround::publish(topic, payload);
        if (m_faults.doubles)
            BusAround::publish(topic, payload);
        if (!m_heldPayload.isEmpty())
            BusAround::publish(std::exchange(m_heldTopic, {}), std::exchange(m_heldPayload, {}));
    }

private:
    const BusFaults &m_faults;
    QByteArray m_heldTopic;
    QByteArray m_heldPayload;
};

} // namespace confab::test
