// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/operations/AccountOperations.h"
#include "shared/protocol/operations/AdminOperations.h"
#include "shared/protocol/operations/ConversationOperations.h"
#include "shared/protocol/operations/HelloOperation.h"
#include "shared/protocol/operations/MessageOperations.h"
#include "shared/protocol/operations/PeopleOperations.h"
#include "shared/protocol/operations/PresenceOperations.h"

// Every operation of the contract: a value type (its parameters), its Reply and one line of metadata. A parameter
// that is not std::optional, Patch or a list is required.

namespace confab {

using AllOperations =
    TypeList<GetServerInfo, RegisterAccount, OpenSession, OpenSessionFor, ListSessions, RevokeSession, ChangePassword,
             DeleteAccount, Hello, GetUser, GetMe, GetUsers, SearchUsers, UpdateUser, CreateConversation,
             ListConversations, GetConversation, UpdateConversation, GetConversationChanges, MarkRead, MarkUnread,
             MarkDelivered, SetTyping, WatchPresence, GetPresence, SetAway, GetOwnPresence, SetStatus, HideLastSeen,
             ListMembers, AddMembers, RemoveMember, SendMessage, EditMessage, DeleteMessage, GetHistory, CreateInvite,
             ListInvites, RevokeInvite, ListAccounts, SetAdministrator, SetAccountActive, ResetPassword, ListSessionsOf,
             EndSessionsOf, GetStats, RenewGeneration, ListAudit>;

/// The types of all events.
using AllEvents = TypeList<Message, Member, Conversation, User, Receipts, Typing, PresenceChanges, OwnPresence,
                           AccountChange, SyncHint>;

} // namespace confab
