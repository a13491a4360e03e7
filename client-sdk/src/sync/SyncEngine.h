// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/sync/ConversationSync.h"
#include "client-sdk/src/sync/PeopleSync.h"

namespace confab::client {

/// Makes the local store equal to the server and keeps it so: the hello, the account's list, and the routing of
/// events.
class SyncEngine : public QObject
{
    Q_OBJECT

public:
    SyncEngine(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent = nullptr);

    Hello makeHello(const QString &token) const;
    /// Stores what the server told, in one transaction, and begins to fetch what did not fit. The connection is
    /// established already.
    Result<Done> applyHello(const HelloReply &reply);
    void takeEvent(const QByteArray &name, const QByteArray &body);
    /// Takes an entry that a reply carried (a conversation made or changed here).
    void takeEntry(const ConversationEntry &entry);
    /// Asks for a conversation's entry anew: its numbers are in doubt, or it is new.
    void refreshEntry(ConversationId id);
    void connectionLost();
    bool isUpdating() const { return m_listing || m_conversations.isCatchingUp(); }

    ConversationSync &conversations() { return m_conversations; }
    PeopleSync &people() { return m_people; }

Q_SIGNALS:
    void updatingChanged();
    void messageReceived(const confab::Message &message);
    void typingReceived(const confab::Typing &typing);
    void presenceReceived(const confab::PresenceChanges &changes);
    void ownPresenceReceived(const confab::OwnPresence &own);
    /// The server left out events for this socket: `hello` is to be said again on it.
    void helloWanted();
    void writeFailed(const confab::Error &error);

private:
    template<typename Event>
    std::optional<Event> decoded(const QByteArray &body);
    void putReceipts(const QList<Receipt> &receipts);
    void takeAccountChange(const AccountChange &change);
    void takeHint(const SyncHint &hint);
    void applyEntries(const QList<ConversationEntry> &entries, const QList<ConversationId> &gone,
                      QList<ConversationId> &toCheck);
    void list();
    void listArrived(const Result<ConversationList> &page);
    void fetchEntries();
    void entriesArrived(const QList<ConversationId> &asked, const Result<ConversationList> &page);

    LocalStore &m_store;
    Connection &m_connection;
    SyncTimings m_timings;
    ConversationSync m_conversations;
    PeopleSync m_people;
    bool m_listing = false;
    bool m_listAgain = false;
    QTimer m_accountGap;
    QSet<ConversationId> m_refreshing;
    QList<ConversationId> m_entriesLeft; ///< Whose numbers are to be asked for.
    bool m_fetchingEntries = false;
};

} // namespace confab::client
