// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/ChangeSet.h"
#include "client-sdk/src/store/SqliteFile.h"

namespace confab::client {

/// One wish of the person that the server has not granted yet.
struct OutboxItem
{
    enum class Kind { Send, Edit, Delete };
    enum class State { Queued, Sending, Failed };

    qint64 seq = 0; ///< Order of the wishes; unique in the store.
    ConversationId conversationId;
    Kind kind = Kind::Send;
    ClientId clientId;       ///< Of the message meant.
    MessageId messageId = 0; ///< Of the message meant; 0 while the server has not named it.
    QString text;
    MessageId replyTo = 0;
    qint64 createdAt = 0;
    State state = State::Queued;
    bool attempted = false; ///< It left this device and may have arrived.
    Error error;            ///< Of Failed.

    bool operator==(const OutboxItem &) const = default;
};

/// The wishes of a person on disk, and the rules by which they fold into each other.
///
/// What never left the device is changed in place; what left, or may have, is followed by another item. All calls
/// are part of the caller's transaction.
class OutboxTable
{
public:
    OutboxTable(SqliteFile &file, ChangeSet &changes) : m_file(file), m_changes(changes) { }

    QList<OutboxItem> items(ConversationId conversationId);   ///< In order.
    QList<OutboxItem> changes(ConversationId conversationId); ///< Edits and deletions alone, in order.
    std::optional<OutboxItem> send(ConversationId conversationId, ClientId clientId);
    /// The newest message on its way that is not to be deleted again.
    std::optional<OutboxItem> newestSend(ConversationId conversationId);
    std::optional<OutboxItem> item(qint64 seq);
    QList<ConversationId> conversations();
    int count(ConversationId conversationId, bool failed);

    // -- wishes -----------------------------------------------------------------------------------------------
    void addSend(ConversationId conversationId, ClientId clientId, const QString &text, MessageId replyTo,
                 qint64 createdAt);
    /// Edits a message: one that is pending by clientId (messageId 0), or one that the server has.
    void addEdit(ConversationId conversationId, ClientId clientId, MessageId messageId, const QString &text,
                 qint64 createdAt);
    /// \a key: of the row, which vanishes when the message was never sent.
    void addDelete(ConversationId conversationId, ClientId clientId, MessageId messageId, const QString &key,
                   qint64 createdAt);
    /// Queues what failed of a message again; false when nothing had.
    bool retry(ConversationId conversationId, ClientId clientId);
    /// Forgets what failed of a message; false when nothing had.
    bool discard(ConversationId conversationId, ClientId clientId, const QString &key);

    // -- the way to the server --------------------------------------------------------------------------------
    /// The oldest item that waits and may go; failed ones and what depends on them are passed over.
    std::optional<OutboxItem> next(ConversationId conversationId);
    void markSending(const OutboxItem &item);
    void markQueued(const OutboxItem &item);
    /// Refused for good. Wishes on a refused message fold into it: an edit becomes its text, a deletion cancels it.
    void markFailed(const OutboxItem &item, const Error &error, const QString &key);
    void remove(const OutboxItem &item);
    /// The server has the message: its send leaves the outbox, and what follows it learns the id. True when a send
    /// left.
    bool acknowledge(ConversationId conversationId, ClientId clientId, MessageId messageId);
    /// The message is a tombstone: waiting edits and deletions of it are pointless.
    void forgetChanges(ConversationId conversationId, MessageId messageId);
    /// After a start or a lost connection: nothing is under way any more.
    void requeueAll();
    void requeue(ConversationId conversationId);
    /// Marks all items of a conversation that was lost as failed.
    void failAll(ConversationId conversationId, const Error &error);

private:
    QList<OutboxItem> select(const QString &where, const QVariantList &values);
    std::optional<OutboxItem> selectOne(const QString &where, const QVariantList &values);
    QList<OutboxItem> itemsOf(ConversationId conversationId, ClientId clientId);
    std::optional<OutboxItem> find(ConversationId conversationId, ClientId clientId, OutboxItem::Kind kind);
    std::optional<OutboxItem> findChange(ConversationId conversationId, ClientId clientId, MessageId messageId,
                                         OutboxItem::Kind kind);
    void insert(const OutboxItem &item);
    void setState(const OutboxItem &item, OutboxItem::State state, bool attempted, const Error &error);
    void setText(const OutboxItem &item, const QString &text);
    void changed(const OutboxItem &item);
    void cancelSend(const OutboxItem &send, const QString &key);

    SqliteFile &m_file;
    ChangeSet &m_changes;
};

} // namespace confab::client
