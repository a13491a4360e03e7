// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "server/services/messages/ConversationReader.h"
#include "server/services/messages/EventPublisher.h"
#include "server/services/messages/MessagesBackends.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// How many people one call may name; more come with further calls.
inline constexpr qsizetype kMaxPeoplePerCall = 200;

/// Makes, lists and renames conversations for one shard.
class ConversationService
{
public:
    explicit ConversationService(const MessagesBackends &backends);

    /// Direct: the one of this pair (of oneself alone: notes to self), made when there is none. Group: idempotent by
    /// (creator, clientId). The people added learn it on all their devices.
    Task<Conversation> create(Caller caller, CreateConversation op);

    Task<ConversationList> list(Caller caller, ListConversations op);
    Task<ConversationEntry> get(Caller caller, GetConversation op);

    /// Any member of a group may rename it; direct ones have no title.
    Task<Conversation> update(Caller caller, UpdateConversation op);

private:
    Task<Conversation> createDirect(Caller caller, CreateConversation op);
    Task<Conversation> createGroup(Caller caller, CreateConversation op);
    Task<Conversation> directOf(UserId caller, UserId low, UserId high);
    Task<Conversation> claimed(UserId caller, ClientId clientId);
    Task<ConversationList> listThese(Caller caller, QList<ConversationId> ids, Revision accountRevision);
    Task<Conversation> announce(UserId caller, ConversationId conversationId, QList<UserId> people);

    MessagesBackends m_backends;
    ConversationReader m_reader;
    EventPublisher m_events;
};

} // namespace confab::server
