// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/store/LocalStore.h"
#include "client-sdk/src/sync/SyncTimings.h"

#include <QtCore/QSet>

#include <variant>

namespace confab::client {

/// A row of a conversation as an event carries it.
using ConversationEvent = std::variant<Message, Member, Conversation>;

Revision revisionOf(const ConversationEvent &event);
ConversationId conversationOf(const ConversationEvent &event);

/// Keeps the rows of conversations equal to the server's: live events while they come without a gap,
/// `conversation.changes` otherwise.
///
/// The cursor of a conversation says up to which revision all is held, holes aside; it is written together with the
/// rows it vouches for. Events ahead of it are held back in memory, for a moment, until the gap closes by itself or by
/// a catch-up. A catch-up of several pages keeps its place on disk.
class ConversationSync : public QObject
{
    Q_OBJECT

public:
    ConversationSync(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent = nullptr);

    /// Takes a live event.
    void take(const ConversationEvent &event);
    /// Takes the server's reply to an item of the outbox, which leaves it in the same transaction.
    Result<Done> takeReply(const OutboxItem &item, const Message &message);
    /// Asks for what changed since the cursor.
    void catchUp(ConversationId id);
    /// Looks after the time of a gap whether something is missing, and catches up then.
    void checkSoon(ConversationId id);
    /// The server is known to stand there; what is missing is asked for unless it comes by itself within a gap's time.
    void expect(ConversationId id, Revision revision);
    /// Part of the caller's transaction: the rows of one page that began at `after` with this base.
    void applyPage(const ConversationChanges &page, MessageId base);
    /// Whatever came with the hello is stored: continue what has more pages, apply what was held back.
    void pageApplied(const ConversationChanges &page);

    /// Fetches the newest messages of a hole. Asked twice for the same, it fetches once.
    void fillHole(ConversationId id, const Hole &hole, std::function<void(Result<Done>)> callback);

    void forget(ConversationId id);
    void connectionLost();
    bool isCatchingUp() const { return !m_waiting.isEmpty() || !m_running.isEmpty(); }

Q_SIGNALS:
    void catchingUpChanged();
    /// Somebody else's new message came as an event.
    void messageReceived(const confab::Message &message);
    /// The server's unread number and what is stored here do not make up one whole.
    void unreadUncertain(confab::ConversationId id);
    void conversationGone(confab::ConversationId id);
    void writeFailed(const confab::Error &error);

private:
    struct Fill
    {
        Hole hole;
        QList<std::function<void(Result<Done>)>> callbacks;
        QHash<MessageId, Message> changed; ///< Rows that came while the page was on its way.
    };

    bool isCatchingUp(ConversationId id) const { return m_waiting.contains(id) || m_running.contains(id); }
    void applyRow(const ConversationEvent &event);
    void putMessage(const Message &message);
    void store(const ConversationEvent &event, bool movesCursor);
    void hold(const ConversationEvent &event);
    void drain(ConversationId id);
    void look(ConversationId id);
    void startNext();
    void request(ConversationId id);
    void pageArrived(ConversationId id, MessageId base, Revision after, const Result<ConversationChanges> &page);
    void historyArrived(ConversationId id, const Hole &hole, const Result<MessagePage> &page);
    Result<Done> write(const std::function<void()> &body);

    LocalStore &m_store;
    Connection &m_connection;
    SyncTimings m_timings;
    QList<ConversationId> m_waiting;
    QSet<ConversationId> m_running;
    QHash<ConversationId, QList<ConversationEvent>> m_held;
    QHash<ConversationId, Revision> m_expected; ///< Named by a reply; a gap until the cursor is there.
    QSet<ConversationId> m_looking;
    QHash<ConversationId, QList<Fill>> m_fills;
};

} // namespace confab::client
