// SPDX-License-Identifier: MIT
#include <Confab/ConversationListModel.h>
#include <Confab/MemberListModel.h>
#include <Confab/SessionListModel.h>
#include <Confab/UserSearchModel.h>

#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/models/FakeSource.h"
#include "tests/unit/client-sdk/models/MirrorView.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

namespace {

ConversationRow conversation(int number, const QString &title, qint64 lastActivity)
{
    ConversationRow row;
    row.conversation.id = idOf<ConversationId>(number);
    row.conversation.kind = Conversation::Kind::Group;
    row.conversation.title = title;
    row.conversation.memberCount = 3;
    row.membership.role = Member::Role::Member;
    row.title = title;
    row.lastActivity = lastActivity;
    return row;
}

ConversationRow direct(int number, UserId other, const QString &title, qint64 lastActivity)
{
    ConversationRow row = conversation(number, {}, lastActivity);
    row.conversation.kind = Conversation::Kind::Direct;
    row.title = title;
    row.otherUserId = other;
    return row;
}

QStringList titles(const ConversationListModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.get(row).value(u"title"_s).toString());
    return all;
}

MemberRow member(int number, const QString &name, Member::Role role = Member::Role::Member)
{
    MemberRow row;
    row.member.conversationId = kChat;
    row.member.userId = idOf<UserId>(number);
    row.member.role = role;
    row.user.id = row.member.userId;
    row.user.displayName = name;
    row.user.handle = name.toLower();
    return row;
}

QStringList names(const QAbstractItemModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.index(row, 0).data(Qt::DisplayRole).toString());
    return all;
}

User person(int number, const QString &name)
{
    User user;
    user.id = idOf<UserId>(number);
    user.displayName = name;
    user.handle = name.toLower();
    return user;
}

} // namespace

class tst_ListModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conversationRolesAreTheDocumentedOnes()
    {
        const QList<QByteArray> names = ConversationListModel().roleNames().values();
        QCOMPARE(QSet<QByteArray>(names.begin(), names.end()), (QSet<QByteArray>{"conversationId",
                                                                                 "title",
                                                                                 "kind",
                                                                                 "avatarSeed",
                                                                                 "lastMessageText",
                                                                                 "lastMessageSender",
                                                                                 "lastMessageOwn",
                                                                                 "lastMessageState",
                                                                                 "lastMessageAt",
                                                                                 "unreadCount",
                                                                                 "markedUnread",
                                                                                 "pendingCount",
                                                                                 "failedCount",
                                                                                 "draft",
                                                                                 "otherUserId",
                                                                                 "isSelf",
                                                                                 "memberCount",
                                                                                 "myRole",
                                                                                 "typingCount",
                                                                                 "typingName"}));
    }

    void whoTypesIsToldOfTheRowAlone()
    {
        FakeSource source;
        source.conversations = {conversation(1, u"a"_s, 10), conversation(2, u"b"_s, 30)};
        ConversationListModel model;
        model.setSource(&source);
        const ConversationId id = source.conversations.first().conversation.id;
        const QModelIndex row = model.index(model.rowOf(id.toString()));
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy changed(&model, &ConversationListModel::conversationChanged);
        source.setTyping(id, {u"Grace"_s, u"Yuki"_s});
        QCOMPARE(data.size(), 1);
        QCOMPARE(data.first().at(0).toModelIndex(), row);
        QCOMPARE(data.first().at(2).value<QList<int>>(), (QList<int>{int(ConversationListModel::Role::TypingCount),
                                                                     int(ConversationListModel::Role::TypingName)}));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(model.get(row.row()).value(u"typingCount"_s), 2);
        QCOMPARE(model.get(row.row()).value(u"typingName"_s), u"Grace"_s);
        source.setTyping(idOf<ConversationId>(99), {u"Grace"_s}); // not in the list
        QCOMPARE(data.size(), 1);
    }

    void conversationsStandByLatestActivity()
    {
        FakeSource source;
        source.conversations = {conversation(1, u"old"_s, 10), conversation(2, u"new"_s, 30),
                                conversation(3, u"mid"_s, 20)};
        ConversationListModel model;
        MirrorView view(model);
        model.setSource(&source);
        QVERIFY(model.isLoaded());
        QCOMPARE(titles(model), (QStringList{u"new"_s, u"mid"_s, u"old"_s}));
        view.forget();

        ConversationRow row = conversation(1, u"old"_s, 40);
        row.hasLastMessage = true;
        row.lastMessage = received(7, u"hello"_s);
        row.unread = 2;
        Q_EMIT source.conversationsChanged({row});
        QCOMPARE(titles(model), (QStringList{u"old"_s, u"new"_s, u"mid"_s}));
        QCOMPARE(view.moves, 1);
        QCOMPARE(view.changes, 1);
        QCOMPARE(view.inserts + view.removals + view.resets, 0);
        using Role = ConversationListModel::Role;
        QCOMPARE(view.lastRoles,
                 (QList<int>{int(Role::LastMessageText), int(Role::LastMessageSender), int(Role::LastMessageState),
                             int(Role::LastMessageAt), int(Role::UnreadCount)}));
        const QVariantMap shown = model.get(0);
        QCOMPARE(shown.value(u"lastMessageText"_s).toString(), u"hello"_s);
        QCOMPARE(shown.value(u"lastMessageSender"_s).toString(), u"Grace"_s);
        QCOMPARE(shown.value(u"lastMessageAt"_s).toDateTime().toMSecsSinceEpoch(), 40);
        QCOMPARE(shown.value(u"kind"_s).toString(), u"group"_s);
        QCOMPARE(model.unreadTotal(), 1);

        view.forget();
        Q_EMIT source.conversationsChanged({conversation(4, u"newest"_s, 50)});
        QCOMPARE(view.inserts, 1);
        Q_EMIT source.conversationsRemoved({idOf<ConversationId>(2)});
        QCOMPARE(titles(model), (QStringList{u"newest"_s, u"old"_s, u"mid"_s}));
        QVERIFY(view.isUpToDate());
    }

    /// Case C6.
    void failuresAndDraftsShowInTheList()
    {
        FakeSource source;
        source.conversations = {conversation(1, u"a"_s, 10)};
        ConversationListModel model;
        MirrorView view(model);
        model.setSource(&source);
        ConversationRow row = source.conversations.first();
        row.pendingCount = 2;
        row.failedCount = 1;
        row.draft = u"half a thou"_s;
        Q_EMIT source.conversationsChanged({row});
        const QVariantMap shown = model.find(row.conversation.id.toString());
        QCOMPARE(shown.value(u"pendingCount"_s).toInt(), 2);
        QCOMPARE(shown.value(u"failedCount"_s).toInt(), 1);
        QCOMPARE(shown.value(u"draft"_s).toString(), u"half a thou"_s);
        QVERIFY(view.isUpToDate());
    }

    void directOnesAreCalledAfterTheOther()
    {
        FakeSource source;
        source.conversations = {direct(1, kGrace, {}, 10), direct(2, kMe, u"Ada"_s, 20)};
        ConversationListModel model;
        MirrorView view(model);
        model.setSource(&source);
        QCOMPARE(titles(model), (QStringList{u"Notes to self"_s, QString()}));
        QCOMPARE(source.askedUsers, QList<UserId>{kGrace});
        Q_EMIT source.usersChanged({person(2, u"Grace"_s)});
        QCOMPARE(titles(model), (QStringList{u"Notes to self"_s, u"Grace"_s}));
        QCOMPARE(model.get(1).value(u"avatarSeed"_s).toString(), kGrace.toString());
        Q_EMIT source.usersChanged({person(2, u"Grace Hopper"_s)});
        QCOMPARE(titles(model).last(), u"Grace Hopper"_s);
        QVERIFY(view.isUpToDate());
    }

    void filterLooksAtLettersAlone()
    {
        FakeSource source;
        source.conversations = {conversation(1, u"Café"_s, 10), conversation(2, u"Tea"_s, 30),
                                conversation(3, u"cafeteria"_s, 20)};
        ConversationListModel model;
        MirrorView view(model);
        model.setSource(&source);
        view.forget();
        model.setFilter(u"CAFE"_s);
        QCOMPARE(titles(model), (QStringList{u"cafeteria"_s, u"Café"_s}));
        // What is filtered out stays known, and comes and goes with its title.
        Q_EMIT source.conversationsChanged({conversation(2, u"Tea & café"_s, 30)});
        QCOMPARE(titles(model).first(), u"Tea & café"_s);
        Q_EMIT source.conversationsChanged({conversation(2, u"Tea"_s, 30)});
        QCOMPARE(model.count(), 2);
        QVERIFY(!model.find(idOf<ConversationId>(2).toString()).isEmpty());
        model.setFilter({});
        QCOMPARE(titles(model), (QStringList{u"Tea"_s, u"cafeteria"_s, u"Café"_s}));
        QCOMPARE(view.resets, 0);
        QVERIFY(view.isUpToDate());
    }

    void signingOutEmptiesTheList()
    {
        FakeSource source;
        source.conversations = {conversation(1, u"a"_s, 10)};
        ConversationListModel model;
        MirrorView view(model);
        model.setSource(&source);
        source.conversations.clear();
        Q_EMIT source.conversationsReset();
        QCOMPARE(model.count(), 0);
        QVERIFY(view.isUpToDate());
    }

    void membersStandByName()
    {
        FakeSource source;
        source.members = {member(2, u"Grace"_s), member(1, u"Ada"_s, Member::Role::Owner), member(3, {})};
        MemberListModel model;
        MirrorView view(model);
        model.setSource(&source);
        model.setConversationId(kChat);
        QCOMPARE(names(model), (QStringList{u"Ada"_s, u"Grace"_s, QString()}));
        QCOMPARE(model.get(0).value(u"role"_s).toString(), u"owner"_s);
        QCOMPARE(model.get(0).value(u"isMe"_s).toBool(), true);
        QVERIFY(model.canManage());
        QCOMPARE(model.myRole(), u"owner"_s);

        Q_EMIT source.usersChanged({person(3, u"Barbara"_s)});
        QCOMPARE(names(model), (QStringList{u"Ada"_s, u"Barbara"_s, u"Grace"_s}));
        MemberRow gone = member(2, u"Grace"_s);
        gone.member.left = true;
        Q_EMIT source.membersChanged(kChat, {gone});
        QCOMPARE(names(model), (QStringList{u"Ada"_s, u"Barbara"_s}));
        Q_EMIT source.membersChanged(kChat, {member(1, u"Ada"_s, Member::Role::Member)});
        QVERIFY(!model.canManage());
        QCOMPARE(model.userIds().size(), 2);
        QVERIFY(view.isUpToDate());
    }

    /// Case D3.
    void membersStandByHowFarTheyAreWithAMessage()
    {
        FakeSource source;
        source.members = {member(1, u"Ada"_s, Member::Role::Owner), member(2, u"Grace"_s), member(3, u"Barbara"_s),
                          member(4, u"Edsger"_s)};
        source.members[1].reached = {5, 4};
        source.members[3].reached = {6, 6};
        MemberListModel model;
        MirrorView view(model);
        model.setSource(&source);
        model.setMessageId(5);
        model.setConversationId(kChat);
        // Without oneself, who wrote it.
        QCOMPARE(names(model), (QStringList{u"Edsger"_s, u"Grace"_s, u"Barbara"_s}));
        QCOMPARE(model.get(0).value(u"receipt"_s).toString(), u"read"_s);
        QCOMPARE(model.get(1).value(u"receipt"_s).toString(), u"delivered"_s);
        QCOMPARE(model.get(2).value(u"receipt"_s).toString(), u"sent"_s);

        MemberRow further = source.members.at(2);
        further.reached = {5, 5};
        Q_EMIT source.membersChanged(kChat, {further, source.members.at(0)});
        QCOMPARE(names(model), (QStringList{u"Barbara"_s, u"Edsger"_s, u"Grace"_s}));
        QVERIFY(view.isUpToDate());
        model.setMessageId(0);
        QCOMPARE(model.count(), 4);
        QCOMPARE(model.get(0).value(u"receipt"_s).toString(), QString());
        QVERIFY(view.isUpToDate());
    }

    void searchAsksOnceTypingPauses()
    {
        UserSearchModel model;
        MirrorView view(model);
        QStringList asked;
        QList<std::shared_ptr<QPromise<Result<QList<User>>>>> answers;
        model.setSearch([&](const QString &query) {
            asked.append(query);
            answers.append(std::make_shared<QPromise<Result<QList<User>>>>());
            answers.last()->start();
            return answers.last()->future();
        });
        model.setQuery(u"g"_s);
        model.setQuery(u"gr"_s);
        QVERIFY(model.isRunning());
        QTRY_COMPARE(asked, QStringList{u"gr"_s});

        model.setQuery(u"grace"_s);
        QTRY_COMPARE(asked.size(), 2);
        // The answer to the older query comes last and is not shown.
        answers.at(1)->addResult(Result<QList<User>>(QList<User>{person(2, u"Grace"_s)}));
        answers.at(1)->finish();
        QTRY_COMPARE(names(model), QStringList{u"Grace"_s});
        answers.at(0)->addResult(Result<QList<User>>(QList<User>{person(3, u"Grant"_s)}));
        answers.at(0)->finish();
        QCoreApplication::processEvents();
        QCOMPARE(names(model), QStringList{u"Grace"_s});
        QVERIFY(!model.isRunning());

        model.setQuery(u"x"_s);
        QTRY_COMPARE(asked.size(), 3);
        answers.at(2)->addResult(Result<QList<User>>(Error::unavailable(u"no connection"_s)));
        answers.at(2)->finish();
        QTRY_COMPARE(model.errorMessage(), u"no connection"_s);
        model.setQuery({});
        QCOMPARE(model.errorMessage(), QString());
        QCOMPARE(model.count(), 0);
        QVERIFY(view.isUpToDate());
    }

    void sessionsAreListedAndRevoked()
    {
        Session phone;
        phone.id = idOf<SessionId>(1);
        phone.deviceName = u"phone"_s;
        phone.lastSeenAt = 50;
        Session laptop;
        laptop.id = idOf<SessionId>(2);
        laptop.deviceName = u"laptop"_s;
        laptop.current = true;
        SessionId revoked;
        SessionListModel model;
        MirrorView view(model);
        model.setBackend({[&] {
                              return QtFuture::makeReadyFuture(Result<QList<Session>>(QList<Session>{phone, laptop}));
                          },
                          [&](SessionId id) {
                              revoked = id;
                              return QtFuture::makeReadyFuture(Result<Done>(Done{}));
                          }});
        model.refresh();
        QTRY_COMPARE(names(model), (QStringList{u"laptop"_s, u"phone"_s}));
        const std::unique_ptr<Action> action(model.revoke(phone.id.toString()));
        QTRY_VERIFY(action->isOk());
        QCOMPARE(revoked, phone.id);
        QTRY_COMPARE(names(model), QStringList{u"laptop"_s});
        const std::unique_ptr<Action> nonsense(model.revoke(u"x"_s));
        QCOMPARE(nonsense->error().code, ErrorCode::NotFound);
        QVERIFY(view.isUpToDate());
    }

    void anActionEndsOnce()
    {
        Action action;
        QSignalSpy succeeded(&action, &Action::succeeded);
        QSignalSpy failed(&action, &Action::failed);
        QVERIFY(action.isRunning());
        action.fail(Error::invalid(u"handle"_s, u"too short"_s));
        action.succeed(7);
        QCOMPARE(failed.size(), 1);
        QCOMPARE(succeeded.size(), 0);
        QCOMPARE(action.errorField(), u"handle"_s);
        QCOMPARE(action.errorMap().value(u"code"_s).toString(), u"invalidArgument"_s);
    }

    void anActionEndsAsItsFutureDoes()
    {
        QPromise<Result<ConversationId>> promise;
        promise.start();
        const std::unique_ptr<Action> action(Action::of(promise.future()));
        QVERIFY(action->isRunning());
        promise.addResult(Result<ConversationId>(kChat));
        promise.finish();
        QTRY_VERIFY(action->isOk());
        QCOMPARE(action->value().toString(), kChat.toString());
    }
};

CONFAB_TEST_CLASS(tst_ListModels)
#include "tst_ListModels.moc"
