// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/ChangeSet.h"
#include "client-sdk/src/store/SqliteFile.h"
#include "shared/protocol/Operations.h"

namespace confab::client {

/// Unread numbers are exact below it.
constexpr int kUnreadCap = 100;

/// A conversation as stored: the server's rows and how far this device follows them.
struct StoredConversation
{
    Conversation conversation;
    Membership membership; ///< readUpTo and unread as last told by the server.
    Revision head = 0;     ///< The highest revision the server named.
    Revision unreadAt = 0; ///< The server counted membership.unread at this one.
    Revision cursor = 0;   ///< Held without a gap up to here, holes aside. 0: nothing yet.
    Revision catchUpAfter = 0;
    MessageId catchUpBase = -1;         ///< -1: no catch-up of several pages is under way.
    std::optional<Message> lastMessage; ///< As the server named it; for the time before rows are held.
};

/// The conversations of the list, with cursors and positions of catch-ups.
class ConversationTable
{
public:
    ConversationTable(SqliteFile &file, ChangeSet &changes) : m_file(file), m_changes(changes) { }

    std::optional<StoredConversation> find(ConversationId id);
    bool contains(ConversationId id);
    QList<ConversationId> ids();
    QList<Cursor> cursors();
    /// Direct conversations with this person.
    QList<ConversationId> directWith(UserId userId);
    /// Those whose unread number is older than unread messages that are not held, so that it cannot be counted here.
    QList<ConversationId> withOldNumbers();

    /// Takes what is newer of an entry; older numbers change nothing. True when the person's view of the history is
    /// another one now, so that the caller must void what is held.
    bool putEntry(const ConversationEntry &entry);
    void putConversation(const Conversation &conversation);
    /// Takes the server's answer to a read position; an older position changes nothing.
    void putReadState(const ReadState &state);
    /// The cursor only moves forward; a finished catch-up ends here too.
    void setCursor(ConversationId id, Revision cursor);
    void setCatchUp(ConversationId id, Revision after, MessageId base);
    void finishCatchUp(ConversationId id, Revision cursor);
    void restartFromNothing(ConversationId id);
    void remove(ConversationId id);

private:
    void write(const StoredConversation &row);

    SqliteFile &m_file;
    ChangeSet &m_changes;
};

} // namespace confab::client
