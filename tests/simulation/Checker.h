// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/sqlite/SqliteConnection.h"
#include "tests/simulation/Device.h"
#include "tests/simulation/Ledger.h"

namespace confab::simulation {

/// Compares everything, once the network has healed and all is quiet: the server with what was wished and told, and
/// each device with the server.
///
/// A violation is a line `rule: details`.
class Checker
{
public:
    /// \a serverDirectory holds the server's database.
    Checker(const QString &serverDirectory, const Ledger &ledger, const QList<Device *> &devices,
            const Population &population);

    QStringList violations();

private:
    void readMessages();
    void checkWishes();
    void checkWish(const ClientId &clientId, const Wished &wished);
    void checkText(const ClientId &clientId, const Wished &wished, const Message &message);
    void checkTold();
    void checkDevice(Device &device);
    void checkConversation(Device &device, const ConversationId &id, const server::Row &membership);
    bool isBehindOnlyByWhatIsHidden(const ConversationId &id, Revision cursor, const server::Row &membership);
    void checkMessages(Device &device, const ConversationId &id, Revision visibleFrom);
    void checkMembers(Device &device, const ConversationId &id);
    bool hasFailed(int device, const Wished &wished, const ClientId &clientId, client::OutboxItem::Kind kind) const;
    void report(const QString &line) { m_violations.append(line); }
    server::Rows query(const QByteArray &sql, const QList<server::Value> &parameters = {});

    server::SqliteConnection m_database;
    const Ledger &m_ledger;
    const QList<Device *> &m_devices;
    const Population &m_population;
    QHash<ConversationId, QMap<MessageId, Message>> m_messages;
    QHash<ClientId, QList<Message>> m_byClientId;
    QStringList m_violations;
};

} // namespace confab::simulation
