// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/ConversationTable.h"
#include "client-sdk/src/store/MessageTable.h"
#include "client-sdk/src/store/NoteTable.h"
#include "client-sdk/src/store/OutboxTable.h"
#include "client-sdk/src/store/PeopleTable.h"
#include "client-sdk/src/store/SqliteFile.h"

#include <QtCore/QLockFile>

#include <memory>

namespace confab::client {

/// What one device holds of one account: the cache of the server's rows, the outbox, drafts and the session's facts.
///
/// Belongs to one thread. Everything is changed through write(): rows and the cursor that vouches for them are in one
/// transaction, and what it changed is told once it is committed.
class LocalStore
{
public:
    /// Called after each committed write, outside of it.
    using CommitCallback = std::function<void(const ChangeSet &changes)>;

    LocalStore();

    /// Opens the profile in \a directory, making it when missing. `conflict`: another client has it, or a newer
    /// version wrote it. Nothing is ever deleted because it cannot be opened.
    Result<Done> open(const QString &directory);
    void close();
    void onCommit(CommitCallback callback) { m_onCommit = std::move(callback); }

    Result<Done> write(Durability durability, const std::function<void()> &body);
    /// Fails the running write with a rule's error.
    void fail(const Error &error) { m_file.fail(error); }
    bool isDiskFull() const { return m_file.isDiskFull(); }

    ConversationTable &conversations() { return m_conversations; }
    MessageTable &messages() { return m_messages; }
    PeopleTable &people() { return m_people; }
    OutboxTable &outbox() { return m_outbox; }
    NoteTable &notes() { return m_notes; }
    ChangeSet &changes() { return m_changes; }

    QByteArray meta(const QString &key);
    void setMeta(const QString &key, const QByteArray &value); ///< Empty: removes it.

    User me();
    void setMe(const User &user);
    GenerationId generation();
    void setGeneration(GenerationId generation);
    Revision accountRevision();
    void setAccountRevision(Revision revision);

    // -- part of the caller's transaction ---------------------------------------------------------------------
    /// Puts a message and settles what it means beside its row: an own pending one is merged with it, wishes on a
    /// tombstone go.
    PutOutcome putMessage(const Message &message, UserId me);
    /// Voids what is held of a conversation; its place in the list, outbox and drafts stay.
    void voidConversation(ConversationId id);
    /// The conversation is lost: rows go, items of the outbox fail, the draft stays.
    void dropConversation(ConversationId id);
    /// Voids everything the server can tell again. Outbox, drafts and the session stay.
    void voidCache();
    /// Empties the profile.
    void clear();

private:
    SqliteFile m_file;
    ChangeSet m_changes;
    ConversationTable m_conversations;
    MessageTable m_messages;
    PeopleTable m_people;
    OutboxTable m_outbox;
    NoteTable m_notes;
    CommitCallback m_onCommit;
    std::unique_ptr<QLockFile> m_lock;
    std::optional<User> m_me;
};

/// The key of a message's row in timelines.
QString rowKey(UserId senderId, ClientId clientId);

} // namespace confab::client
