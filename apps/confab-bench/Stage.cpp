// SPDX-License-Identifier: MIT
#include "apps/confab-bench/Stage.h"

#include <algorithm>

namespace confab::bench {
using namespace Qt::StringLiterals;

namespace {
constexpr int kPeopleAtOnce = 100;
constexpr int kWave = 64; // connections that sign up at a time
} // namespace

Stage::Stage(const Plan &plan) : m_ids(m_clock)
{
    QStringList arguments;
    if (!plan.databaseUrl.isEmpty())
        arguments << u"--database-url"_s << plan.databaseUrl;
    if (!plan.redisUrl.isEmpty())
        arguments << u"--redis-url"_s << plan.redisUrl;
    for (int node = 0; node < plan.nodes; ++node)
        m_servers.push_back(std::make_unique<ServerUnderTest>(plan.confabd, arguments));
}

Result<Done> Stage::open(const Plan &plan, int connections)
{
    QList<quint16> ports;
    for (const auto &server : m_servers) {
        const Result<quint16> port = server->start(plan.shards);
        if (!port)
            return port.error();
        ports.append(*port);
    }
    m_loop = std::make_unique<LoadLoop>("127.0.0.1", ports);
    m_baseline = server().residentBytes();
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

Result<Done> Stage::converse(const QList<QList<int>> &members, Conversation::Kind kind)
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

/// Adds the people from \a first on in portions the server takes, then counts the conversation as made.
void Stage::addRest(LoadConnection &owner, const QList<int> &people, qsizetype first, int &made)
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

void Stage::signUp(LoadConnection &connection)
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
                forgive();
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

} // namespace confab::bench
