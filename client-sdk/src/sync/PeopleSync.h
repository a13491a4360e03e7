// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/store/LocalStore.h"
#include "client-sdk/src/sync/SyncTimings.h"

#include <QtCore/QSet>

namespace confab::client {

/// Fetches the profiles that rows name and the store lacks, many at once, and long member lists.
class PeopleSync : public QObject
{
    Q_OBJECT

public:
    PeopleSync(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent = nullptr);

    /// Fetches those of the ids that the store does not know.
    void need(const QSet<UserId> &ids);
    /// Fetches these whatever the store knows.
    void refresh(const QList<UserId> &ids);
    /// Fetches all members of a conversation when the store holds fewer than there are.
    void fetchMembers(ConversationId id);

    void connected();
    void connectionLost();

private:
    void requestUsers();
    void requestMembers(ConversationId id, std::optional<UserId> after);

    LocalStore &m_store;
    Connection &m_connection;
    SyncTimings m_timings;
    QSet<UserId> m_wanted;
    QSet<UserId> m_absent; ///< Asked for, and not told of by the server.
    QTimer m_gather;
    bool m_requested = false;
    QSet<ConversationId> m_listing;
};

} // namespace confab::client
