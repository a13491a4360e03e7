// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Making, listing and renaming conversations.
class tst_ConversationService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    UserId ada, bob, eve;

    CreateConversation creation(Conversation::Kind kind, const QList<UserId> &people)
    {
        CreateConversation op;
        op.clientId = f->store.ids().make<ClientId>();
        op.kind = kind;
        op.memberIds = people;
        return op;
    }

    Result<Conversation> create(const UserId &who, const CreateConversation &op)
    {
        return await(f->conversations.create(f->caller(who), op));
    }

    ConversationList list(const UserId &who, std::optional<qint64> after = {}, std::optional<qint64> limit = {})
    {
        const ListConversations op{after, limit};
        const Result<ConversationList> found = await(f->conversations.list(f->caller(who), op));
        return found ? *found : ConversationList{};
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
    }

    void makesOneDirectConversationAPair()
    {
        const auto first = create(ada, creation(Conversation::Kind::Direct, {bob}));
        QVERIFY(first);
        QCOMPARE(first->memberCount, 2);
        QCOMPARE(first->title, QString());
        QCOMPARE(QSet<UserId>(first->directUserIds.begin(), first->directUserIds.end()), (QSet<UserId>{ada, bob}));
        const auto again = create(bob, creation(Conversation::Kind::Direct, {ada}));
        QVERIFY(again);
        QCOMPARE(*again, *first);
        const auto named = create(bob, creation(Conversation::Kind::Direct, {bob, ada, ada}));
        QVERIFY(named);
        QCOMPARE(named->id, first->id);
        const auto other = create(ada, creation(Conversation::Kind::Direct, {eve}));
        QVERIFY(other);
        QVERIFY(other->id != first->id);
    }

    void makesOneDirectConversationAlsoAtTheSameTime()
    {
        std::vector<QCoro::Task<Result<Conversation>>> tasks;
        for (int i = 0; i < 8; ++i) {
            const CreateConversation op = creation(Conversation::Kind::Direct, {i % 2 ? ada : bob});
            tasks.push_back(f->conversations.create(f->caller(i % 2 ? bob : ada), op));
        }
        QSet<ConversationId> ids;
        for (auto &task : tasks) {
            const auto made = await(std::move(task));
            QVERIFY(made);
            ids.insert(made->id);
        }
        QCOMPARE(ids.size(), 1);
        QCOMPARE(f->count("SELECT count(*) FROM conversations"), 1);
        QCOMPARE(f->count("SELECT count(*) FROM members"), 2);
    }

    void makesNotesToSelf()
    {
        const auto notes = create(ada, creation(Conversation::Kind::Direct, {ada}));
        QVERIFY(notes);
        QCOMPARE(notes->memberCount, 1);
        QCOMPARE(notes->directUserIds, (QList<UserId>{ada, ada}));
        const auto again = create(ada, creation(Conversation::Kind::Direct, {ada}));
        QVERIFY(again);
        QCOMPARE(again->id, notes->id);
        f->send(ada, notes->id);
        QCOMPARE(f->entry(ada, notes->id).membership.unread, 0);
    }

    void makesAGroupOnceForAClientId()
    {
        CreateConversation op = creation(Conversation::Kind::Group, {bob, eve, bob});
        op.title = u"  Chess  "_s;
        const auto group = create(ada, op);
        QVERIFY(group);
        QCOMPARE(group->title, u"Chess"_s);
        QCOMPARE(group->memberCount, 3);
        QCOMPARE(group->creatorId, ada);
        QVERIFY(group->directUserIds.isEmpty());
        QCOMPARE(f->entry(ada, group->id).membership.role, Member::Role::Owner);
        QCOMPARE(f->entry(bob, group->id).membership.role, Member::Role::Member);
        const auto again = create(ada, op);
        QVERIFY(again);
        QCOMPARE(*again, *group);
        // The clientId is the creator's own.
        CreateConversation bobs = op;
        bobs.memberIds = {ada};
        const auto other = create(bob, bobs);
        QVERIFY(other);
        QVERIFY(other->id != group->id);
    }

    void refusesWhatMakesNoConversation_data()
    {
        QTest::addColumn<int>("what");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<QString>("field");
        QTest::newRow("channel") << 0 << ErrorCode::InvalidArgument << u"kind"_s;
        QTest::newRow("direct with nobody") << 1 << ErrorCode::InvalidArgument << u"memberIds"_s;
        QTest::newRow("direct with two") << 2 << ErrorCode::InvalidArgument << u"memberIds"_s;
        QTest::newRow("direct with a title") << 3 << ErrorCode::InvalidArgument << u"title"_s;
        QTest::newRow("direct with nobody known") << 4 << ErrorCode::NotFound << u"memberIds"_s;
        QTest::newRow("group with somebody unknown") << 5 << ErrorCode::NotFound << u"memberIds"_s;
        QTest::newRow("NUL in the title") << 6 << ErrorCode::InvalidArgument << u"title"_s;
        QTest::newRow("title too long") << 7 << ErrorCode::TooLarge << u"title"_s;
        QTest::newRow("blank title") << 8 << ErrorCode::InvalidArgument << u"title"_s;
        QTest::newRow("too many at once") << 9 << ErrorCode::TooLarge << u"memberIds"_s;
        QTest::newRow("somebody deactivated") << 10 << ErrorCode::NotFound << u"memberIds"_s;
    }

    void refusesWhatMakesNoConversation()
    {
        QFETCH(int, what);
        QFETCH(ErrorCode, code);
        QFETCH(QString, field);
        const bool direct = what >= 1 && what <= 4;
        CreateConversation op = creation(direct ? Conversation::Kind::Direct : Conversation::Kind::Group, {bob});
        const UserId unknown = f->store.ids().make<UserId>();
        if (what == 0)
            op.kind = Conversation::Kind::Channel;
        else if (what == 1)
            op.memberIds.clear();
        else if (what == 2)
            op.memberIds = {bob, eve};
        else if (what == 3)
            op.title = u"x"_s;
        else if (what == 4)
            op.memberIds = {unknown};
        else if (what == 5)
            op.memberIds = {bob, unknown};
        else if (what == 6)
            op.title = u"a\0b"_s;
        else if (what == 7)
            op.title = QString(129, u'x');
        else if (what == 8)
            op.title = u"   "_s;
        else if (what == 9)
            op.memberIds = QList<UserId>(201, bob);
        else
            f->deactivate(bob);
        const auto refused = create(ada, op);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, code);
        QCOMPARE(refused.error().field, field);
        QCOMPARE(f->count("SELECT count(*) FROM conversations"), 0);
        QCOMPARE(f->count("SELECT count(*) FROM claims"), 0);
        QCOMPARE(f->count("SELECT count(*) FROM direct_pairs"), 0);
    }

    void tellsEveryMemberOfANewConversation()
    {
        const ConversationId group = f->group(ada, {bob});
        const QList<AccountChange> changes = f->heard<AccountChange>(Envelope::Kind::Joined);
        QCOMPARE(changes.size(), 2);
        QSet<UserId> told;
        for (const Envelope &envelope : f->envelopes) {
            QCOMPARE(envelope.kind, Envelope::Kind::Joined);
            QCOMPARE(envelope.conversationId, group);
            told.insert(envelope.userId);
        }
        QCOMPARE(told, (QSet<UserId>{ada, bob}));
        QVERIFY(changes.contains(AccountChange{1, {f->entry(bob, group)}, {}}));
    }

    void listsInTheOrderOfTheAccountsRevision()
    {
        QList<ConversationId> made;
        for (int i = 0; i < 5; ++i)
            made.append(f->group(ada, {bob}));
        const ConversationList all = list(ada);
        QCOMPARE(all.entries.size(), 5);
        QCOMPARE(all.accountRevision, 5);
        QVERIFY(!all.more);

        // Page by page, from the reply's number on.
        QList<ConversationId> paged;
        qint64 after = 0;
        for (bool more = true; more;) {
            const ConversationList page = list(ada, after, 2);
            for (const ConversationEntry &entry : page.entries)
                paged.append(entry.conversation.id);
            after = page.accountRevision;
            more = page.more;
        }
        QCOMPARE(paged, made);

        f->removeMember(ada, made.at(1), ada);
        const ConversationList changed = list(ada, 5);
        QVERIFY(changed.entries.isEmpty());
        QCOMPARE(changed.gone, QList<ConversationId>{made.at(1)});
        QCOMPARE(changed.accountRevision, 6);
        QCOMPARE(list(ada).entries.size(), 4);
        QVERIFY(list(ada).gone.isEmpty());
        QVERIFY(list(ada, 6).entries.isEmpty());
    }

    void showsTheNewestLivingMessageInAnEntry()
    {
        const ConversationId chat = f->direct(ada, bob);
        QVERIFY(!f->entry(ada, chat).lastMessage);
        const Message first = f->send(ada, chat, u"first"_s);
        const Message last = f->send(bob, chat, u"last"_s);
        QCOMPARE(f->entry(ada, chat).lastMessage, last);
        f->remove(bob, last);
        QCOMPARE(f->entry(ada, chat).lastMessage, first);
        const Message edited = f->edit(ada, first, u"edited"_s);
        QCOMPARE(f->entry(ada, chat).lastMessage, edited);
        QCOMPARE(f->entry(ada, chat).headRevision, edited.revision);
        f->remove(ada, first);
        QVERIFY(!f->entry(ada, chat).lastMessage);
    }

    void hidesConversationsFromStrangers()
    {
        const ConversationId chat = f->direct(ada, bob);
        const GetConversation real{chat};
        const GetConversation invented{f->store.ids().make<ConversationId>()};
        const auto one = await(f->conversations.get(f->caller(eve), real));
        const auto other = await(f->conversations.get(f->caller(eve), invented));
        QVERIFY(!one && !other);
        QCOMPARE(one.error().code, ErrorCode::NotFound);
        QCOMPARE(one.error(), other.error());
        UpdateConversation update{chat, Patch<QString>(u"x"_s)};
        const auto renamed = await(f->conversations.update(f->caller(eve), update));
        QVERIFY(!renamed);
        QCOMPARE(renamed.error(), one.error());
        QVERIFY(list(eve).entries.isEmpty());
    }

    void letsMembersRenameAGroup()
    {
        const ConversationId group = f->group(ada, {bob});
        const qint64 head = f->entry(ada, group).headRevision;
        QCoreApplication::processEvents();
        f->envelopes.clear();
        const UpdateConversation op{group, Patch<QString>(u"New"_s)};
        const auto renamed = await(f->conversations.update(f->caller(bob), op));
        QVERIFY(renamed);
        QCOMPARE(renamed->title, u"New"_s);
        QCOMPARE(renamed->revision, head + 1);
        QCOMPARE(f->heard<Conversation>(), QList<Conversation>{*renamed});
        QCOMPARE(f->entry(ada, group).conversation, *renamed);
        // The same title again, or none given, changes nothing.
        const auto again = await(f->conversations.update(f->caller(bob), op));
        QVERIFY(again);
        QCOMPARE(*again, *renamed);
        const UpdateConversation nothing{group, {}};
        const auto kept = await(f->conversations.update(f->caller(bob), nothing));
        QVERIFY(kept);
        QCOMPARE(*kept, *renamed);
        UpdateConversation clear{group, {}};
        clear.title.state = Patch<QString>::State::Clear;
        const auto cleared = await(f->conversations.update(f->caller(bob), clear));
        QVERIFY(cleared);
        QCOMPARE(cleared->title, QString());

        const UpdateConversation direct{f->direct(ada, bob), Patch<QString>(u"x"_s)};
        const auto refused = await(f->conversations.update(f->caller(ada), direct));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        const UpdateConversation nul{group, Patch<QString>(u"a\0b"_s)};
        const auto bad = await(f->conversations.update(f->caller(ada), nul));
        QVERIFY(!bad);
        QCOMPARE(bad.error().field, u"title"_s);
    }
};

CONFAB_TEST_CLASS(tst_ConversationService)
#include "tst_ConversationService.moc"
