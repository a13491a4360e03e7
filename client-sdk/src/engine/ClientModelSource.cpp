// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/ClientModelSource.h"

namespace confab::client {

using namespace Qt::StringLiterals;

ModelSource *ModelSource::of(Client &client)
{
    return client.d->source.get();
}

void ClientModelSource::listenTo(const Publisher &publisher)
{
    connect(&publisher, &Publisher::timelineRowsChanged, this, &ModelSource::timelineRowsChanged);
    connect(&publisher, &Publisher::timelineRowsRemoved, this, &ModelSource::timelineRowsRemoved);
    connect(&publisher, &Publisher::holesChanged, this, &ModelSource::holesChanged);
    connect(&publisher, &Publisher::timelineReset, this, &ModelSource::timelineReset);
    connect(&publisher, &Publisher::othersReached, this, &ModelSource::othersReached);
    connect(&publisher, &Publisher::conversationsChanged, this, &ModelSource::conversationsChanged);
    connect(&publisher, &Publisher::conversationsRemoved, this, &ModelSource::conversationsRemoved);
    connect(&publisher, &Publisher::conversationsReset, this, &ModelSource::conversationsReset);
    connect(&publisher, &Publisher::membersChanged, this, &ModelSource::membersChanged);
    connect(&publisher, &Publisher::usersChanged, this, &ModelSource::usersChanged);
}

void ClientModelSource::listenTo(const TypingPeople &people)
{
    connect(&people, &TypingPeople::changed, this, [this](ConversationId id, const QList<User> &typing) {
        if (typing.isEmpty())
            m_typing.remove(id);
        else
            m_typing.insert(id, typing);
        Q_EMIT typingChanged(id);
    });
}

void ClientModelSource::listenTo(const PeoplePresence &people)
{
    connect(&people, &PeoplePresence::changed, this, [this](const QList<Presence> &changed) {
        QList<UserId> ids;
        for (const Presence &presence : changed) {
            ids.append(presence.userId);
            if (presence.state == Presence::State::Unknown && presence.statusText.isEmpty())
                m_presence.remove(presence.userId);
            else
                m_presence.insert(presence.userId, presence);
        }
        Q_EMIT presenceChanged(ids);
    });
}

void ClientModelSource::watchPresence(UserId userId)
{
    m_client.tell([=](Engine &engine) { engine.peoplePresence().watch(userId); });
}

void ClientModelSource::unwatchPresence(UserId userId)
{
    m_client.tell([=](Engine &engine) { engine.peoplePresence().unwatch(userId); });
}

Presence ClientModelSource::presence(UserId userId) const
{
    Presence unknown;
    unknown.userId = userId;
    return m_presence.value(userId, unknown);
}

QFuture<Result<TimelineSlice>> ClientModelSource::loadTimeline(ConversationId conversationId, qint64 before, int limit)
{
    return m_client.ask<TimelineSlice>([=](Engine &engine, const Answer<TimelineSlice> &answer) {
        answer(engine.rows().timelineBefore(conversationId, before, limit));
    });
}

QFuture<Result<TimelineSlice>> ClientModelSource::loadTimelineAfter(ConversationId conversationId, qint64 after,
                                                                    int limit)
{
    return m_client.ask<TimelineSlice>([=](Engine &engine, const Answer<TimelineSlice> &answer) {
        answer(engine.rows().timelineAfter(conversationId, after, limit));
    });
}

QFuture<Result<Done>> ClientModelSource::fillHole(ConversationId conversationId, Hole hole)
{
    return m_client.ask<Done>([=](Engine &engine, const Answer<Done> &answer) {
        engine.conversations().fillHole(conversationId, hole, answer);
    });
}

QFuture<Result<QList<ConversationRow>>> ClientModelSource::loadConversations()
{
    return m_client.ask<QList<ConversationRow>>(
        [](Engine &engine, const Answer<QList<ConversationRow>> &answer) { answer(engine.rows().conversations()); });
}

QFuture<Result<ConversationRow>> ClientModelSource::loadConversation(ConversationId conversationId)
{
    return m_client.ask<ConversationRow>([=](Engine &engine, const Answer<ConversationRow> &answer) {
        if (const auto row = engine.rows().conversation(conversationId))
            answer(*row);
        else
            answer(Error::notFound(u"There is no such conversation here."_s));
    });
}

QFuture<Result<QList<MemberRow>>> ClientModelSource::loadMembers(ConversationId conversationId)
{
    return m_client.ask<QList<MemberRow>>(
        [=](Engine &engine, const Answer<QList<MemberRow>> &answer) { engine.loadMembers(conversationId, answer); });
}

QFuture<Result<QList<User>>> ClientModelSource::loadUsers(const QList<UserId> &ids)
{
    return m_client.ask<QList<User>>(
        [=](Engine &engine, const Answer<QList<User>> &answer) { engine.loadUsers(ids, answer); });
}

} // namespace confab::client
