// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/Publisher.h"

namespace confab::client {

Publisher::Publisher(LocalStore &store, RowReader &rows, QObject *parent)
    : QObject(parent), m_store(store), m_rows(rows)
{
}

void Publisher::publish(const ChangeSet &changes)
{
    if (changes.allConversations)
        Q_EMIT conversationsReset();
    if (!changes.removedConversations.isEmpty())
        Q_EMIT conversationsRemoved(changes.removedConversations.values());
    publishTimelines(changes);
    publishPeople(changes);
    publishConversations(changes);
}

void Publisher::publishTimelines(const ChangeSet &changes)
{
    for (const ConversationId &id : changes.timelines)
        Q_EMIT timelineReset(id);
    for (const ConversationId &id : changes.holes) {
        if (!changes.timelines.contains(id))
            Q_EMIT holesChanged(id, m_store.messages().holes(id));
    }
    for (auto removed = changes.removedKeys.cbegin(); removed != changes.removedKeys.cend(); ++removed)
        Q_EMIT timelineRowsRemoved(removed.key(), removed.value());
    QSet<ConversationId> touched;
    for (auto messages = changes.messages.cbegin(); messages != changes.messages.cend(); ++messages)
        touched.insert(messages.key());
    for (auto pending = changes.pending.cbegin(); pending != changes.pending.cend(); ++pending)
        touched.insert(pending.key());
    touched.subtract(changes.timelines);
    for (const ConversationId &id : touched) {
        const QList<TimelineRow> rows = m_rows.rows(id, changes.messages.value(id), changes.pending.value(id));
        if (!rows.isEmpty())
            Q_EMIT timelineRowsChanged(id, rows);
    }
    for (const ConversationId &id : changes.receipts)
        Q_EMIT othersReached(id, m_store.people().furthest(id, m_store.me().id));
}

void Publisher::publishPeople(const ChangeSet &changes)
{
    QList<User> users;
    for (const UserId &id : changes.users) {
        if (const auto user = m_store.people().user(id))
            users.append(*user);
    }
    if (!users.isEmpty())
        Q_EMIT usersChanged(users);
    for (auto members = changes.members.cbegin(); members != changes.members.cend(); ++members) {
        QList<MemberRow> rows;
        for (const UserId &userId : members.value()) {
            if (const auto row = m_rows.member(members.key(), userId))
                rows.append(*row);
        }
        if (!rows.isEmpty())
            Q_EMIT membersChanged(members.key(), rows);
    }
}

void Publisher::publishConversations(const ChangeSet &changes)
{
    QList<ConversationRow> rows;
    const bool namesChanged = !changes.users.isEmpty();
    const QList<ConversationId> ids =
        namesChanged ? m_store.conversations().ids() : QList<ConversationId>(changes.conversations.values());
    for (const ConversationId &id : ids) {
        const std::optional<ConversationRow> row = m_rows.conversation(id);
        if (!row)
            continue;
        if (changes.conversations.contains(id) || changes.users.contains(row->otherUserId) ||
            (row->hasLastMessage && changes.users.contains(row->lastMessage.senderId)))
            rows.append(*row);
    }
    if (!rows.isEmpty())
        Q_EMIT conversationsChanged(rows);
}

} // namespace confab::client
