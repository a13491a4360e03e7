// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Engine.h"
#include "client-sdk/src/secrets/FileSecretStore.h"
#include "tests/unit/client-sdk/FakeServer.h"

#include <QtCore/QTemporaryDir>

namespace confab::client::test {

inline UserId userId(int number)
{
    return UserId(QUuid(static_cast<uint>(number), 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));
}
inline ConversationId conversationId(int number)
{
    return ConversationId(QUuid(static_cast<uint>(number), 2, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));
}
inline ClientId clientId(int number)
{
    return ClientId(QUuid(static_cast<uint>(number), 3, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));
}
inline GenerationId generation(int number)
{
    return GenerationId(QUuid(static_cast<uint>(number), 4, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));
}

inline const UserId kMe = userId(1);
inline const UserId kOther = userId(2);
inline const ConversationId kRoom = conversationId(1);

User user(UserId id, const QString &name);
/// A message by \a sender, made at revision \a id.
Message message(MessageId id, UserId sender = kOther, const QString &text = QStringLiteral("text"));
ConversationEntry entry(ConversationId id, Revision head, qint64 unread = 0, Revision accountRevision = 1);
HelloReply hello(QList<ConversationEntry> entries = {}, Revision accountRevision = 1);
ConversationChanges page(ConversationId id, QList<Message> messages, Revision revision, const Hole &hole = {});

/// An engine in the test's thread on a profile of its own, before a server that the test plays. Waits are short.
class EngineFixture
{
public:
    EngineFixture();

    void start();
    /// Ends the engine as a kill would: nothing is said goodbye to.
    void stop() { engine.reset(); }
    /// Puts a signed-in person into the profile, so that start() goes online.
    void signInOnDisk();
    /// Accepts the attempt and answers its hello.
    Hello connectWith(const HelloReply &reply);
    /// Starts with one room held up to \a head with these messages.
    void startWithRoom(const QList<Message> &messages, Revision head, const Hole &hole = {});

    TimelineSlice timeline(ConversationId id = kRoom) { return engine->rows().timelineBefore(id, 0, 1000); }
    QStringList texts(ConversationId id = kRoom); ///< Oldest first.
    Revision cursor(ConversationId id = kRoom) { return engine->store().conversations().find(id)->cursor; }
    int unread(ConversationId id = kRoom) { return engine->rows().conversation(id)->unread; }

    QTemporaryDir directory;
    FakeServer server;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    EngineParts parts;
    std::unique_ptr<Engine> engine;
};

} // namespace confab::client::test
