// SPDX-License-Identifier: MIT
#include "tests/simulation/Bus.h"

#include "server/services/events/Envelope.h"

#include <QtCore/QHash>

#include <algorithm>

namespace confab::simulation {

namespace {

constexpr double kLost = 0.08;
constexpr double kDoubled = 0.1;
constexpr double kOvertaken = 0.2;
constexpr qint64 kOvertakenMs = 800;

} // namespace

/// Who is subscribed to what, and what is under way.
class Bus::Core : public std::enable_shared_from_this<Bus::Core>
{
public:
    Core(Loop &itsLoop, BusWeather itsWeather, quint64 seed) : loop(itsLoop), weather(itsWeather), random(seed, 77) { }

    void publish(const QByteArray &topic, const QByteArray &payload);

    Loop &loop;
    BusWeather weather;
    Random random;
    QList<Endpoint *> endpoints;
    qint64 subscriptionDelayMs = 0;
    bool dead = false;

private:
    void send(qsizetype index, qint64 delayMs, const QByteArray &topic, const QByteArray &payload);
};

/// One shard's end.
class Bus::Endpoint final : public server::Bus
{
public:
    explicit Endpoint(std::shared_ptr<Core> core) : m_core(std::move(core)) { m_core->endpoints.append(this); }
    // Its place stays, so that those behind keep theirs.
    ~Endpoint() override { m_core->endpoints[m_core->endpoints.indexOf(this)] = nullptr; }

    void publish(const QByteArray &topic, const QByteArray &payload) override { m_core->publish(topic, payload); }
    void subscribe(const QByteArray &topic) override
    {
        if (++m_counts[topic] == 1)
            m_since[topic] = m_core->loop.nowMs() + m_core->subscriptionDelayMs;
    }
    void unsubscribe(const QByteArray &topic) override
    {
        const auto found = m_counts.find(topic);
        if (found == m_counts.end() || --*found > 0)
            return;
        m_counts.erase(found);
        m_since.remove(topic);
    }
    void setHandler(Handler handler) override { m_handler = std::move(handler); }

    bool hears(const QByteArray &topic) const
    {
        const auto since = m_since.constFind(topic);
        return since != m_since.cend() && *since <= m_core->loop.nowMs();
    }
    void deliver(const QByteArray &topic, const QByteArray &payload)
    {
        if (m_handler && m_counts.contains(topic))
            m_handler(topic, payload);
    }

    qint64 lastDue = 0;

private:
    const std::shared_ptr<Core> m_core;
    QHash<QByteArray, int> m_counts;
    QHash<QByteArray, qint64> m_since;
    Handler m_handler;
};

void Bus::Core::publish(const QByteArray &topic, const QByteArray &payload)
{
    if (dead)
        return;
    for (qsizetype i = 0; i < endpoints.size(); ++i) {
        if (!endpoints.at(i) || !endpoints.at(i)->hears(topic))
            continue;
        const qint64 now = loop.nowMs();
        const Result<server::Envelope> envelope = server::decodeEnvelope(payload);
        const bool ofConversation = envelope && envelope->kind == server::Envelope::Kind::Conversation;
        const bool wild = weather == BusWeather::Lossy || (weather == BusWeather::Shuffled && ofConversation);
        if (wild && weather == BusWeather::Lossy && random.chance(kLost))
            continue;
        if (wild && random.chance(kDoubled))
            send(i, random.between(0, kOvertakenMs), topic, payload);
        if (wild && random.chance(kOvertaken)) {
            send(i, random.between(0, kOvertakenMs), topic, payload);
            continue;
        }
        qint64 &lastDue = endpoints.at(i)->lastDue;
        lastDue = std::max(lastDue, now + random.between(0, 3));
        send(i, lastDue - now, topic, payload);
    }
}

void Bus::Core::send(qsizetype index, qint64 delayMs, const QByteArray &topic, const QByteArray &payload)
{
    loop.after(delayMs, [self = shared_from_this(), index, topic, payload] {
        if (!self->dead && self->endpoints.at(index))
            self->endpoints.at(index)->deliver(topic, payload);
    });
}

Bus::Bus(Loop &loop, BusWeather weather, quint64 seed) : m_core(std::make_shared<Core>(loop, weather, seed)) { }

Bus::~Bus() = default;

std::unique_ptr<server::Bus> Bus::makeEndpoint()
{
    return std::make_unique<Endpoint>(m_core);
}

void Bus::kill()
{
    m_core->dead = true;
}

void Bus::heal()
{
    m_core->weather = BusWeather::Ordered;
}

void Bus::delaySubscriptions(qint64 milliseconds)
{
    m_core->subscriptionDelayMs = milliseconds;
}

} // namespace confab::simulation
