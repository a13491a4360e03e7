// SPDX-License-Identifier: MIT
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtCore/QCoreApplication>

namespace confab::test {

using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

template<typename T>
T expect(Result<T> result, const char *what)
{
    if (!result)
        qFatal("%s was refused: %ls", what, qUtf16Printable(result.error().message));
    return *result;
}

} // namespace

MessagesFixture::MessagesFixture(const Limits &withLimits)
    : limits(withLimits), endpoint(bus.makeEndpoint()), backends{store.database(), store.messages(), *endpoint,
                                                                 store.clock(),    store.ids(),      limits},
      conversations(backends), members(backends), messages(backends), reading(backends), sync(backends)
{
    endpoint->setHandler([this](const QByteArray &, const QByteArray &payload) {
        envelopes.append(expect(decodeEnvelope(payload), "an envelope"));
    });
    // Every slot of both kinds of topics, and the one of sessions that end.
    QSet<QByteArray> topics{sessionsTopic()};
    for (quint16 i = 0; i < 4096; ++i) {
        QByteArray bytes(16, '\1');
        bytes[14] = char(i >> 8);
        bytes[15] = char(i & 0xff);
        const QUuid uuid = QUuid::fromRfc4122(bytes);
        topics.insert(conversationTopic(ConversationId(uuid)));
        topics.insert(userTopic(UserId(uuid)));
    }
    for (const QByteArray &topic : topics)
        endpoint->subscribe(topic);
}

Caller MessagesFixture::caller(const UserId &user) const
{
    Caller caller;
    caller.userId = user;
    return caller;
}

ConversationId MessagesFixture::direct(const UserId &one, const UserId &other)
{
    CreateConversation op;
    op.clientId = store.ids().make<ClientId>();
    op.kind = Conversation::Kind::Direct;
    op.memberIds = {other};
    return expect(await(conversations.create(caller(one), op)), "a direct conversation").id;
}

ConversationId MessagesFixture::group(const UserId &owner, const QList<UserId> &others, bool hideHistory)
{
    CreateConversation op;
    op.clientId = store.ids().make<ClientId>();
    op.kind = Conversation::Kind::Group;
    op.title = u"Group"_s;
    op.memberIds = others;
    op.hideHistory = hideHistory;
    return expect(await(conversations.create(caller(owner), op)), "a group").id;
}

Message MessagesFixture::send(const UserId &sender, const ConversationId &conversation, const QString &text)
{
    SendMessage op;
    op.conversationId = conversation;
    op.clientId = store.ids().make<ClientId>();
    op.text = text;
    return expect(await(messages.send(caller(sender), op)), "a message");
}

QList<Message> MessagesFixture::sendMany(const UserId &sender, const ConversationId &conversation, int count)
{
    QList<Message> sent;
    for (int i = 1; i <= count; ++i)
        sent.append(send(sender, conversation, QString::number(i)));
    return sent;
}

Message MessagesFixture::edit(const UserId &who, const Message &message, const QString &text)
{
    const EditMessage op{message.conversationId, message.id, text};
    return expect(await(messages.edit(caller(who), op)), "an edit");
}

Message MessagesFixture::remove(const UserId &who, const Message &message)
{
    const DeleteMessage op{message.conversationId, message.id};
    return expect(await(messages.remove(caller(who), op)), "a deletion");
}

void MessagesFixture::add(const UserId &who, const ConversationId &conversation, const UserId &added)
{
    const AddMembers op{conversation, {added}};
    expect(await(members.add(caller(who), op)), "adding a member");
}

void MessagesFixture::removeMember(const UserId &who, const ConversationId &conversation, const UserId &removed)
{
    const RemoveMember op{conversation, removed};
    expect(await(members.remove(caller(who), op)), "removing a member");
}

ReadState MessagesFixture::markRead(const UserId &who, const ConversationId &conversation, MessageId messageId)
{
    const MarkRead op{conversation, messageId};
    return expect(await(reading.markRead(caller(who), op)), "marking read");
}

ConversationEntry MessagesFixture::entry(const UserId &who, const ConversationId &conversation)
{
    const GetConversation op{conversation};
    return expect(await(conversations.get(caller(who), op)), "an entry");
}

ConversationChanges MessagesFixture::changesOf(const UserId &who, const GetConversationChanges &op)
{
    return expect(await(messages.changes(caller(who), op)), "changes");
}

HelloReply MessagesFixture::hello(const UserId &who, const Hello &op)
{
    return expect(await(sync.hello(caller(who), op)), "hello");
}

void MessagesFixture::deactivate(const UserId &user)
{
    const Batch batch{{"UPDATE users SET deactivated = 1 WHERE id = ?", {user}, 1}};
    expect(await(store.database().commit(batch)), "deactivating");
}

qint64 MessagesFixture::count(const QByteArray &sql)
{
    const Statement statement{sql, {}, {}};
    return expect(await(store.database().query(statement)), "a count").first().at(0).toInt();
}

QString textsOf(const QList<Message> &messages)
{
    QStringList texts;
    for (const Message &message : messages)
        texts.append(message.deleted ? u"-"_s : message.content.text);
    return texts.join(u' ');
}

} // namespace confab::test
