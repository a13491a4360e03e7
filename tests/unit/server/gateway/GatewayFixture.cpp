// SPDX-License-Identifier: MIT
#include "GatewayFixture.h"

#include "server/gateway/net/ListeningSocket.h"
#include "shared/protocol/Frames.h"

namespace confab::test {

using namespace confab::server;
using namespace Qt::StringLiterals;

Caller FakeGatekeeper::add(const QString &name)
{
    const Caller caller{UserId(QUuid::createUuid()), SessionId(QUuid::createUuid()), {}};
    callers.insert(u"token-"_s + name, caller);
    return caller;
}

void FakeGatekeeper::releaseHello()
{
    holdsHello = false;
    for (const Completer<Done> &held : std::exchange(m_held, {}))
        held.complete(Done{});
}

Task<Caller> FakeGatekeeper::authenticate(QString token, QString address, Freshness)
{
    lastAddress = address;
    const auto found = callers.constFind(token);
    if (found == callers.constEnd())
        co_return Error::unauthenticated(u"No such session."_s);
    Caller caller = *found;
    caller.address = address;
    co_return caller;
}

Result<Done> FakeGatekeeper::admitBackend(const QString &key)
{
    if (key != "backend-key"_L1)
        return Error::unauthenticated(u"This is not the admin key."_s);
    return Done{};
}

Task<QList<Subscription>> FakeGatekeeper::subscriptions(UserId userId)
{
    const QList<Subscription> read = memberships.value(userId);
    if (duringSubscriptions) {
        duringSubscriptions();
        // Let what was published arrive before the answer does.
        Completion<Done> later;
        const Completer<Done> completer = later.completer();
        QTimer::singleShot(0, [completer] { QTimer::singleShot(0, [completer] { completer.complete(Done{}); }); });
        const Result<Done> done = co_await later;
        if (!done)
            co_return done.error();
    }
    co_return read;
}

Task<QList<Cursor>> FakeGatekeeper::conversationStands(QList<ConversationId> ids)
{
    QList<Cursor> found;
    for (const ConversationId &id : ids)
        found.append({id, stands.value(id)});
    co_return found;
}

Task<QHash<UserId, Revision>> FakeGatekeeper::accountStands(QList<UserId> ids)
{
    QHash<UserId, Revision> found;
    for (const UserId &id : ids)
        found.insert(id, accountRevisions.value(id));
    co_return found;
}

Task<QList<SessionId>> FakeGatekeeper::sessionsOver(QList<SessionId> ids)
{
    ids.removeIf([this](const SessionId &id) { return !over.contains(id); });
    co_return ids;
}

Task<HelloReply> FakeGatekeeper::hello(Caller caller, Hello)
{
    if (holdsHello) {
        Completion<Done> held;
        m_held.push_back(held.completer());
        const Result<Done> done = co_await held;
        if (!done)
            co_return done.error();
    }
    HelloReply reply;
    reply.user.id = caller.userId;
    reply.session.id = caller.sessionId;
    reply.session.expiresAt = expiresAt;
    reply.generation = GenerationId(QUuid::createUuid());
    co_return reply;
}

Task<qint64> FakeGatekeeper::renew(Caller caller)
{
    ++renewals;
    for (const Caller &known : std::as_const(callers)) {
        if (known.sessionId == caller.sessionId)
            co_return expiresAt;
    }
    co_return Error::unauthenticated(u"The session is over."_s);
}

Task<Done> FakeGatekeeper::ready()
{
    co_return readiness;
}

void FakeGatekeeper::socketOpened(const Caller &caller, qint64 socketNumber, bool away)
{
    sockets.insert(caller.sessionId, {socketNumber, away});
}

void FakeGatekeeper::socketClosed(const Caller &caller, qint64 socketNumber)
{
    if (sockets.value(caller.sessionId).first == socketNumber)
        sockets.remove(caller.sessionId);
}

GatewayFixture::GatewayFixture(const GatewaySettings &settings, LocalBus *bus, const NodeLimits::Options &options,
                               const Metrics *metrics)
    : limits(clock, options), m_ownBus(bus ? nullptr : std::make_unique<LocalBus>()),
      m_endpoint((bus ? *bus : *m_ownBus).makeEndpoint()), m_router(operations()),
      m_gateway(std::make_unique<Gateway>(settings, m_router, gatekeeper, *m_endpoint, clock, limits, metrics))
{
    const Result<ListeningSockets> sockets = openListeningSockets(QHostAddress(QHostAddress::LocalHost), 0, 1);
    if (!sockets)
        qFatal("the fixture cannot listen");
    m_port = sockets->port;
    m_gateway->listen(sockets->descriptors.front());
}

Router GatewayFixture::operations()
{
    Router router;
    router.handle<GetServerInfo>([](Caller, GetServerInfo) -> Task<ServerInfo> {
        ServerInfo info;
        info.name = u"Fake"_s;
        co_return info;
    });
    router.handle<GetUser>([this](Caller caller, GetUser op) -> Task<User> {
        lastCallerAddress = caller.address;
        User user;
        user.id = op.userId;
        co_return user;
    });
    router.handle<GetUsers>([](Caller, GetUsers op) -> Task<UserList> {
        UserList list;
        for (const UserId &id : op.ids) {
            User user;
            user.id = id;
            list.users.append(user);
        }
        co_return list;
    });
    router.handle<SearchUsers>([](Caller, SearchUsers op) -> Task<UserList> {
        User user;
        user.displayName = op.query;
        user.profileVersion = op.limit.value_or(-1);
        co_return UserList{{user}};
    });
    router.handle<UpdateUser>([](Caller, UpdateUser op) -> Task<User> {
        User user;
        user.displayName = op.displayName.value;
        co_return user;
    });
    router.handle<OpenSessionFor>([](Caller caller, OpenSessionFor op) -> Task<SignedIn> {
        SignedIn reply;
        reply.token = u"token of "_s + op.externalId;
        reply.user.id = caller.userId;
        co_return reply;
    });
    router.handle<RevokeSession>([](Caller, RevokeSession) -> Task<Empty> { co_return Empty{}; });
    router.handle<MarkRead>(
        [](Caller, MarkRead) -> Task<ReadState> { co_return Error::rateLimited(u"Slow down."_s, 1500); });
    router.handle<SendMessage>([this](Caller caller, SendMessage op) { return send(caller, op); });
    return router;
}

Task<Message> GatewayFixture::send(Caller caller, SendMessage op)
{
    ++sendsStarted;
    if (holdsSends) {
        Completion<Done> held;
        m_heldSends.push_back(held.completer());
        const Result<Done> done = co_await held;
        if (!done)
            co_return done.error();
    }
    Message message;
    message.conversationId = op.conversationId;
    message.senderId = caller.userId;
    message.content.text = op.text;
    co_return message;
}

void GatewayFixture::releaseSends()
{
    holdsSends = false;
    for (const Completer<Done> &held : std::exchange(m_heldSends, {}))
        held.complete(Done{});
}

void GatewayFixture::advance(qint64 milliseconds)
{
    clock.advance(milliseconds);
    m_gateway->wheel().advance();
}

double GatewayFixture::metric(const QByteArray &sample) const
{
    MetricsPage page;
    m_gateway->measure(page);
    for (const QByteArray &line : page.text().split('\n')) {
        if (line.startsWith(sample + ' '))
            return line.mid(sample.size() + 1).toDouble();
    }
    return -1;
}

void GatewayFixture::publishMessage(const ConversationId &conversationId, qint64 id, const QString &text)
{
    Message message;
    message.conversationId = conversationId;
    message.id = id;
    message.senderId = UserId(QUuid::createUuid());
    message.clientId = ClientId(QUuid::createUuid());
    message.content.text = text;
    Envelope envelope;
    envelope.conversationId = conversationId;
    envelope.messageId = id;
    envelope.frame = encodeEvent(message);
    m_endpoint->publish(conversationTopic(conversationId), encodeEnvelope(envelope));
}

} // namespace confab::test
