// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"

#include <memory>
#include <utility>

namespace confab::test {

/// One shard's endpoint of a bus, around the real one. What a test wants otherwise it overrides.
class BusAround : public server::Bus
{
public:
    explicit BusAround(std::unique_ptr<server::Bus> bus) : m_bus(std::move(bus)) { }

    void publish(const QByteArray &topic, const QByteArray &payload) override { m_bus->publish(topic, payload); }
    void subscribe(const QByteArray &topic) override { m_bus->subscribe(topic); }
    void unsubscribe(const QByteArray &topic) override { m_bus->unsubscribe(topic); }
    void setHandler(Handler handler) override { m_bus->setHandler(std::move(handler)); }
    void setRestoredHandler(std::function<void()> handler) override { m_bus->setRestoredHandler(std::move(handler)); }
    server::Completion<Done> subscribed() override { return m_bus->subscribed(); }
    bool isLost() const override { return m_bus->isLost(); }

private:
    const std::unique_ptr<server::Bus> m_bus;
};

} // namespace confab::test
