// SPDX-License-Identifier: MIT
#include "apps/confab-bench/Scenarios.h"
#include "apps/confab-bench/Stage.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <thread>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {

using Moment = std::chrono::steady_clock::time_point;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr qint64 kAskAgainMs = 500;
constexpr auto kText = "Message %1 of many, about as long as what people write."_L1;

/// Messages that are due at even moments, whatever became of those before: each is timed from when it was due. A server
/// that stalls makes all late that were due meanwhile, as it makes people wait who do not wait for each other.
class Timetable
{
public:
    Timetable(Stage &stage, const Plan &plan)
        : m_stage(stage), m_plan(plan), m_arrivals(static_cast<std::size_t>(count()), microseconds(-1))
    {
    }

    qint64 count() const { return qint64(m_plan.rate) * m_plan.seconds; }
    qint64 arrived() const { return m_arrived; }
    qint64 acknowledged() const { return static_cast<qint64>(m_acknowledgements.size()); }
    qint64 doubled() const { return m_doubled; }
    /// Receivers that have any message at all.
    int reached() const { return static_cast<int>(m_reached.size()); }

    /// Sends a message that is not timed; it says whether the receiver's node serves the conversation yet.
    void probe(int pair) { send(pair, -1, steady_clock::now()); }
    bool isReached(int pair) const { return m_reached.contains(pair); }

    void begin() { m_begin = steady_clock::now(); }
    /// Sends what is due.
    void turn()
    {
        for (; m_next < count() && due(m_next) <= steady_clock::now(); ++m_next) {
            m_lateness.push_back(since(due(m_next)));
            send(static_cast<int>(m_next % m_plan.pairs), m_next, due(m_next));
        }
        stallOnce();
        pauseOnce();
    }
    /// An event came at a connection.
    void take(const LoadConnection &connection, std::string_view bytes)
    {
        if (connection.index % 2 == 0)
            return;
        const Result<ServerFrame> frame =
            decodeServerFrame(QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
        if (!frame || frame->event != Message::kEvent)
            return;
        const Result<Message> message = decodeCbor<Message>(frame->body, Strictness::Reply);
        if (!message || message->conversationId != connection.conversationId)
            return;
        m_reached.insert(connection.index / 2);
        const qint64 number = message->content.text.section(u' ', 1, 1).toLongLong();
        if (number < 0 || number >= m_next)
            return;
        microseconds &arrival = m_arrivals[static_cast<std::size_t>(number)];
        if (arrival.count() >= 0) {
            ++m_doubled;
            return;
        }
        arrival = since(due(number));
        ++m_arrived;
    }

    QJsonObject result()
    {
        QJsonObject figures;
        addPercentiles(figures, {}, m_arrivals);
        addPercentiles(figures, u"acknowledged"_s, m_acknowledgements);
        addPercentiles(figures, u"late"_s, m_lateness);
        return figures;
    }

private:
    Moment due(qint64 number) const { return m_begin + microseconds(number * 1'000'000 / m_plan.rate); }
    static microseconds since(Moment moment)
    {
        return std::chrono::duration_cast<microseconds>(steady_clock::now() - moment);
    }

    void send(int pair, qint64 number, Moment due)
    {
        LoadConnection &sender = m_stage.connection(2 * pair);
        SendMessage send;
        send.conversationId = sender.conversationId;
        send.clientId = m_stage.ids().make<ClientId>();
        send.text = QString(kText).arg(number);
        sender.call(send, [this, number, due](LoadConnection &, const ServerFrame &frame) {
            if (m_stage.decodeReply<Message>(frame) && number >= 0)
                m_acknowledgements.push_back(since(due));
        });
    }

    /// Stops the receivers' node in the middle of the time, and lets it go on.
    void stallOnce()
    {
        const Moment middle = m_begin + std::chrono::milliseconds(m_plan.seconds * 1000 / 2);
        ServerUnderTest &node = m_stage.server(m_plan.nodes - 1);
        if (m_stall == Stall::Ahead && m_plan.stallMs > 0 && steady_clock::now() >= middle) {
            node.signal(SIGSTOP);
            m_stall = Stall::Now;
        } else if (m_stall == Stall::Now && steady_clock::now() >= middle + std::chrono::milliseconds(m_plan.stallMs)) {
            node.signal(SIGCONT);
            m_stall = Stall::Over;
        }
    }

    /// What a machine does to this program that has no core left: what is due meanwhile is late, too.
    void pauseOnce()
    {
        if (m_hasPaused || steady_clock::now() < m_begin + std::chrono::milliseconds(m_plan.seconds * 1000 / 4))
            return;
        m_hasPaused = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(m_plan.pauseMs));
    }

    static void addPercentiles(QJsonObject &figures, const QString &what, std::vector<microseconds> &times)
    {
        std::sort(times.begin(), times.end());
        const auto at = [&times](double share) {
            const auto index = static_cast<std::size_t>(std::ceil(share * double(times.size()))) - 1;
            return double(times.at(index).count()) / 1000;
        };
        for (const auto &[name, share] : {std::pair{u"Median"_s, 0.5}, {u"P99"_s, 0.99}, {u"Max"_s, 1.0}}) {
            QString field = what + name + u"Milliseconds"_s;
            field[0] = field.at(0).toLower();
            figures.insert(field, at(share));
        }
    }

    enum class Stall { Ahead, Now, Over };

    Stage &m_stage;
    const Plan &m_plan;
    Moment m_begin;
    qint64 m_next = 0;
    qint64 m_arrived = 0;
    qint64 m_doubled = 0;
    QSet<int> m_reached;
    Stall m_stall = Stall::Ahead;
    bool m_hasPaused = false;
    std::vector<microseconds> m_arrivals; ///< By number; -1: not yet.
    std::vector<microseconds> m_acknowledgements;
    std::vector<microseconds> m_lateness; ///< Of this program.
};

/// A node serves a conversation a moment after it was made at another one.
bool reachAll(Stage &stage, Timetable &table, int pairs)
{
    for (qint64 waited = 0; waited < kDrainMs && table.reached() < pairs; waited += kAskAgainMs) {
        for (int pair = 0; pair < pairs; ++pair) {
            if (!table.isReached(pair))
                table.probe(pair);
        }
        stage.loop().run([&] { return table.reached() == pairs || stage.refused().has_value(); }, kAskAgainMs);
    }
    return table.reached() == pairs;
}

} // namespace

Result<QJsonObject> runLatency(const Plan &plan)
{
    Stage stage(plan);
    const Result<Done> opened = stage.open(plan, plan.pairs * 2);
    if (!opened)
        return opened.error();
    QList<QList<int>> couples;
    for (int i = 0; i < plan.pairs; ++i)
        couples.append({2 * i, 2 * i + 1});
    const Result<Done> coupled = stage.converse(couples, Conversation::Kind::Direct);
    if (!coupled)
        return coupled.error();

    Timetable table(stage, plan);
    stage.loop().onEvent = [&](LoadConnection &connection, std::string_view frame) { table.take(connection, frame); };
    if (!reachAll(stage, table, plan.pairs))
        return stage.refused().value_or(Error::internal(u"only %1 receivers were reached"_s.arg(table.reached())));
    stage.loop().turnEvery(1);
    table.begin();
    const bool all = stage.loop().run(
        [&] {
            table.turn();
            return (table.arrived() == table.count() && table.acknowledged() == table.count()) ||
                   stage.refused().has_value();
        },
        plan.seconds * 1000 + kDrainMs);
    if (stage.refused())
        return *stage.refused();
    if (!all)
        return Error::internal(u"%1 of %2 messages arrived"_s.arg(table.arrived()).arg(table.count()));
    QJsonObject result = table.result();
    result[u"scenario"_s] = u"latency"_s;
    result[u"pairs"_s] = plan.pairs;
    result[u"rate"_s] = plan.rate;
    result[u"seconds"_s] = plan.seconds;
    result[u"stallMilliseconds"_s] = plan.stallMs;
    result[u"pauseMilliseconds"_s] = plan.pauseMs;
    result[u"arrived"_s] = table.arrived();
    result[u"doubled"_s] = table.doubled();
    return result;
}

} // namespace confab::bench
