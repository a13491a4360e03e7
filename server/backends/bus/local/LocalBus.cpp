// SPDX-License-Identifier: MIT
#include "server/backends/bus/local/LocalBus.h"

#include "server/runtime/ThreadInbox.h"

#include <QtCore/QHash>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace confab::server {

/// What waits for one endpoint, filled by all threads.
class LocalBus::Inbox : public std::enable_shared_from_this<LocalBus::Inbox>
{
public:
    struct Item
    {
        QByteArray topic;
        QByteArray payload;
    };

    Inbox(Endpoint *endpoint, std::shared_ptr<ThreadInbox> thread) : m_endpoint(endpoint), m_thread(std::move(thread))
    {
    }

    void put(const QByteArray &topic, const QByteArray &payload)
    {
        bool wake = false;
        {
            const std::lock_guard lock(m_mutex);
            wake = m_items.empty();
            m_items.push_back({topic, payload});
        }
        if (wake)
            m_thread->post([self = shared_from_this()] { self->drain(); });
    }

    qsizetype waiting() const
    {
        const std::lock_guard lock(m_mutex);
        return static_cast<qsizetype>(m_items.size());
    }

    /// On the endpoint's thread: nothing more is delivered.
    void close() { m_endpoint = nullptr; }

private:
    void drain();

    Endpoint *m_endpoint; // touched by the endpoint's thread alone
    const std::shared_ptr<ThreadInbox> m_thread;
    mutable std::mutex m_mutex;
    std::vector<Item> m_items; // guarded by m_mutex
};

/// Who is subscribed to what.
class LocalBus::Core
{
public:
    void publish(const QByteArray &topic, const QByteArray &payload)
    {
        m_published.fetch_add(1, std::memory_order_relaxed);
        const std::shared_lock lock(m_mutex);
        const auto found = m_subscribers.constFind(topic);
        if (found == m_subscribers.constEnd())
            return;
        m_delivered.fetch_add(found->size(), std::memory_order_relaxed);
        for (const std::shared_ptr<Inbox> &inbox : *found)
            inbox->put(topic, payload);
    }

    Traffic traffic() const
    {
        Traffic traffic;
        traffic.published = m_published.load(std::memory_order_relaxed);
        traffic.delivered = m_delivered.load(std::memory_order_relaxed);
        const std::shared_lock lock(m_mutex);
        traffic.topics = m_subscribers.size();
        for (const std::weak_ptr<Inbox> &one : m_inboxes) {
            if (const std::shared_ptr<Inbox> inbox = one.lock())
                traffic.waiting += inbox->waiting();
        }
        return traffic;
    }

    void open(const std::shared_ptr<Inbox> &inbox)
    {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_inboxes, [](const std::weak_ptr<Inbox> &one) { return one.expired(); });
        m_inboxes.push_back(inbox);
    }

    void add(const QByteArray &topic, const std::shared_ptr<Inbox> &inbox)
    {
        const std::lock_guard lock(m_mutex);
        m_subscribers[topic].push_back(inbox);
    }

    void remove(const QByteArray &topic, const std::shared_ptr<Inbox> &inbox)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_subscribers.find(topic);
        if (found == m_subscribers.end())
            return;
        std::erase(*found, inbox);
        if (found->empty())
            m_subscribers.erase(found);
    }

private:
    std::atomic<quint64> m_published = 0;
    std::atomic<quint64> m_delivered = 0;
    mutable std::shared_mutex m_mutex;
    std::vector<std::weak_ptr<Inbox>> m_inboxes;                          // guarded by m_mutex
    QHash<QByteArray, std::vector<std::shared_ptr<Inbox>>> m_subscribers; // guarded by m_mutex
};

/// One shard's end.
class LocalBus::Endpoint final : public Bus
{
public:
    explicit Endpoint(std::shared_ptr<Core> core)
        : m_core(std::move(core)), m_inbox(std::make_shared<Inbox>(this, ThreadInbox::current()))
    {
        m_core->open(m_inbox);
    }

    ~Endpoint() override
    {
        for (auto it = m_counts.cbegin(); it != m_counts.cend(); ++it)
            m_core->remove(it.key(), m_inbox);
        m_inbox->close();
    }

    void publish(const QByteArray &topic, const QByteArray &payload) override { m_core->publish(topic, payload); }

    void subscribe(const QByteArray &topic) override
    {
        if (++m_counts[topic] == 1)
            m_core->add(topic, m_inbox);
    }

    void unsubscribe(const QByteArray &topic) override
    {
        const auto found = m_counts.find(topic);
        if (found == m_counts.end() || --*found > 0)
            return;
        m_counts.erase(found);
        m_core->remove(topic, m_inbox);
    }

    void setHandler(Handler handler) override { m_handler = std::move(handler); }

    void deliver(const QByteArray &topic, const QByteArray &payload)
    {
        // What was put before an unsubscribe may still have waited.
        if (m_handler && m_counts.contains(topic))
            m_handler(topic, payload);
    }

private:
    const std::shared_ptr<Core> m_core;
    const std::shared_ptr<Inbox> m_inbox;
    QHash<QByteArray, int> m_counts;
    Handler m_handler;
};

void LocalBus::Inbox::drain()
{
    std::vector<Item> items;
    {
        const std::lock_guard lock(m_mutex);
        items.swap(m_items);
    }
    for (const Item &item : items) {
        if (!m_endpoint)
            return;
        m_endpoint->deliver(item.topic, item.payload);
    }
}

LocalBus::LocalBus() : m_core(std::make_shared<Core>()) { }

LocalBus::~LocalBus() = default;

std::unique_ptr<Bus> LocalBus::makeEndpoint()
{
    return std::make_unique<Endpoint>(m_core);
}

LocalBus::Traffic LocalBus::traffic() const
{
    return m_core->traffic();
}

} // namespace confab::server
