// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/store/LocalStore.h"

#include <QtCore/QSet>

namespace confab::client {

/// Brings read positions and "marked unread" flags to the server, one request per conversation at a time; what is
/// noted meanwhile follows as one.
class ReadMarks : public QObject
{
    Q_OBJECT

public:
    ReadMarks(LocalStore &store, Connection &connection, int tryAgainMs, QObject *parent = nullptr);

    /// Notes that all up to \a messageId was read. Nothing is written where that is known already.
    Result<Done> markRead(ConversationId id, MessageId messageId);
    Result<Done> markUnread(ConversationId id);
    void connected();
    void connectionLost();

private:
    void wake(ConversationId id);
    void answered(ConversationId id, const Result<ReadState> &reply, const std::function<void()> &settle);

    LocalStore &m_store;
    Connection &m_connection;
    int m_tryAgainMs;
    QSet<ConversationId> m_underWay;
};

} // namespace confab::client
