// SPDX-License-Identifier: MIT
#include "apps/confab-bench/Scenarios.h"

#include "apps/confab-bench/LoadLoop.h"
#include "apps/confab-bench/ServerUnderTest.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QElapsedTimer>

#include <algorithm>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kSetUpMs = 600'000;
constexpr qint64 kDrainMs = 60'000;
constexpr int kWindow = 64; // messages a fan-out's sender has in flight
constexpr int kPeopleAtOnce = 100;
constexpr int kWave = 64; // connections that sign up at a time

/// A server, a loop and signed-in connections: what every scenario begins with.
class Stage
{
public:
    explicit Stage(const Plan &plan) : m_server(plan.confabd), m_ids(m_clock) { }

    Result<Done> open(const Plan &plan, int connections)
    {
        const Result<quint16> port = m_server.start(plan.shards);
        if (!port)
            return port.error();
        m_loop = std::make_unique<LoadLoop>("127.0.0.1", *port);
        m_baseline = m_server.residentBytes();
        // In waves: whoever has not said hello within the server's deadline is closed, and hashing takes its time.
        for (int opened = 0; opened < connections;) {
            const int wave = std::min(kWave, connections - opened);
            m_loop->open(wave);
            opened += wave;
            const auto isOpen = [&] { return m_loop->openCount() + m_loop->closedCount() == opened; };
            if (!m_loop->run(isOpen, kSetUpMs))
                return Error::unavailable(u"connections did not open in time"_s);
            for (int index = opened - wave; index < opened; ++index)
                signUp(connection(index));
            const auto isSignedIn = [&] {
                return m_signedIn == opened || m_loop->closedCount() > 0 || m_refused.has_value();
            };
            const bool ended = m_loop->run(isSignedIn, kSetUpMs);
            if (m_refused)
                return *m_refused;
            if (!ended || m_signedIn != opened)
                return Error::unavailable(u"%1 of %2 connections signed in; first failure: %3"_s.arg(m_signedIn)
                                              .arg(connections)
                                              .arg(m_loop->firstFailure()));
        }
        return Done{};
    }

    LoadLoop &loop() { return *m_loop; }
    LoadConnection &connection(int index) { return *m_loop->connections()[static_cast<std::size_t>(index)]; }
    ServerUnderTest &server() { return m_server; }
    const IdGenerator &ids() const { return m_ids; }
    qint64 baseline() const { return m_baseline; }

    /// Makes conversations, one per entry of \a members, owned by that entry's first connection.
    Result<Done> converse(const QList<QList<int>> &members, Conversation::Kind kind)
    {
        int made = 0;
        for (const QList<int> &people : members) {
            CreateConversation create;
            create.clientId = m_ids.make<ClientId>();
            create.kind = kind;
            if (kind == Conversation::Kind::Group)
                create.title = u"Bench"_s;
            for (int member : people.mid(1, kPeopleAtOnce))
                create.memberIds.append(connection(member).userId);
            connection(people.first()).call(create, [&, people](LoadConnection &owner, const ServerFrame &frame) {
                const Result<Conversation> conversation = decodeReply<Conversation>(frame);
                if (!conversation)
                    return;
                for (int member : people)
                    connection(member).conversationId = conversation->id;
                addRest(owner, people, 1 + kPeopleAtOnce, made);
            });
        }
        if (!m_loop->run([&] { return made == members.size() || m_refused.has_value(); }, kSetUpMs))
            return m_refused.value_or(Error::unavailable(u"the conversations were not made in time"_s));
        return m_refused ? Result<Done>(*m_refused) : Result<Done>(Done{});
    }

    template<typename T>
    Result<T> decodeReply(const ServerFrame &frame)
    {
        Result<T> reply = frame.error ? Result<T>(*frame.error) : decodeCbor<T>(frame.body, Strictness::Reply);
        if (!reply && !m_refused)
            m_refused = reply.error();
        return reply;
    }

    const std::optional<Error> &refused() const { return m_refused; }

private:
    /// Adds the people from \a first on in portions the server takes, then counts the conversation as made.
    void addRest(LoadConnection &owner, const QList<int> &people, qsizetype first, int &made)
    {
        if (first >= people.size()) {
            ++made;
            return;
        }
        AddMembers add;
        add.conversationId = owner.conversationId;
        for (int member : people.mid(first, kPeopleAtOnce))
            add.userIds.append(connection(member).userId);
        owner.call(add, [this, people, first, &made](LoadConnection &answered, const ServerFrame &frame) {
            if (decodeReply<MemberList>(frame))
                addRest(answered, people, first + kPeopleAtOnce, made);
        });
    }

    void signUp(LoadConnection &connection)
    {
        RegisterAccount account;
        account.clientId = m_ids.make<ClientId>();
        account.handle = u"bench%1"_s.arg(connection.index, 6, 10, QLatin1Char('0'));
        account.displayName = u"Bench %1"_s.arg(connection.index);
        account.password = u"correct horse battery"_s;
        connection.call(account, [this](LoadConnection &answered, const ServerFrame &frame) {
            const Result<SignedIn> signedIn = decodeReply<SignedIn>(frame);
            if (!signedIn) {
                if (signedIn.error().kind() == ErrorKind::TryAgain) { // the hashing queue is bounded: ask again
                    m_refused.reset();
                    signUp(answered);
                }
                return;
            }
            answered.userId = signedIn->user.id;
            answered.token = signedIn->token;
            Hello hello;
            hello.token = signedIn->token;
            answered.call(hello, [this](LoadConnection &, const ServerFrame &reply) {
                if (decodeReply<HelloReply>(reply))
                    ++m_signedIn;
            });
        });
    }

    SystemClock m_clock;
    ServerUnderTest m_server;
    IdGenerator m_ids;
    std::unique_ptr<LoadLoop> m_loop;
    std::optional<Error> m_refused;
    qint64 m_baseline = 0;
    int m_signedIn = 0;
};

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
