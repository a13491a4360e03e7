// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/local/LocalBus.h"
#include "server/services/events/Envelope.h"
#include "server/services/messages/ConversationService.h"
#include "server/services/messages/MemberService.h"
#include "server/services/messages/MessageService.h"
#include "server/services/messages/ReadService.h"
#include "server/services/messages/SyncService.h"
#include "shared/protocol/Frames.h"
#include "tests/support/Await.h"
#include "tests/support/server/TestStore.h"

#include <QtCore/QCoreApplication>

namespace confab::test {

/// All messages services of one shard on a real store, people to act, and what the bus carried.
class MessagesFixture
{
public:
    explicit MessagesFixture(const Limits &withLimits = {});

    // Each fails the program when it is refused; tests of refusals call the services.
    UserId person(const QString &handle) { return store.addUser(handle); }
    ConversationId direct(const UserId &one, const UserId &other);
    ConversationId group(const UserId &owner, const QList<UserId> &others, bool hideHistory = false);
    Message send(const UserId &sender, const ConversationId &conversation,
                 const QString &text = QStringLiteral("hello"));
    QList<Message> sendMany(const UserId &sender, const ConversationId &conversation, int count);
    Message edit(const UserId &caller, const Message &message, const QString &text);
    Message remove(const UserId &caller, const Message &message);
    void add(const UserId &caller, const ConversationId &conversation, const UserId &who);
    void removeMember(const UserId &caller, const ConversationId &conversation, const UserId &who);
    ReadState markRead(const UserId &caller, const ConversationId &conversation, MessageId messageId);
    ConversationEntry entry(const UserId &caller, const ConversationId &conversation);
    ConversationChanges changesOf(const UserId &caller, const GetConversationChanges &op);
    HelloReply hello(const UserId &caller, const Hello &op = {});
    void deactivate(const UserId &user);
    qint64 count(const QByteArray &sql);

    server::Caller caller(const UserId &user) const;

    /// The events of one type that reached the bus so far, in order; others stay. Turns the event loop first.
    template<typename T>
    QList<T> heard(server::Envelope::Kind kind = server::Envelope::Kind::Conversation)
    {
        QCoreApplication::processEvents();
        QList<T> events;
        for (const server::Envelope &envelope : envelopes) {
            const Result<ServerFrame> frame = decodeServerFrame(envelope.frame);
            if (envelope.kind != kind || !frame || frame->event != T::kEvent)
                continue;
            const Result<T> event = decodeCbor<T>(frame->body, Strictness::Reply);
            if (event)
                events.append(*event);
        }
        return events;
    }

    TestStore store;
    const Limits limits;
    server::LocalBus bus;
    std::unique_ptr<server::Bus> endpoint;
    QList<server::Envelope> envelopes;
    server::MessagesBackends backends;
    server::ConversationService conversations;
    server::MemberService members;
    server::MessageService messages;
    server::ReadService reading;
    server::SyncService sync;
};

QString textsOf(const QList<Message> &messages);

} // namespace confab::test
