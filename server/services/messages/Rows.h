// SPDX-License-Identifier: MIT
// How rows of the store become the contract's values: the columns to select and the functions that read them.
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/InList.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// Of `messages`; ten columns.
inline constexpr const char *kMessageColumns =
    "conversation_id, id, revision, sender_id, client_id, created_at, edited_at, deleted, reply_to, text";
inline constexpr int kMessageColumnCount = 10;
Message messageOf(const Row &row, int first = 0);

/// Of `members`; six columns.
inline constexpr const char *kMemberColumns = "conversation_id, user_id, role, joined_at, has_left, revision";
Member memberOf(const Row &row, int first = 0);

/// Of `conversations c` left-joined with `direct_pairs d`; nine columns.
inline constexpr const char *kConversationColumns =
    "c.id, c.kind, c.title, c.creator_id, c.created_at, c.member_count, c.row_revision, d.low_id, d.high_id";
/// The same of a statement that changes `conversations` which are not direct.
inline constexpr const char *kGroupColumns =
    "id, kind, title, creator_id, created_at, member_count, row_revision, NULL, NULL";
inline constexpr int kConversationColumnCount = 9;
Conversation conversationOf(const Row &row, int first = 0);

/// About how many bytes a message takes in a reply.
qint64 wireBytes(const Message &message);

} // namespace confab::server
