// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/Administration.h"
#include "server/app/ServiceGatekeeper.h"
#include "server/backends/bus/Bus.h"
#include "server/backends/database/Store.h"
#include "server/gateway/Gateway.h"
#include "server/services/accounts/AccountService.h"
#include "server/services/auth/AuthService.h"
#include "server/services/auth/UserService.h"
#include "server/services/auth/VouchingService.h"
#include "server/services/messages/ConversationService.h"
#include "server/services/messages/MemberService.h"
#include "server/services/messages/MessageService.h"
#include "server/services/messages/ReadService.h"
#include "server/services/presence/PresenceService.h"
#include "server/services/presence/TypingService.h"

#include <functional>
#include <memory>

namespace confab::server {

/// What all shards of a process share. It outlives them.
struct SharedBackends
{
    std::function<ShardStore()> makeStore;         ///< As the calling shard uses it.
    std::function<std::unique_ptr<Bus>()> makeBus; ///< An endpoint of the calling shard's own.
    PasswordHasher &hasher;
    FloodLimits &floods;
    const Clock &clock;
    const IdGenerator &ids;
    const ServerInfo &info;
    const AuthOptions &auth;
    NodeLimits &limits;
    const Metrics *metrics = nullptr; ///< Null: there is no /metrics.
    PresenceTimings presence = {};
};

/// Says what the server is.
class ServerInfoService
{
public:
    explicit ServerInfoService(const ServerInfo &info) : m_info(info) { }

    Task<ServerInfo> get(Caller caller, GetServerInfo op);

private:
    const ServerInfo &m_info;
};

/// One shard's bus endpoint, services, operations and gateway. Made, used and destroyed on the shard's thread.
class ShardServices
{
public:
    ShardServices(const SharedBackends &shared, const GatewaySettings &settings);
    ~ShardServices();
    Q_DISABLE_COPY_MOVE(ShardServices)

    Gateway &gateway() { return m_gateway; }

    /// Tells what this shard counts. On its thread.
    void measure(MetricsPage &page) const;

private:
    Router operations();

    const ShardStore m_store;
    const std::unique_ptr<Bus> m_bus;
    ServerInfoService m_serverInfo;
    AuthService m_auth;
    UserService m_users;
    VouchingService m_vouching;
    AccountService m_accounts;
    Administration m_administration;
    ConversationService m_conversations;
    MemberService m_members;
    MessageService m_messages;
    ReadService m_reads;
    TypingService m_typing;
    PresenceRows m_presenceRows;
    PresenceBoard m_presenceBoard;
    PresenceDesk m_presenceDesk;
    PresenceService m_presence;
    SyncService m_sync;
    ServiceGatekeeper m_gatekeeper;
    const Router m_router;
    Gateway m_gateway;
};

} // namespace confab::server
