// SPDX-License-Identifier: MIT
#include "server/app/ServiceGatekeeper.h"

namespace confab::server {

Task<Caller> ServiceGatekeeper::authenticate(QString token, QString address, Freshness freshness)
{
    const auto source = freshness == Freshness::Now ? AuthService::Source::Store : AuthService::Source::Cache;
    const Result<Authenticated> authenticated = co_await m_auth.authenticate(token, address, source);
    if (!authenticated)
        co_return authenticated.error();
    Caller caller = authenticated->caller;
    caller.address = address;
    co_return caller;
}

Result<Done> ServiceGatekeeper::admitBackend(const QString &key)
{
    return m_auth.admitBackend(key);
}

Task<QList<Subscription>> ServiceGatekeeper::subscriptions(UserId userId)
{
    const Result<QList<VisibleConversation>> conversations = co_await m_sync.memberships(userId);
    if (!conversations)
        co_return conversations.error();
    QList<Subscription> subscriptions;
    subscriptions.reserve(conversations->size());
    for (const VisibleConversation &conversation : *conversations)
        subscriptions.append({conversation.conversationId, conversation.visibleFrom, conversation.revision});
    co_return subscriptions;
}

Task<QList<Cursor>> ServiceGatekeeper::conversationStands(QList<ConversationId> ids)
{
    co_return co_await m_sync.conversationStands(ids);
}

Task<QHash<UserId, Revision>> ServiceGatekeeper::accountStands(QList<UserId> ids)
{
    co_return co_await m_sync.accountRevisions(ids);
}

Task<QList<SessionId>> ServiceGatekeeper::sessionsOver(QList<SessionId> ids)
{
    co_return co_await m_auth.sessionsOver(ids);
}

Task<HelloReply> ServiceGatekeeper::hello(Caller caller, Hello hello)
{
    const Result<Authenticated> described = co_await m_auth.describe(caller);
    if (!described)
        co_return described.error();
    Result<HelloReply> reply = co_await m_sync.hello(caller, hello);
    if (!reply)
        co_return reply.error();
    const GetOwnPresence askOwn;
    const Result<OwnPresence> own = co_await m_presence.mine(caller, askOwn);
    if (!own)
        co_return own.error();
    reply->ownPresence = *own;
    reply->user = described->user;
    reply->session = described->session;
    reply->server = m_server;
    co_return *std::move(reply);
}

void ServiceGatekeeper::sessionEnded(const SessionId &sessionId)
{
    m_auth.sessionEnded(sessionId);
    m_desk.sessionEnded(sessionId);
}

void ServiceGatekeeper::userEnded(const UserId &userId)
{
    m_auth.userChanged(userId);
    m_desk.userEnded(userId);
}

void ServiceGatekeeper::socketOpened(const Caller &caller, qint64 socketNumber, bool away)
{
    m_desk.socketOpened(caller, socketNumber, away);
}

void ServiceGatekeeper::socketClosed(const Caller &caller, qint64 socketNumber)
{
    m_desk.socketClosed(caller, socketNumber);
}

void ServiceGatekeeper::membershipEnded(const UserId &userId)
{
    m_tasks.spawn(m_presence.membershipEnded(userId), "presence after the end of a membership");
}

Task<Done> ServiceGatekeeper::ready()
{
    co_return co_await m_database.ready();
}

} // namespace confab::server
