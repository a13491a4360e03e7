// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"

#include <atomic>
#include <memory>
#include <utility>

namespace confab::test {

/// What goes wrong on the bus, set by a test while the server runs.
struct BusFaults
{
    std::atomic<bool> drops = false;    ///< Nothing arrives.
    std::atomic<bool> doubles = false;  ///< Everything arrives twice.
    std::atomic<bool> reorders = false; ///< Every other message comes after the next one.
};

/// One shard's endpoint of a bus that loses, doubles and reorders, as the real one may.
class FaultyBus final : public server::Bus
{
public:
    FaultyBus(std::unique_ptr<server::Bus> bus, const BusFaults &faults) : m_bus(std::move(bus)), m_faults(faults) { }

    void publish(const QByteArray &topic, const QByteArray &payload) override
    {
        if (m_faults.drops)
            return;
        if (m_faults.reorders && m_heldPayload.isEmpty()) {
            m_heldTopic = topic;
            m_heldPayload = payload;
            return;
        }
        m_bus->publish(topic, payload);
        if (m_faults.doubles)
            m_bus->publish(topic, payload);
        if (!m_heldPayload.isEmpty())
            m_bus->publish(std::exchange(m_heldTopic, {}), std::exchange(m_heldPayload, {}));
    }
    void subscribe(const QByteArray &topic) override { m_bus->subscribe(topic); }
    void unsubscribe(const QByteArray &topic) override { m_bus->unsubscribe(topic); }
    void setHandler(Handler handler) override { m_bus->setHandler(std::move(handler)); }
    void setRestoredHandler(std::function<void()> handler) override { m_bus->setRestoredHandler(std::move(handler)); }
    server::Completion<Done> subscribed() override { return m_bus->subscribed(); }
    bool isLost() const override { return m_bus->isLost(); }

private:
    const std::unique_ptr<server::Bus> m_bus;
    const BusFaults &m_faults;
    QByteArray m_heldTopic;
    QByteArray m_heldPayload;
};

} // namespace confab::test
