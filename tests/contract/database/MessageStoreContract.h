// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "server/backends/database/MessageStore.h"

#include <QtCore/QObject>

namespace confab::test {

/// What every MessageStore has to keep, whatever the engine.
class MessageStoreContract : public QObject
{
    Q_OBJECT

protected:
    /// A store with the schema and nothing in it, valid until the test ends.
    virtual server::Database &database() = 0;
    virtual server::MessageStore &store() = 0;
    virtual const IdGenerator &ids() = 0;

private Q_SLOTS:
    void numbersFromTheConversationsRevisionOn();
    void storesAClientIdOnceHoweverOftenItIsSent();
    void refusesWhoIsNoActiveMember();
    void refusesAnInvisibleReply();
    void keepsEveryMessageOfManyConcurrentSenders();
    void refusesOneOfAGroupAlone();

private:
    UserId makeUser(const QString &handle);
    ConversationId makeConversation(const QList<UserId> &members);
    void commit(const server::Batch &batch);
    qint64 number(const server::Statement &statement);
    server::Append appendOf(const ConversationId &conversation, const UserId &sender);
};

} // namespace confab::test
