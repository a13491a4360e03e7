// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Rows.h"
#include "client-sdk/src/store/RowReader.h"

#include <QtCore/QObject>

namespace confab::client {

/// Turns what a transaction changed into rows for the models. Its signals are those of ModelSource, in the storage
/// thread.
class Publisher : public QObject
{
    Q_OBJECT

public:
    Publisher(LocalStore &store, RowReader &rows, QObject *parent = nullptr);

    void publish(const ChangeSet &changes);

Q_SIGNALS:
    void timelineRowsChanged(confab::ConversationId conversationId, const QList<confab::client::TimelineRow> &rows);
    void timelineRowsRemoved(confab::ConversationId conversationId, const QStringList &keys);
    void holesChanged(confab::ConversationId conversationId, const QList<confab::Hole> &holes);
    void timelineReset(confab::ConversationId conversationId);
    void othersReached(confab::ConversationId conversationId, confab::client::Reached reached);
    void conversationsChanged(const QList<confab::client::ConversationRow> &rows);
    void conversationsRemoved(const QList<confab::ConversationId> &ids);
    void conversationsReset();
    void membersChanged(confab::ConversationId conversationId, const QList<confab::client::MemberRow> &rows);
    void usersChanged(const QList<confab::User> &users);

private:
    void publishTimelines(const ChangeSet &changes);
    void publishPeople(const ChangeSet &changes);
    void publishConversations(const ChangeSet &changes);

    LocalStore &m_store;
    RowReader &m_rows;
};

} // namespace confab::client
