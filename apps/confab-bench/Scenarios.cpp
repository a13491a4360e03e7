// SPDX-License-Identifier: MIT
#include "apps/confab-bench/Scenarios.h"

#include "apps/confab-bench/Stage.h"

#include <QtCore/QElapsedTimer>

#include <algorithm>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {

constexpr int kWindow = 64; // messages a fan-out's sender has in flight

/// Adds the message an event frame holds to its receiver's count. The same bytes go to every member, so each distinct
/// frame is decoded once and looked up by its bytes after that.
class EventLedger
{
public:
    void count(LoadConnection &connection, std::string_view frame)
    {
        auto found = m_known.find(std::string(frame));
        if (found == m_known.end())
            found = m_known.emplace(std::string(frame), decode(frame)).first;
        if (found->second == 0)
            return;
        ++connection.eventCount;
        connection.eventIdSum += found->second;
        ++m_deliveries;
    }

    qint64 deliveries() const { return m_deliveries; }

private:
    static MessageId decode(std::string_view bytes)
    {
        const Result<ServerFrame> frame =
            decodeServerFrame(QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
        if (!frame || frame->event != Message::kEvent)
            return 0;
        const Result<Message> message = decodeCbor<Message>(frame->body, Strictness::Reply);
        return message ? message->id : 0;
    }

    std::unordered_map<std::string, MessageId> m_known;
    qint64 m_deliveries = 0;
};

QJsonObject perSecond(const QString &name, qint64 count, qint64 milliseconds)
{
    return {{name, count},
            {u"milliseconds"_s, milliseconds},
            {name + u"PerSecond"_s, double(count) * 1000 / double(qMax<qint64>(1, milliseconds))}};
}

} // namespace

Result<QJsonObject> runIdle(const Plan &plan)
{
    Stage stage(plan);
    const Result<Done> opened = stage.open(plan, plan.connections);
    if (!opened)
        return opened.error();
    const qint64 resident = stage.server().residentBytes();
    return QJsonObject{{u"scenario"_s, u"idle"_s},
                       {u"connections"_s, stage.loop().openCount()},
                       {u"residentBytes"_s, resident},
                       {u"residentBytesBefore"_s, stage.baseline()},
                       {u"bytesPerConnection"_s, double(resident - stage.baseline()) / plan.connections}};
}

Result<QJsonObject> runFanOut(const Plan &plan)
{
    Stage stage(plan);
    const Result<Done> opened = stage.open(plan, plan.connections);
    if (!opened)
        return opened.error();
    QList<int> everybody;
    for (int i = 0; i < plan.connections; ++i)
        everybody.append(i);
    const Result<Done> grouped = stage.converse({everybody}, Conversation::Kind::Group);
    if (!grouped)
        return grouped.error();

    EventLedger ledger;
    stage.loop().onEvent = [&](LoadConnection &connection, std::string_view frame) { ledger.count(connection, frame); };
    qint64 idSum = 0;
    int asked = 0;
    int acknowledged = 0;
    LoadConnection &sender = stage.connection(0);
    std::function<void()> sendNext = [&] {
        if (asked == plan.messages)
            return;
        SendMessage send;
        send.conversationId = sender.conversationId;
        send.clientId = stage.ids().make<ClientId>();
        send.text = u"Message %1 of the fan-out, about as long as what people write."_s.arg(++asked);
        sender.call(send, [&](LoadConnection &, const ServerFrame &frame) {
            const Result<Message> message = stage.decodeReply<Message>(frame);
            if (!message)
                return;
            idSum += message->id;
            ++acknowledged;
            sendNext();
        });
    };
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < kWindow; ++i)
        sendNext();
    const qint64 expected = qint64(plan.messages) * (plan.connections - 1);
    auto othersGot = [&] { return ledger.deliveries() - sender.eventCount; };
    const bool all = stage.loop().run(
        [&] { return (acknowledged == plan.messages && othersGot() >= expected) || stage.refused().has_value(); },
        kDrainMs);
    const qint64 elapsed = timer.elapsed();
    if (stage.refused())
        return *stage.refused();
    if (!all)
        return Error::internal(u"%1 of %2 deliveries arrived"_s.arg(othersGot()).arg(expected));
    for (const auto &connection : stage.loop().connections()) {
        if (connection->index != 0 && (connection->eventCount != plan.messages || connection->eventIdSum != idSum))
            return Error::internal(u"connection %1 got %2 of %3 messages"_s.arg(connection->index)
                                       .arg(connection->eventCount)
                                       .arg(plan.messages));
    }
    QJsonObject result = perSecond(u"deliveries"_s, expected, elapsed);
    result[u"scenario"_s] = u"fan-out"_s;
    result[u"members"_s] = plan.connections;
    result[u"messages"_s] = plan.messages;
    return result;
}

Result<QJsonObject> runPairs(const Plan &plan)
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

    EventLedger ledger;
    stage.loop().onEvent = [&](LoadConnection &connection, std::string_view frame) { ledger.count(connection, frame); };
    std::vector<qint64> sent(static_cast<std::size_t>(plan.pairs), 0);
    qint64 acknowledged = 0;
    bool over = false;
    int inFlight = 0;
    std::function<void(int)> sendNext = [&](int pair) {
        if (over)
            return;
        LoadConnection &sender = stage.connection(2 * pair);
        SendMessage send;
        send.conversationId = sender.conversationId;
        send.clientId = stage.ids().make<ClientId>();
        send.text = u"A message between two, as long as people write them."_s;
        ++inFlight;
        sender.call(send, [&, pair](LoadConnection &, const ServerFrame &frame) {
            --inFlight;
            if (!stage.decodeReply<Message>(frame))
                return;
            ++acknowledged;
            ++sent[static_cast<std::size_t>(pair)];
            sendNext(pair);
        });
    };
    QElapsedTimer timer;
    timer.start();
    for (int pair = 0; pair < plan.pairs; ++pair)
        sendNext(pair);
    stage.loop().run([&] { return timer.elapsed() >= plan.seconds * 1000 || stage.refused().has_value(); }, kSetUpMs);
    const qint64 elapsed = timer.elapsed();
    const qint64 counted = acknowledged;
    over = true;
    const bool drained = stage.loop().run(
        [&] {
            if (inFlight > 0)
                return false;
            for (int pair = 0; pair < plan.pairs; ++pair) {
                if (stage.connection(2 * pair + 1).eventCount != sent[static_cast<std::size_t>(pair)])
                    return false;
            }
            return true;
        },
        kDrainMs);
    if (stage.refused())
        return *stage.refused();
    if (!drained)
        return Error::internal(u"not every acknowledged message reached its receiver"_s);
    QJsonObject result = perSecond(u"sends"_s, counted, elapsed);
    result[u"scenario"_s] = u"pairs"_s;
    result[u"pairs"_s] = plan.pairs;
    return result;
}

} // namespace confab::bench
