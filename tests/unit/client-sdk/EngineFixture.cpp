// SPDX-License-Identifier: MIT
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtCore/QDir>

namespace confab::client::test {

using namespace Qt::StringLiterals;

User user(UserId id, const QString &name)
{
    User made;
    made.id = id;
    made.handle = name.toLower();
    made.displayName = name;
    made.profileVersion = 1;
    return made;
}

Message message(MessageId id, UserId sender, const QString &text)
{
    Message made;
    made.conversationId = kRoom;
    made.id = made.revision = id;
    made.senderId = sender;
    made.clientId = clientId(1000 + static_cast<int>(id));
    made.createdAt = 1'700'000'000'000 + id;
    made.content.text = text;
    return made;
}

ConversationEntry entry(ConversationId id, Revision head, qint64 unread, Revision accountRevision)
{
    ConversationEntry made;
    made.conversation.id = id;
    made.conversation.kind = Conversation::Kind::Group;
    made.conversation.title = u"Room"_s;
    made.conversation.creatorId = kOther;
    made.conversation.memberCount = 2;
    made.conversation.revision = 1;
    made.membership.conversationId = id;
    made.membership.role = Member::Role::Member;
    made.membership.unread = unread;
    made.membership.accountRevision = accountRevision;
    made.headRevision = head;
    return made;
}

HelloReply hello(QList<ConversationEntry> entries, Revision accountRevision)
{
    HelloReply reply;
    reply.user = user(kMe, u"Me"_s);
    reply.session.id = SessionId(QUuid(9, 9, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 9));
    reply.generation = generation(1);
    reply.accountRevision = accountRevision;
    reply.heartbeatMs = 20'000;
    reply.conversations = std::move(entries);
    reply.profiles = {{kMe, 1}};
    return reply;
}

ConversationChanges page(ConversationId id, QList<Message> messages, Revision revision, const Hole &hole)
{
    ConversationChanges made;
    made.conversationId = id;
    made.messages = std::move(messages);
    made.revision = revision;
    made.hole = hole;
    return made;
}

EngineFixture::EngineFixture()
{
    parts.settings.profileDirectory = directory.path();
    parts.settings.serverUrl = QUrl(u"http://server.example:8090"_s);
    parts.settings.secretPolicy = SecretPolicy::PlainFile;
    parts.makeTransport = server.factory();
    parts.makeSecretStore = [path = directory.path()](SecretPolicy) { return std::make_unique<FileSecretStore>(path); };
    parts.clock = clock;
    parts.random = [] { return 0.5; };
    parts.connectionTimings.backoffBaseMs = 2;
    parts.connectionTimings.backoffMaxMs = 4;
    parts.syncTimings.gapMs = 20;
    parts.syncTimings.gatherMs = 1;
    parts.syncTimings.tryAgainMs = 5;
    parts.outboxTimings.backoffBaseMs = 2;
    parts.outboxTimings.backoffMaxMs = 4;
}

void EngineFixture::start()
{
    engine = std::make_unique<Engine>(parts);
    engine->open();
}

void EngineFixture::signInOnDisk()
{
    LocalStore store;
    QVERIFY(store.open(directory.path()));
    SessionKeeper keeper(store, parts.makeSecretStore, SecretPolicy::PlainFile);
    QVERIFY(store.write(Durability::Flushed, [&] {
        store.setMe(user(kMe, u"Me"_s));
        store.people().putUser(user(kOther, u"Other"_s));
    }));
    keeper.keep("token", [](SecretOutcome outcome) { QCOMPARE(outcome, SecretOutcome::Found); });
}

Hello EngineFixture::connectWith(const HelloReply &reply)
{
    if (!QTest::qWaitFor([this] { return server.current && !server.current->url.isEmpty(); }, 5000)) {
        QTest::qFail("no attempt", __FILE__, __LINE__);
        return {};
    }
    server.accept();
    const Hello asked = server.expect<Hello>();
    server.reply(reply);
    return asked;
}

void EngineFixture::startWithRoom(const QList<Message> &messages, Revision head, const Hole &hole)
{
    signInOnDisk();
    start();
    HelloReply reply = hello({entry(kRoom, head)});
    reply.changes = {page(kRoom, messages, head, hole)};
    connectWith(reply);
    QTRY_COMPARE(engine->state(), Client::State::Online);
}

QStringList EngineFixture::texts(ConversationId id)
{
    QStringList texts;
    for (const TimelineRow &row : timeline(id).rows)
        texts.prepend(row.deleted ? u"-"_s : row.text);
    return texts;
}

} // namespace confab::client::test
