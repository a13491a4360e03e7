// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/gateway/Gatekeeper.h"
#include "server/services/auth/AuthService.h"
#include "server/services/messages/SyncService.h"

namespace confab::server {

/// Answers the gateway from the services of its shard.
class ServiceGatekeeper final : public Gatekeeper
{
public:
    /// All of it outlives the gatekeeper and its tasks.
    ServiceGatekeeper(AuthService &auth, SyncService &sync, Database &database, const ServerInfo &server)
        : m_auth(auth), m_sync(sync), m_database(database), m_server(server)
    {
    }

    Task<Caller> authenticate(QString token, QString address, Freshness freshness) override;
    Result<Done> admitBackend(const QString &key) override;
    void sessionEnded(const SessionId &sessionId) override { m_auth.sessionEnded(sessionId); }
    void userEnded(const UserId &userId) override { m_auth.userChanged(userId); }
    Task<qint64> renew(Caller caller) override { return m_auth.renewSession(std::move(caller)); }
    Task<QList<Subscription>> subscriptions(UserId userId) override;
    Task<QList<Cursor>> conversationStands(QList<ConversationId> ids) override;
    Task<QHash<UserId, Revision>> accountStands(QList<UserId> ids) override;
    Task<QList<SessionId>> sessionsOver(QList<SessionId> ids) override;
    Task<HelloReply> hello(Caller caller, Hello hello) override;
    Task<Done> ready() override;

private:
    AuthService &m_auth;
    SyncService &m_sync;
    Database &m_database;
    const ServerInfo &m_server;
};

} // namespace confab::server
