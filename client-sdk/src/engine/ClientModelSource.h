// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/ClientPrivate.h"
#include "client-sdk/src/engine/ModelSource.h"

namespace confab::client {

/// The model source of a real client: questions go to the engine in the storage thread.
class ClientModelSource final : public ModelSource
{
    Q_OBJECT

public:
    explicit ClientModelSource(ClientPrivate &client) : m_client(client) { }

    /// Passes what the engine publishes on, into this thread.
    void listenTo(const Publisher &publisher);
    void listenTo(const TypingPeople &people);
    void listenTo(const PeoplePresence &people);

    UserId myId() const override { return m_client.me.id; }
    QFuture<Result<TimelineSlice>> loadTimeline(ConversationId conversationId, qint64 before, int limit) override;
    QFuture<Result<TimelineSlice>> loadTimelineAfter(ConversationId conversationId, qint64 after, int limit) override;
    QFuture<Result<Done>> fillHole(ConversationId conversationId, Hole hole) override;
    QFuture<Result<QList<ConversationRow>>> loadConversations() override;
    QFuture<Result<ConversationRow>> loadConversation(ConversationId conversationId) override;
    QFuture<Result<QList<MemberRow>>> loadMembers(ConversationId conversationId) override;
    QFuture<Result<QList<User>>> loadUsers(const QList<UserId> &ids) override;
    QList<User> typing(ConversationId conversationId) const override { return m_typing.value(conversationId); }
    void watchPresence(UserId userId) override;
    void unwatchPresence(UserId userId) override;
    Presence presence(UserId userId) const override;

private:
    ClientPrivate &m_client;
    QHash<ConversationId, QList<User>> m_typing;
    QHash<UserId, Presence> m_presence;
};

} // namespace confab::client
