// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/gateway/Gatekeeper.h"
#include "server/runtime/Log.h"
#include "server/services/auth/AuthService.h"
#include "server/services/messages/SyncService.h"
#include "server/services/presence/PresenceService.h"

namespace confab::server {

/// Answers the gateway from the services of its shard.
class ServiceGatekeeper final : public Gatekeeper
{
public:
    /// All of it outlives the gatekeeper and its tasks.
    ServiceGatekeeper(AuthService &auth, SyncService &sync, PresenceService &presence, PresenceDesk &desk,
                      Database &database, const ServerInfo &server)
        : m_auth(auth), m_sync(sync), m_presence(presence), m_desk(desk), m_database(database), m_server(server),
          m_tasks(lcMessages())
    {
    }

    Task<Caller> authenticate(QString token, QString address, Freshness freshness) override;
    Result<Done> admitBackend(const QString &key) override;
    void sessionEnded(const SessionId &sessionId) override;
    void userEnded(const UserId &userId) override;
    Task<qint64> renew(Caller caller) override { return m_auth.renewSession(std::move(caller)); }
    Task<QList<Subscription>> subscriptions(UserId userId) override;
    Task<QList<Cursor>> conversationStands(QList<ConversationId> ids) override;
    Task<QHash<UserId, Revision>> accountStands(QList<UserId> ids) override;
    Task<QList<SessionId>> sessionsOver(QList<SessionId> ids) override;
    Task<HelloReply> hello(Caller caller, Hello hello) override;
    void socketOpened(const Caller &caller, qint64 socketNumber, bool away) override;
    void socketClosed(const Caller &caller, qint64 socketNumber) override;
    void membershipEnded(const UserId &userId) override;
    Task<Done> ready() override;

private:
    AuthService &m_auth;
    SyncService &m_sync;
    PresenceService &m_presence;
    PresenceDesk &m_desk;
    Database &m_database;
    const ServerInfo &m_server;
    TaskScope m_tasks;
};

} // namespace confab::server
