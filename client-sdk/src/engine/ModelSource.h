// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Rows.h"

#include <QtCore/QFuture>
#include <QtCore/QObject>

namespace confab::client {

class Client;

/// What models read and hear from: the store as seen from the UI thread.
///
/// Lives in its client's thread, belongs to the client and dies with it (models hold it by QPointer). Answers and
/// signals come in the order in which the store changed: an answer holds everything that was signalled before it, and
/// nothing that is signalled after it. Loading reads the disk alone; only the calls that say so use the network.
class ModelSource : public QObject
{
    Q_OBJECT

public:
    /// The source of a client.
    static ModelSource *of(Client &client);

    explicit ModelSource(QObject *parent = nullptr);
    ~ModelSource() override;

    virtual UserId myId() const = 0;

    /// Up to \a limit rows with a position below \a before (0: from the newest on).
    virtual QFuture<Result<TimelineSlice>> loadTimeline(ConversationId conversationId, qint64 before, int limit) = 0;
    /// Up to \a limit rows with a position above \a after, the oldest of them; still newest first in the answer.
    /// For windows that let go of the newest rows and come back to them.
    virtual QFuture<Result<TimelineSlice>> loadTimelineAfter(ConversationId conversationId, qint64 after,
                                                             int limit) = 0;
    /// Fetches up to a page of the newest messages inside a hole (network). Rows and the smaller hole come by signals
    /// before the future finishes. Asked twice for the same hole it fetches once.
    virtual QFuture<Result<Done>> fillHole(ConversationId conversationId, Hole hole) = 0;
    /// Every conversation, in no order.
    virtual QFuture<Result<QList<ConversationRow>>> loadConversations() = 0;
    virtual QFuture<Result<ConversationRow>> loadConversation(ConversationId conversationId) = 0;
    /// The members the store knows (without those who left). Asks the server for the list when it holds less than
    /// all; what comes is signalled.
    virtual QFuture<Result<QList<MemberRow>>> loadMembers(ConversationId conversationId) = 0;
    /// Those of the ids that the store knows; the others are asked for and signalled.
    virtual QFuture<Result<QList<User>>> loadUsers(const QList<UserId> &ids) = 0;
    /// Who types in the conversation at this moment.
    virtual QList<User> typing(ConversationId conversationId) const = 0;
    /// One more, and one less, who wants to know how a person is present (network).
    virtual void watchPresence(UserId userId) = 0;
    virtual void unwatchPresence(UserId userId) = 0;
    /// How they are present as far as that is known; nothing is without a connection.
    virtual Presence presence(UserId userId) const = 0;

Q_SIGNALS:
    /// Rows were added or changed: to be upserted by key. A row's position changes when a pending one is acknowledged.
    void timelineRowsChanged(confab::ConversationId conversationId, const QList<confab::client::TimelineRow> &rows);
    /// A pending message was cancelled or discarded.
    void timelineRowsRemoved(confab::ConversationId conversationId, const QStringList &keys);
    /// All holes the conversation has now, newest first.
    void holesChanged(confab::ConversationId conversationId, const QList<confab::Hole> &holes);
    /// What was held of the conversation is void (restored server, history hidden, read in full again): load again.
    void timelineReset(confab::ConversationId conversationId);
    /// Messages came further with somebody else.
    void othersReached(confab::ConversationId conversationId, confab::client::Reached reached);

    /// Conversations were added or changed: to be upserted by conversation.id.
    void conversationsChanged(const QList<confab::client::ConversationRow> &rows);
    void conversationsRemoved(const QList<confab::ConversationId> &ids);
    /// The whole list is void (signed out, restored server): load again.
    void conversationsReset();

    /// Members were added or changed; `left` ones are to be taken away.
    void membersChanged(confab::ConversationId conversationId, const QList<confab::client::MemberRow> &rows);
    /// Others are typing there now than before.
    void typingChanged(confab::ConversationId conversationId);
    /// These are present in another way, or nothing is known of them any more.
    void presenceChanged(const QList<confab::UserId> &userIds);
    /// Profiles became known or changed.
    void usersChanged(const QList<confab::User> &users);
};

} // namespace confab::client
