// SPDX-License-Identifier: MIT
#include "server/app/ShardServices.h"

namespace confab::server {

namespace {

MessagesBackends messagesBackends(const SharedBackends &shared, const ShardStore &store, Bus &bus)
{
    return {*store.database, *store.messages, bus, shared.clock, shared.ids, shared.info.limits};
}

AuthBackends authBackends(const SharedBackends &shared, const ShardStore &store, Bus &bus)
{
    return {*store.database, bus, shared.hasher, shared.floods, shared.clock, shared.ids, shared.info.limits};
}

AccountBackends accountBackends(const SharedBackends &shared, const ShardStore &store, Bus &bus, AuthService &auth)
{
    return {*store.database, bus, auth, shared.clock, shared.info.limits};
}

constexpr MetricName kHere{"confab_presence_people", "People counted as there, once a shard."};
constexpr MetricName kWatched{"confab_presence_watched", "People whose presence some client follows, once a shard."};
constexpr MetricName kPresenceEvents{"confab_presence_events_total", "Events of presence sent, one for each socket."};
constexpr MetricName kPresenceChanges{"confab_presence_changes_total", "People in them."};

void measurePresence(MetricsPage &page, const PresenceDesk &desk)
{
    page.gauge(kHere, static_cast<double>(desk.hereCount()));
    page.gauge(kWatched, static_cast<double>(desk.watchedCount()));
    page.counter(kPresenceEvents, static_cast<double>(desk.counts().events));
    page.counter(kPresenceChanges, static_cast<double>(desk.counts().people));
}

} // namespace

Task<ServerInfo> ServerInfoService::get(Caller, GetServerInfo)
{
    co_return m_info;
}

ShardServices::ShardServices(const SharedBackends &shared, const GatewaySettings &settings)
    : m_store(shared.makeStore()), m_bus(shared.makeBus()), m_serverInfo(shared.info),
      m_auth(authBackends(shared, m_store, *m_bus), shared.auth),
      m_users(*m_store.database, *m_bus, shared.info.limits),
      m_vouching(authBackends(shared, m_store, *m_bus), shared.auth.lifetimes, m_users),
      m_accounts(accountBackends(shared, m_store, *m_bus, m_auth)),
      m_administration(
          {*m_store.database, m_accounts, m_auth, shared.hasher, shared.clock, shared.ids, shared.info.limits},
          Administration::Admit::Administrators),
      m_conversations(messagesBackends(shared, m_store, *m_bus)), m_members(messagesBackends(shared, m_store, *m_bus)),
      m_messages(messagesBackends(shared, m_store, *m_bus)), m_reads(messagesBackends(shared, m_store, *m_bus)),
      m_typing(*m_store.database, *m_bus, shared.info.limits), m_presenceRows(*m_store.database),
      m_presenceBoard(shared.makeBus(), shared.clock, shared.presence.board),
      m_presenceDesk(m_presenceRows, m_presenceBoard, shared.clock, shared.presence.desk),
      m_presence(m_presenceRows, m_presenceDesk, m_presenceBoard, *m_bus, shared.clock, shared.info.limits),
      m_sync(messagesBackends(shared, m_store, *m_bus)),
      m_gatekeeper(m_auth, m_sync, m_presence, m_presenceDesk, *m_store.database, shared.info), m_router(operations()),
      m_gateway(settings, m_router, m_gatekeeper, *m_bus, shared.clock, shared.limits, shared.metrics)
{
    m_presenceDesk.setSink([this](const UserId &userId, const SessionId &sessionId, const QByteArray &frame) {
        m_gateway.hub().deliver(userId, sessionId, OutgoingFrame(frame, Worth::Ephemeral));
    });
}

ShardServices::~ShardServices()
{
    m_presenceDesk.setSink({}); // the gateway goes first
}

void ShardServices::measure(MetricsPage &page) const
{
    m_gateway.measure(page);
    measurePresence(page, m_presenceDesk);
    if (m_store.measure)
        m_store.measure(page);
}

Router ShardServices::operations()
{
    Router router(&m_administration);
    router.handle<GetServerInfo>(m_serverInfo, &ServerInfoService::get);

    router.handle<RegisterAccount>(m_auth, &AuthService::registerAccount);
    router.handle<OpenSession>(m_auth, &AuthService::openSession);
    router.handle<OpenSessionFor>(m_vouching, &VouchingService::openSessionFor);
    router.handle<ListSessions>(m_auth, &AuthService::listSessions);
    router.handle<RevokeSession>(m_auth, &AuthService::revokeSession);
    router.handle<ChangePassword>(m_auth, &AuthService::changePassword);
    router.handle<DeleteAccount>(m_accounts, &AccountService::deleteAccount);

    router.handle<GetUser>(m_users, &UserService::getUser);
    router.handle<GetMe>(m_users, &UserService::getMe);
    router.handle<GetUsers>(m_users, &UserService::getUsers);
    router.handle<SearchUsers>(m_users, &UserService::searchUsers);
    router.handle<UpdateUser>(m_users, &UserService::updateUser);

    router.handle<CreateConversation>(m_conversations, &ConversationService::create);
    router.handle<ListConversations>(m_conversations, &ConversationService::list);
    router.handle<GetConversation>(m_conversations, &ConversationService::get);
    router.handle<UpdateConversation>(m_conversations, &ConversationService::update);
    router.handle<GetConversationChanges>(m_messages, &MessageService::changes);
    router.handle<MarkRead>(m_reads, &ReadService::markRead);
    router.handle<MarkUnread>(m_reads, &ReadService::markUnread);
    router.handle<MarkDelivered>(m_reads, &ReadService::markDelivered);

    router.handle<SetTyping>(m_typing, &TypingService::setTyping);

    router.handle<WatchPresence>(m_presence, &PresenceService::watch);
    router.handle<GetPresence>(m_presence, &PresenceService::get);
    router.handle<SetAway>(m_presence, &PresenceService::setAway);
    router.handle<GetOwnPresence>(m_presence, &PresenceService::mine);
    router.handle<SetStatus>(m_presence, &PresenceService::setStatus);
    router.handle<HideLastSeen>(m_presence, &PresenceService::hideLastSeen);

    router.handle<ListMembers>(m_members, &MemberService::list);
    router.handle<AddMembers>(m_members, &MemberService::add);
    router.handle<RemoveMember>(m_members, &MemberService::remove);

    router.handle<SendMessage>(m_messages, &MessageService::send);
    router.handle<EditMessage>(m_messages, &MessageService::edit);
    router.handle<DeleteMessage>(m_messages, &MessageService::remove);
    router.handle<GetHistory>(m_messages, &MessageService::history);
    m_administration.registerOperations(router);
    return router;
}

} // namespace confab::server
