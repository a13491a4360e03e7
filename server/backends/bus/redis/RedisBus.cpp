// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisBus.h"

#include "server/runtime/Shard.h"

#include <mutex>
#include <vector>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {
constexpr int kPatienceMs = 1000;
} // namespace

/// What the endpoints of a process share: the bus between them, the link, and how often each topic is wanted.
class RedisBus::Node
{
public:
    Node(const RedisUrl &url, const RedisTimings &timings, const QUuid &node) : m_thread(-1)
    {
        m_thread.start();
        m_thread.run([&] {
            m_gate = m_local.makeEndpoint();
            m_link = std::make_unique<RedisLink>(url, timings, node, m_counters);
            QObject::connect(
                m_link.get(), &RedisLink::received, m_link.get(),
                [this](const QByteArray &topic, const QByteArray &payload) { m_gate->publish(topic, payload); });
            QObject::connect(m_link.get(), &RedisLink::restored, m_link.get(), [this] { tellRestored(); });
            m_link->start();
        });
    }
    ~Node()
    {
        m_thread.run([this] {
            m_link.reset();
            m_gate.reset();
        });
        m_thread.stop();
    }
    Q_DISABLE_COPY_MOVE(Node)

    LocalBus &local() { return m_local; }
    const LocalBus &local() const { return m_local; }
    const RedisCounters &counters() const { return m_counters; }

    void publish(const QByteArray &topic, const QByteArray &payload)
    {
        m_thread.post([this, topic, payload] { m_link->publish(topic, payload); });
    }

    Completion<RedisReply> ask(const QList<QByteArray> &words, int patienceMs)
    {
        Completion<RedisReply> completion;
        if (!m_counters.isUp) {
            completion.completer().complete(Error::unavailable(u"Redis cannot be reached."_s));
            return completion;
        }
        m_thread.post([this, words, patienceMs, completer = completion.completer()] {
            if (!m_link->ask(words, [completer](const RedisReply &reply) { completer.complete(reply); }))
                return;
            QTimer::singleShot(patienceMs, Qt::PreciseTimer, m_link.get(), [completer] {
                completer.complete(Error::unavailable(u"Redis does not answer in time."_s));
            });
        });
        return completion;
    }

    QByteArray echoOf(const QUuid &node) const { return m_link->echoOf(node); }

    void want(const QByteArray &topic)
    {
        const std::lock_guard lock(m_mutex);
        if (++m_counts[topic] == 1)
            m_thread.post([this, topic] { m_link->want(topic); });
    }

    void unwant(const QByteArray &topic)
    {
        const std::lock_guard lock(m_mutex);
        if (--m_counts[topic] > 0)
            return;
        m_counts.remove(topic);
        m_thread.post([this, topic] { m_link->unwant(topic); });
    }

    Completion<Done> subscribed()
    {
        if (!m_counters.isUp)
            return Completion<Done>::ready(Done{});
        Completion<Done> completion;
        m_thread.post([this, completer = completion.completer()] {
            m_link->whenSettled([completer] { completer.complete(Done{}); });
        });
        return completion;
    }

    void enter(const void *endpoint, std::function<void()> restored)
    {
        const std::lock_guard lock(m_mutex);
        m_endpoints.insert(endpoint, {ThreadInbox::current(), std::move(restored)});
    }
    void leave(const void *endpoint)
    {
        const std::lock_guard lock(m_mutex);
        m_endpoints.remove(endpoint);
    }

private:
    struct Entry
    {
        std::shared_ptr<ThreadInbox> inbox;
        std::function<void()> restored; ///< Run on the inbox's thread.
    };

    void tellRestored()
    {
        const std::lock_guard lock(m_mutex);
        for (const Entry &entry : std::as_const(m_endpoints))
            entry.inbox->post(entry.restored);
    }

    LocalBus m_local;
    RedisCounters m_counters;
    std::mutex m_mutex;
    QHash<QByteArray, int> m_counts;        // guarded by m_mutex
    QHash<const void *, Entry> m_endpoints; // guarded by m_mutex
    Shard m_thread;
    std::unique_ptr<Bus> m_gate;       // on m_thread
    std::unique_ptr<RedisLink> m_link; // on m_thread
};

/// One shard's end.
class RedisBus::Endpoint final : public Bus
{
public:
    explicit Endpoint(std::shared_ptr<Node> node)
        : m_node(std::move(node)), m_local(m_node->local().makeEndpoint()), m_alive(std::make_shared<bool>(true))
    {
        m_node->enter(this, [this, alive = std::weak_ptr<bool>(m_alive)] {
            if (!alive.expired() && m_restored)
                m_restored();
        });
    }
    ~Endpoint() override
    {
        m_node->leave(this);
        for (auto topic = m_counts.cbegin(); topic != m_counts.cend(); ++topic)
            m_node->unwant(topic.key());
    }

    void publish(const QByteArray &topic, const QByteArray &payload) override
    {
        m_local->publish(topic, payload);
        m_node->publish(topic, payload);
    }

    void subscribe(const QByteArray &topic) override
    {
        m_local->subscribe(topic);
        if (++m_counts[topic] == 1)
            m_node->want(topic);
    }

    void unsubscribe(const QByteArray &topic) override
    {
        m_local->unsubscribe(topic);
        const auto found = m_counts.find(topic);
        if (found == m_counts.end() || --*found > 0)
            return;
        m_counts.erase(found);
        m_node->unwant(topic);
    }

    void setHandler(Handler handler) override { m_local->setHandler(std::move(handler)); }
    void setRestoredHandler(std::function<void()> handler) override { m_restored = std::move(handler); }
    Completion<Done> subscribed() override { return m_node->subscribed(); }
    bool isLost() const override { return !m_node->counters().isUp; }

private:
    const std::shared_ptr<Node> m_node;
    const std::unique_ptr<Bus> m_local;
    const std::shared_ptr<bool> m_alive;
    QHash<QByteArray, int> m_counts;
    std::function<void()> m_restored;
};

RedisBus::RedisBus(const RedisUrl &url, const RedisTimings &timings, const QUuid &node)
    : m_node(std::make_shared<Node>(url, timings, node))
{
}

RedisBus::~RedisBus() = default;

std::unique_ptr<Bus> RedisBus::makeEndpoint()
{
    return std::make_unique<Endpoint>(m_node);
}

Completion<RedisReply> RedisBus::ask(const QList<QByteArray> &words, int patienceMs)
{
    return m_node->ask(words, patienceMs);
}

Task<QSet<QUuid>> RedisBus::present(QList<QUuid> nodes)
{
    QList<QByteArray> words{"PUBSUB", "NUMSUB"};
    for (const QUuid &node : nodes)
        words.append(m_node->echoOf(node));
    auto asking = m_node->ask(words, kPatienceMs);
    const Result<RedisReply> reply = co_await asking;
    if (!reply)
        co_return reply.error();
    if (reply->items.size() != 2 * nodes.size()) // one who may not ask
        co_return Error::unavailable(u"Redis does not say who listens."_s);
    QSet<QUuid> present;
    for (qsizetype i = 0; i < nodes.size(); ++i) {
        if (reply->items.at(2 * i + 1).number > 0)
            present.insert(nodes.at(i));
    }
    co_return present;
}

LocalBus::Traffic RedisBus::traffic() const
{
    return m_node->local().traffic();
}

const RedisCounters &RedisBus::counters() const
{
    return m_node->counters();
}

} // namespace confab::server
