// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Who is in a conversation, and who may change that.
class tst_MemberService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    UserId ada, bob, eve, kim;
    ConversationId group;

    Result<MemberList> add(const UserId &who, const QList<UserId> &people)
    {
        const AddMembers op{group, people};
        return await(f->members.add(f->caller(who), op));
    }

    Result<Empty> remove(const UserId &who, const UserId &whom)
    {
        const RemoveMember op{group, whom};
        return await(f->members.remove(f->caller(who), op));
    }

    QList<Member> list(const UserId &who)
    {
        const ListMembers op{group, {}, {}};
        const Result<MemberList> found = await(f->members.list(f->caller(who), op));
        return found ? found->members : QList<Member>{};
    }

    void forgetEvents()
    {
        QCoreApplication::processEvents();
        f->envelopes.clear();
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        kim = f->person(u"kim"_s);
        group = f->group(ada, {bob});
        forgetEvents();
    }

    void givesEachChangedRowARevisionOfItsOwn()
    {
        const qint64 head = f->entry(ada, group).headRevision;
        const auto added = add(bob, {eve, bob, kim});
        QVERIFY(added);
        QCOMPARE(added->members.size(), 3);
        QSet<qint64> revisions;
        for (const Member &member : added->members) {
            if (member.userId != bob)
                revisions.insert(member.revision);
        }
        QCOMPARE(revisions, (QSet<qint64>{head + 1, head + 2}));
        const ConversationEntry entry = f->entry(ada, group);
        QCOMPARE(entry.headRevision, head + 3);
        QCOMPARE(entry.conversation.revision, head + 3);
        QCOMPARE(entry.conversation.memberCount, 4);
        // Once more: nobody new, nothing changes.
        QVERIFY(add(ada, {eve, bob}));
        QCOMPARE(f->entry(ada, group), entry);
    }

    void tellsMembersAndThoseWhoJoined()
    {
        const auto added = add(ada, {eve, bob});
        QVERIFY(added);
        const QList<AccountChange> joined = f->heard<AccountChange>(Envelope::Kind::Joined);
        QCOMPARE(joined.size(), 1);
        QCOMPARE(joined.first(), (AccountChange{1, {f->entry(eve, group)}, {}}));
        const QList<Member> members = f->heard<Member>();
        QCOMPARE(members.size(), 1);
        QCOMPARE(members.first().userId, eve);
        QCOMPARE(f->heard<Conversation>(), QList<Conversation>{f->entry(ada, group).conversation});
        QCOMPARE(members.first().revision + 1, f->entry(ada, group).headRevision);
        forgetEvents();
        QVERIFY(add(ada, {eve}));
        QVERIFY(f->heard<Conversation>().isEmpty());
        QVERIFY(f->envelopes.isEmpty());
    }

    void countsNothingWrittenBeforeOneJoinedAsUnread()
    {
        f->sendMany(ada, group, 5);
        f->add(ada, group, eve);
        ConversationEntry entry = f->entry(eve, group);
        QCOMPARE(entry.membership.unread, 0);
        QCOMPARE(entry.membership.visibleFrom, 0);
        QVERIFY(entry.lastMessage); // history is open
        f->send(ada, group);
        QCOMPARE(f->entry(eve, group).membership.unread, 1);
    }

    void renewsVisibleFromWhenSomebodyComesBack()
    {
        group = f->group(ada, {bob}, true);
        f->add(ada, group, eve);
        const ConversationEntry first = f->entry(eve, group);
        QVERIFY(first.membership.visibleFrom > 0);
        QVERIFY(!first.lastMessage);
        f->send(ada, group, u"while eve is here"_s);
        f->removeMember(ada, group, eve);
        f->send(ada, group, u"while she is away"_s);
        f->add(ada, group, eve);
        const ConversationEntry again = f->entry(eve, group);
        QVERIFY(again.membership.visibleFrom > first.membership.visibleFrom);
        QVERIFY(again.membership.accountRevision > first.membership.accountRevision);
        QVERIFY(!again.lastMessage);
        QCOMPARE(again.membership.unread, 0);
        QCOMPARE(f->envelopes.isEmpty(), false);
        forgetEvents();
    }

    void refusesPeopleWhoDoNotExistAndAddsNobodyThen()
    {
        const UserId unknown = f->store.ids().make<UserId>();
        const auto refused = add(ada, {eve, unknown});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
        QCOMPARE(refused.error().field, u"userIds"_s);
        QCOMPARE(f->entry(ada, group).conversation.memberCount, 2);
        f->deactivate(eve);
        QVERIFY(!add(ada, {eve}));
        QVERIFY(!add(ada, {}));
        QVERIFY(!add(ada, QList<UserId>(201, kim)));
    }

    void refusesMoreMembersThanTheLimit()
    {
        Limits limits;
        limits.groupMembers = 3;
        f = std::make_unique<MessagesFixture>(limits);
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        kim = f->person(u"kim"_s);
        group = f->group(ada, {bob});
        const auto refused = add(ada, {eve, kim});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::TooLarge);
        QCOMPARE(f->entry(ada, group).conversation.memberCount, 2);
        QVERIFY(add(ada, {eve}));
        QVERIFY(!add(ada, {kim}));
    }

    void letsStrangersDoNothing()
    {
        const auto added = add(eve, {kim});
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::NotFound);
        const auto removed = remove(eve, bob);
        QVERIFY(!removed);
        QCOMPARE(removed.error(), added.error());
        const ListMembers op{group, {}, {}};
        const auto listed = await(f->members.list(f->caller(eve), op));
        QVERIFY(!listed);
        QCOMPARE(listed.error(), added.error());
    }

    void listsMembersInPages()
    {
        QVERIFY(add(ada, {eve, kim}));
        QList<UserId> all{ada, bob, eve, kim};
        std::sort(all.begin(), all.end());
        QList<UserId> found;
        std::optional<UserId> after;
        for (bool more = true; more;) {
            const ListMembers op{group, after, 3};
            const auto page = await(f->members.list(f->caller(bob), op));
            QVERIFY(page);
            for (const Member &member : page->members)
                found.append(member.userId);
            after = found.last();
            more = page->more;
        }
        QCOMPARE(found, all);
        f->removeMember(ada, group, eve);
        QCOMPARE(list(bob).size(), 3);
    }

    void letsAdminsRemoveOthersAndEverybodyLeave()
    {
        QVERIFY(add(ada, {eve}));
        const auto refused = remove(bob, eve);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        const auto owner = remove(bob, ada);
        QVERIFY(!owner);
        QCOMPARE(owner.error().code, ErrorCode::PermissionDenied);
        const auto nobody = remove(ada, kim);
        QVERIFY(!nobody);
        QCOMPARE(nobody.error().code, ErrorCode::NotFound);

        forgetEvents();
        const qint64 head = f->entry(ada, group).headRevision;
        QVERIFY(remove(ada, eve));
        const ConversationEntry entry = f->entry(ada, group);
        QCOMPARE(entry.conversation.memberCount, 2);
        QCOMPARE(entry.headRevision, head + 2);
        const QList<Member> members = f->heard<Member>();
        QCOMPARE(members.size(), 1);
        QVERIFY(members.first().left);
        QCOMPARE(members.first().userId, eve);
        QCOMPARE(members.first().revision, head + 1);
        QCOMPARE(f->heard<AccountChange>(Envelope::Kind::Left), (QList<AccountChange>{{2, {}, {group}}}));
        QCOMPARE(f->heard<Conversation>(), QList<Conversation>{entry.conversation});
        QCOMPARE(std::count_if(f->envelopes.cbegin(), f->envelopes.cend(),
                               [this](const Envelope &envelope) {
                                   return envelope.kind == Envelope::Kind::Conversation && envelope.userId == eve;
                               }),
                 1);

        // Again it succeeds and changes nothing; so does leaving twice.
        QVERIFY(remove(ada, eve));
        QVERIFY(remove(bob, bob));
        QVERIFY(remove(bob, bob));
        QCOMPARE(f->entry(ada, group).headRevision, head + 4);
    }

    void handsTheOwnersPlaceOn()
    {
        f->store.clock().advance(1000);
        QVERIFY(add(ada, {eve}));
        forgetEvents();
        const qint64 head = f->entry(ada, group).headRevision;
        QVERIFY(remove(ada, ada));
        const ConversationEntry bobs = f->entry(bob, group);
        QCOMPARE(bobs.membership.role, Member::Role::Owner); // joined before eve
        QCOMPARE(bobs.membership.accountRevision, 2);
        QCOMPARE(bobs.headRevision, head + 3);
        QCOMPARE(f->entry(eve, group).membership.role, Member::Role::Member);
        const QList<Member> members = f->heard<Member>();
        QCOMPARE(members.size(), 2);
        QCOMPARE(members.last().userId, bob);
        QCOMPARE(members.last().role, Member::Role::Owner);
        QCOMPARE(f->heard<AccountChange>(Envelope::Kind::User), (QList<AccountChange>{{2, {bobs}, {}}}));

        // Whoever left as owner comes back as a member.
        QVERIFY(add(bob, {ada}));
        QCOMPARE(f->entry(ada, group).membership.role, Member::Role::Member);
        // The last one out leaves an empty conversation.
        QVERIFY(remove(bob, bob));
        QVERIFY(remove(eve, eve));
        QVERIFY(remove(ada, ada));
        QCOMPARE(f->count("SELECT member_count FROM conversations"), 0);
        QCOMPARE(f->count("SELECT count(*) FROM members WHERE has_left = 0"), 0);
    }

    void keepsTheTwoOfADirectConversation()
    {
        group = f->direct(ada, bob);
        for (const auto &refused :
             {add(ada, {eve}).has_value(), remove(ada, bob).has_value(), remove(ada, ada).has_value()})
            QVERIFY(!refused);
        QCOMPARE(remove(ada, ada).error().code, ErrorCode::PermissionDenied);
        QCOMPARE(f->entry(ada, group).conversation.memberCount, 2);
    }

    void keepsCountsRightUnderConcurrentChanges()
    {
        std::vector<QCoro::Task<Result<MemberList>>> adding;
        for (int i = 0; i < 10; ++i) {
            const AddMembers op{group, {eve, kim}};
            adding.push_back(f->members.add(f->caller(i % 2 ? ada : bob), op));
        }
        std::vector<QCoro::Task<Result<Empty>>> removing;
        for (int i = 0; i < 10; ++i) {
            const RemoveMember op{group, eve};
            removing.push_back(f->members.remove(f->caller(ada), op));
        }
        for (auto &task : adding) {
            const auto added = await(std::move(task));
            QVERIFY2(added, added ? "" : qPrintable(added.error().message));
        }
        for (auto &task : removing) {
            // One that came before the first add found nobody to remove, or somebody who came in between.
            const auto removed = await(std::move(task));
            const ErrorCode code = removed ? ErrorCode::Unknown : removed.error().code;
            QVERIFY(removed || code == ErrorCode::NotFound || code == ErrorCode::Unavailable);
        }
        QCOMPARE(f->count("SELECT member_count FROM conversations"),
                 f->count("SELECT count(*) FROM members WHERE has_left = 0"));
        QCOMPARE(f->entry(ada, group).conversation.memberCount, list(ada).size());
        QCOMPARE(f->count("SELECT max(revision) FROM members") < f->entry(ada, group).headRevision, true);
    }

    void sendsNoMemberEventsOfLargeConversations()
    {
        QList<UserId> crowd;
        for (int i = 0; i < 110; ++i)
            crowd.append(f->person(u"p%1"_s.arg(i)));
        QVERIFY(add(ada, crowd));
        forgetEvents();
        QVERIFY(add(ada, {eve}));
        QVERIFY(f->heard<Member>().isEmpty());
        QCOMPARE(f->heard<Conversation>().size(), 1);
        const GetConversationChanges op{group, 0, {}, {}, 30};
        QVERIFY(f->changesOf(ada, op).members.isEmpty());
        const QList<Message> sent = f->sendMany(ada, group, 1);
        f->markRead(bob, group, sent.first().id);
        QVERIFY(f->heard<Receipts>().isEmpty());
    }
};

CONFAB_TEST_CLASS(tst_MemberService)
#include "tst_MemberService.moc"
