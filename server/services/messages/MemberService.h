// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/Departure.h"
#include "server/services/messages/EventPublisher.h"
#include "server/services/messages/MessagesBackends.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Says who is in a conversation and changes it, for one shard. Direct conversations keep their two people.
class MemberService
{
public:
    explicit MemberService(const MessagesBackends &backends);

    Task<MemberList> list(Caller caller, ListMembers op);

    /// Any member of a group may add people, up to Limits::groupMembers.
    Task<MemberList> add(Caller caller, AddMembers op);

    /// Admins and owners remove others (nobody an owner); everybody may leave. An owner's place goes to the admin, or
    /// else the member, who joined first. Done again it succeeds and changes nothing.
    Task<Empty> remove(Caller caller, RemoveMember op);

private:
    Task<QList<Member>> rowsOf(ConversationId conversationId, QList<UserId> userIds);
    Task<Done> announceAdded(ConversationId conversationId, Conversation conversation, QList<UserId> added,
                             QList<Member> rows);
    Task<Empty> explainRefusal(Caller caller, RemoveMember op);

    MessagesBackends m_backends;
    ConversationReader m_reader;
    EventPublisher m_events;
    Departure m_departure;
};

} // namespace confab::server
