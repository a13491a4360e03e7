// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/ChangeSet.h"
#include "client-sdk/src/store/SqliteFile.h"

namespace confab::client {

/// What became of a message that was put.
enum class PutOutcome {
    Added,
    Updated,
    Kept,   ///< The stored row is as new.
    InHole, ///< Lies where nothing is held: not stored.
};

/// Messages and the holes between them. No row ever lies inside a hole.
class MessageTable
{
public:
    MessageTable(SqliteFile &file, ChangeSet &changes) : m_file(file), m_changes(changes) { }

    std::optional<Message> find(ConversationId conversationId, MessageId id);
    std::optional<Message> find(ConversationId conversationId, UserId senderId, ClientId clientId);
    /// Up to \a limit messages with id below \a before (0: no bound), newest first.
    QList<Message> before(ConversationId conversationId, MessageId before, int limit);
    /// Up to \a limit messages with id above \a after, oldest first.
    QList<Message> after(ConversationId conversationId, MessageId after, int limit);
    std::optional<Message> newestLive(ConversationId conversationId);
    /// Live messages of others with id above \a after, counted up to \a cap.
    int countOthers(ConversationId conversationId, UserId me, MessageId after, int cap);
    int countOthersBetween(ConversationId conversationId, UserId me, MessageId after, MessageId upTo, int cap);
    /// Messages of others with id above \a after and not above \a head that were live at revision \a head and are
    /// deleted now.
    int countDeletedSince(ConversationId conversationId, UserId me, MessageId after, Revision head);

    PutOutcome put(const Message &message);

    QList<Hole> holes(ConversationId conversationId); ///< Newest first.
    bool holdsHole(ConversationId conversationId, const Hole &hole);
    bool isInHole(ConversationId conversationId, MessageId id);
    /// Adds a hole; rows and smaller holes inside it go.
    void addHole(ConversationId conversationId, const Hole &hole);
    /// Makes a hole end at \a before; closes it when nothing is left in it.
    void shrinkHole(ConversationId conversationId, const Hole &hole, MessageId before);
    void closeHole(ConversationId conversationId, const Hole &hole);

    /// Drops messages and holes.
    void clear(ConversationId conversationId);

private:
    SqliteFile &m_file;
    ChangeSet &m_changes;
};

} // namespace confab::client
