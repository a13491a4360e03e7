// SPDX-License-Identifier: MIT
#include "server/gateway/GatewaySettings.h"
#include "tests/support/TestClass.h"
#include "tests/support/TestServer.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"
#include "tests/support/system/BusAround.h"
#include "tests/support/system/RestClient.h"
#include "tests/system/cluster/Crowd.h"

#include <QtCore/QRegularExpression>

#include <atomic>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPercent = 5; // of messages, for each fault

/// What became of the messages that came to all endpoints.
struct Tally
{
    std::atomic<int> came = 0;
    std::atomic<int> dropped = 0;
    std::atomic<int> doubled = 0;
    std::atomic<int> reordered = 0;
};

/// One shard's endpoint of a bus at which messages get lost, come twice, or come after the next one; others get them
/// right, or not, each for itself.
class UnreliableBus final : public BusAround
{
public:
    UnreliableBus(std::unique_ptr<server::Bus> bus, Tally &tally, quint32 seed)
        : BusAround(std::move(bus)), m_tally(tally), m_random(seed)
    {
    }

    void setHandler(Handler handler) override
    {
        m_handler = std::move(handler);
        BusAround::setHandler([this](const QByteArray &topic, const QByteArray &payload) { take(topic, payload); });
    }

private:
    void take(const QByteArray &topic, const QByteArray &payload)
    {
        ++m_tally.came;
        const int chance = m_random.bounded(100);
        if (chance < kPercent) {
            ++m_tally.dropped;
            return;
        }
        if (chance < 2 * kPercent && m_held.second.isEmpty()) {
            ++m_tally.reordered;
            m_held = {topic, payload};
            return;
        }
        pass(topic, payload);
        if (chance >= 100 - kPercent) {
            ++m_tally.doubled;
            pass(topic, payload);
        }
        const auto [heldTopic, held] = std::exchange(m_held, {});
        if (!held.isEmpty())
            pass(heldTopic, held);
    }
    void pass(const QByteArray &topic, const QByteArray &payload)
    {
        if (m_handler)
            m_handler(topic, payload);
    }

    Tally &m_tally;
    QRandomGenerator m_random;
    Handler m_handler;
    std::pair<QByteArray, QByteArray> m_held;
};

/// How many messages of other nodes came to this one.
double fromOthers(const TestServer &node)
{
    const QByteArray page = RestClient(node.url()).request("GET", u"/metrics"_s).body;
    static const QRegularExpression count(u"^confab_redis_received_total (\\S+)$"_s,
                                          QRegularExpression::MultilineOption);
    return count.match(QString::fromUtf8(page)).captured(1).toDouble();
}

} // namespace

/// Two nodes on a PostgreSQL and a Redis, at which what they tell each other gets lost, doubled and turned round while
/// people write, edit, delete and read.
class tst_UnreliableBus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case B2.
    void devicesAtBothNodesEndEqual()
    {
        PostgresServer postgres;
        RedisServer redis;
        QVERIFY(postgres.start());
        QVERIFY(redis.start());
        postgres.makeDatabase("unreliable");
        Tally tally;
        Seed seed;
        std::atomic<quint32> next = static_cast<quint32>(seed.between(0, 1'000'000));
        TestServer::Options options;
        options.configure = [&](server::Configuration &configuration) {
            configuration.postgresUrl = QString::fromLatin1(postgres.url("unreliable"));
            configuration.redisUrl = redis.url();
        };
        // The last message, which nothing after it tells of, is found by the comparison.
        options.gateway = [](server::GatewaySettings &settings) { settings.compareMs = 2'000; };
        options.bus = [&](std::unique_ptr<server::Bus> bus) {
            return std::make_unique<UnreliableBus>(std::move(bus), tally, ++next);
        };
        TestServer one(options);
        TestServer two(options);

        Crowd crowd({one.url(), two.url()}, 40, 10);
        const QString missing = crowd.gather();
        QVERIFY2(missing.isEmpty(), qPrintable(missing));
        for (int round = 0; round < scaled(100); ++round) {
            crowd.chat(8);
            crowd.meddle(3);
        }
        const QString complaints = crowd.settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        qInfo("%d messages came by the bus; %d were dropped, %d doubled, %d reordered", tally.came.load(),
              tally.dropped.load(), tally.doubled.load(), tally.reordered.load());
        for (const TestServer *node : {&one, &two})
            QVERIFY(fromOthers(*node) > 500);
        const int least = tally.came / 50; // 2 %
        QVERIFY(least > 20 && tally.dropped > least && tally.doubled > least && tally.reordered > least);
    }
};

CONFAB_TEST_CLASS(tst_UnreliableBus)
#include "tst_UnreliableBus.moc"
