// SPDX-License-Identifier: MIT
#include "apps/confab-bench/Scenarios.h"

#include "apps/confab-bench/Stage.h"

#include <QtCore/QElapsedTimer>

#include <algorithm>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {

constexpr int kGroupSize = 20;

/// What one conversation came to while its members were away.
struct Missed
{
    qint64 count = 0;
    qint64 idSum = 0;
    Revision head = 0;
};

/// One device that comes back: what it held, and what it has learnt since.
struct Device
{
    int group = 0;
    Revision cursor = 0;
    Revision accountRevision = 0;
    qint64 count = 0;
    qint64 idSum = 0;
    qint64 syncedAtMs = -1;
    bool greeted = false;
};

/// Cuts all connections, and brings them back at once.
class Return
{
public:
    Return(Stage &stage, const Plan &plan) : m_stage(stage), m_plan(plan), m_devices(size_t(plan.connections)) { }

    Result<Done> prepare();
    Result<Done> missMessages();
    Result<QJsonObject> comeBack();

private:
    Device &device(const LoadConnection &connection) { return m_devices[static_cast<std::size_t>(connection.index)]; }
    void sayHello(LoadConnection &connection);
    void take(LoadConnection &connection, const ConversationChanges &changes);
    void askChanges(LoadConnection &connection);
    void sendNext(int group, int left, int &done);
    Result<Done> waitFor(const std::function<bool()> &done, const QString &what);
    Result<Done> judge() const;
    QJsonObject figures() const;

    Stage &m_stage;
    const Plan &m_plan;
    std::vector<Device> m_devices;
    std::vector<Missed> m_missed;
    QElapsedTimer m_timer;
    int m_greeted = 0;
    int m_synced = 0;
    qint64 m_helloMs = 0;
    qint64 m_retries = 0;
};

Result<Done> Return::waitFor(const std::function<bool()> &done, const QString &what)
{
    const bool ended = m_stage.loop().run([&] { return done() || m_stage.refused().has_value(); }, kSetUpMs);
    if (m_stage.refused())
        return *m_stage.refused();
    if (!ended)
        return Error::unavailable(
            u"%1 did not happen in time; first failure: %2"_s.arg(what).arg(m_stage.loop().firstFailure()));
    return Done{};
}

/// Groups, and each device's cursors as a hello gives them.
Result<Done> Return::prepare()
{
    QList<QList<int>> groups;
    for (int index = 0; index < m_plan.connections; ++index) {
        if (index % kGroupSize == 0)
            groups.append(QList<int>{});
        groups.last().append(index);
        m_devices[static_cast<std::size_t>(index)].group = static_cast<int>(groups.size()) - 1;
    }
    m_missed.resize(static_cast<std::size_t>(groups.size()));
    const Result<Done> made = m_stage.converse(groups, Conversation::Kind::Group);
    if (!made)
        return made.error();
    int known = 0;
    for (const auto &connection : m_stage.loop().connections()) {
        GetConversationChanges ask;
        ask.conversationId = connection->conversationId;
        connection->call(ask, [&](LoadConnection &answered, const ServerFrame &frame) {
            const Result<ConversationChanges> changes = m_stage.decodeReply<ConversationChanges>(frame);
            if (!changes)
                return;
            device(answered).cursor = changes->revision;
            ListConversations list;
            answered.call(list, [&](LoadConnection &listed, const ServerFrame &listFrame) {
                const Result<ConversationList> conversations = m_stage.decodeReply<ConversationList>(listFrame);
                if (!conversations)
                    return;
                device(listed).accountRevision = conversations->accountRevision;
                ++known;
            });
        });
    }
    return waitFor([&] { return known == m_plan.connections; }, u"reading the cursors"_s);
}

/// The owner of each group sends messages that the others, who are cut off, miss.
Result<Done> Return::missMessages()
{
    for (const auto &connection : m_stage.loop().connections()) {
        if (connection->index % kGroupSize != 0)
            m_stage.loop().cut(*connection);
    }
    int done = 0;
    for (int group = 0; group < static_cast<int>(m_missed.size()); ++group)
        sendNext(group, m_plan.messages, done);
    const Result<Done> sent =
        waitFor([&] { return done == static_cast<int>(m_missed.size()); }, u"sending while others are away"_s);
    if (!sent)
        return sent.error();
    for (const auto &connection : m_stage.loop().connections())
        m_stage.loop().cut(*connection);
    return Done{};
}

void Return::sendNext(int group, int left, int &done)
{
    if (left == 0) {
        ++done;
        return;
    }
    LoadConnection &owner = m_stage.connection(group * kGroupSize);
    SendMessage send;
    send.conversationId = owner.conversationId;
    send.clientId = m_stage.ids().make<ClientId>();
    send.text = u"A message that most of this group will learn of later."_s;
    owner.call(send, [this, group, left, &done](LoadConnection &, const ServerFrame &frame) {
        const Result<Message> message = m_stage.decodeReply<Message>(frame);
        if (!message)
            return;
        Missed &missed = m_missed[static_cast<std::size_t>(group)];
        ++missed.count;
        missed.idSum += message->id;
        missed.head = message->revision;
        sendNext(group, left - 1, done);
    });
}

void Return::sayHello(LoadConnection &connection)
{
    Hello hello;
    hello.token = connection.token;
    hello.accountRevision = device(connection).accountRevision;
    hello.cursors = {{connection.conversationId, device(connection).cursor}};
    connection.call(hello, [this](LoadConnection &answered, const ServerFrame &frame) {
        const Result<HelloReply> reply = m_stage.decodeReply<HelloReply>(frame);
        if (!reply) {
            if (reply.error().kind() == ErrorKind::TryAgain) {
                m_stage.forgive();
                ++m_retries;
                sayHello(answered);
            }
            return;
        }
        device(answered).greeted = true;
        if (++m_greeted == m_plan.connections)
            m_helloMs = m_timer.elapsed();
        for (const ConversationChanges &changes : reply->changes) {
            if (changes.conversationId == answered.conversationId)
                take(answered, changes);
        }
        if (reply->more.contains(answered.conversationId))
            askChanges(answered);
    });
}

void Return::askChanges(LoadConnection &connection)
{
    GetConversationChanges ask;
    ask.conversationId = connection.conversationId;
    ask.after = device(connection).cursor;
    connection.call(ask, [this](LoadConnection &answered, const ServerFrame &frame) {
        const Result<ConversationChanges> changes = m_stage.decodeReply<ConversationChanges>(frame);
        if (!changes)
            return;
        take(answered, *changes);
        if (changes->more)
            askChanges(answered);
    });
}

void Return::take(LoadConnection &connection, const ConversationChanges &changes)
{
    Device &mine = device(connection);
    for (const Message &message : changes.messages) {
        ++mine.count;
        mine.idSum += message.id;
    }
    if (!changes.hole.isNull()) { // the older ones of what was missed, in the order of their revision
        mine.count = 0;
        mine.idSum = 0;
        askChanges(connection);
        return;
    }
    mine.cursor = changes.revision;
    if (!changes.more && mine.syncedAtMs < 0) {
        mine.syncedAtMs = m_timer.elapsed();
        ++m_synced;
    }
}

Result<QJsonObject> Return::comeBack()
{
    LoadLoop &loop = m_stage.loop();
    if (m_plan.restart) {
        const Result<Done> restarted = m_stage.server().restart();
        if (!restarted)
            return restarted.error();
    }
    m_timer.start();
    loop.reopen();
    std::vector<bool> asked(m_devices.size(), false);
    const auto proceed = [&] {
        for (const auto &connection : loop.connections()) {
            const auto index = static_cast<std::size_t>(connection->index);
            if (!asked[index] && connection->state == LoadConnection::State::Open) {
                asked[index] = true;
                sayHello(*connection);
            }
        }
        return m_synced == m_plan.connections || loop.closedCount() > 0 || m_stage.refused().has_value();
    };
    const bool ended = loop.run(proceed, kDrainMs);
    if (m_stage.refused())
        return *m_stage.refused();
    if (!ended || m_synced != m_plan.connections)
        return Error::unavailable(u"%1 of %2 connections are in sync; first failure: %3"_s.arg(m_synced)
                                      .arg(m_plan.connections)
                                      .arg(loop.firstFailure()));
    const Result<Done> judged = judge();
    if (!judged)
        return judged.error();
    return figures();
}

/// Each device holds each message it missed, once.
Result<Done> Return::judge() const
{
    for (std::size_t index = 0; index < m_devices.size(); ++index) {
        const Device &each = m_devices[index];
        const Missed &missed = m_missed[static_cast<std::size_t>(each.group)];
        if (!each.greeted || each.count != missed.count || each.idSum != missed.idSum || each.cursor != missed.head)
            return Error::internal(u"connection %1 came back with %2 of %3 messages, at revision %4 of %5"_s.arg(index)
                                       .arg(each.count)
                                       .arg(missed.count)
                                       .arg(each.cursor)
                                       .arg(missed.head));
    }
    return Done{};
}

QJsonObject Return::figures() const
{
    std::vector<qint64> times;
    qint64 messages = 0;
    for (const Device &each : m_devices) {
        times.push_back(each.syncedAtMs);
        messages += each.count;
    }
    std::sort(times.begin(), times.end());
    const auto percentile = [&times](std::size_t percent) { return times[(times.size() - 1) * percent / 100]; };
    return QJsonObject{{u"scenario"_s, u"reconnect"_s},
                       {u"connections"_s, m_plan.connections},
                       {u"restarted"_s, m_plan.restart},
                       {u"missedMessages"_s, messages},
                       {u"helloMilliseconds"_s, m_helloMs},
                       {u"milliseconds"_s, times.back()},
                       {u"medianMilliseconds"_s, percentile(50)},
                       {u"p99Milliseconds"_s, percentile(99)},
                       {u"retries"_s, m_retries}};
}

} // namespace

Result<QJsonObject> runReconnect(const Plan &plan)
{
    Stage stage(plan);
    const Result<Done> opened = stage.open(plan, plan.connections);
    if (!opened)
        return opened.error();
    stage.loop().openAtOnce(plan.connections);
    Return comingBack(stage, plan);
    const Result<Done> prepared = comingBack.prepare();
    if (!prepared)
        return prepared.error();
    const Result<Done> missed = comingBack.missMessages();
    if (!missed)
        return missed.error();
    return comingBack.comeBack();
}

} // namespace confab::bench
