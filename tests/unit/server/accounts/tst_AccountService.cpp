// SPDX-License-Identifier: MIT
#include "server/backends/limits/local/LocalBuckets.h"
#include "server/services/accounts/AccountService.h"

#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

using Kind = Envelope::Kind;

namespace {

/// A store with people who sign in, talk to each other and leave.
class AccountFixture
{
public:
    AccountFixture()
        : auth({messages.store.database(), *messages.endpoint, hasher, floods, messages.store.clock(),
                messages.store.ids(), messages.limits},
               {ServerInfo::Registration::Open, {}, {}}),
          accounts({messages.store.database(), *messages.endpoint, auth, messages.store.clock(), messages.limits})
    {
    }

    SignedIn add(const QString &handle)
    {
        RegisterAccount op;
        op.handle = handle;
        op.displayName = u"Name of "_s + handle;
        op.password = kPassword;
        const Result<SignedIn> added = await(auth.registerAccount({}, op));
        if (!added)
            qFatal("registering failed");
        return *added;
    }
    Result<SignedIn> signIn(const QString &handle, const QString &password = kPassword)
    {
        return await(auth.openSession({}, {handle, password, {}}));
    }
    Result<Empty> remove(const SignedIn &who, const QString &password = kPassword)
    {
        return await(accounts.deleteAccount(callerOf(who), DeleteAccount{password}));
    }
    bool isIn(const QString &token)
    {
        return await(auth.authenticate(token, {}, AuthService::Source::Store)).has_value();
    }
    static Caller callerOf(const SignedIn &who) { return {who.user.id, who.session.id, u"192.0.2.7"_s}; }

    qsizetype ended(const UserId &userId)
    {
        QCoreApplication::processEvents();
        return std::count_if(messages.envelopes.cbegin(), messages.envelopes.cend(), [&](const Envelope &envelope) {
            return envelope.kind == Kind::UserEnded && envelope.userId == userId;
        });
    }

    inline static const QString kPassword = u"correct horse battery"_s;

    MessagesFixture messages;
    BoundedPool pool{u"hash"_s, 1, 64};
    PasswordHasher hasher{pool, {8192, 1}};
    LocalBuckets buckets{messages.store.clock()};
    FloodLimits floods{buckets, {{0, 0}, {0, 0}}};
    AuthService auth;
    AccountService accounts;
};

} // namespace

/// Accounts that end: deleted by their owners, deactivated by administrators.
class tst_AccountService : public QObject
{
    Q_OBJECT

    std::unique_ptr<AccountFixture> f;
    SignedIn ann, bob, eve;

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<AccountFixture>();
        ann = f->add(u"ann"_s);
        bob = f->add(u"bob"_s);
        eve = f->add(u"eve"_s);
    }
    void cleanup() { f.reset(); }

    void deletingEndsSessionsAndMembershipsAndKeepsWhatWasSaid()
    {
        MessagesFixture &m = f->messages;
        const ConversationId group = m.group(ann.user.id, {bob.user.id, eve.user.id});
        const ConversationId direct = m.direct(ann.user.id, bob.user.id);
        m.send(ann.user.id, group, u"hello all"_s);
        m.send(ann.user.id, direct, u"hello bob"_s);
        const Result<SignedIn> phone = f->signIn(u"ann"_s);
        QVERIFY(phone);
        QCoreApplication::processEvents();
        m.envelopes.clear();

        QVERIFY(f->remove(ann));
        QVERIFY(!f->isIn(ann.token));
        QVERIFY(!f->isIn(phone->token));
        QVERIFY(f->isIn(bob.token));
        QCOMPARE(m.count("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.handle = 'ann'"), 0);
        QCOMPARE(f->ended(ann.user.id), 1);
        QCOMPARE(f->ended(bob.user.id), 0);

        // The group goes on under another owner, and counts right.
        const ConversationEntry left = m.entry(bob.user.id, group);
        QCOMPARE(left.conversation.memberCount, 2);
        QCOMPARE(m.count("SELECT count(*) FROM members WHERE role = 3 AND has_left = 0"), 1);
        QTRY_VERIFY(!m.heard<User>().isEmpty());
        QCOMPARE(m.heard<Member>().constFirst().userId, ann.user.id);
        QVERIFY(m.heard<Member>().constFirst().left);
        // What was said stays in both, under nobody's name.
        for (const ConversationId &id : {group, direct}) {
            const Result<MessagePage> page = await(m.messages.history(m.caller(bob.user.id), {id, {}, {}, {}}));
            QVERIFY(page);
            QCOMPARE(page->messages.size(), 1);
            QCOMPARE(page->messages.first().senderId, ann.user.id);
            QVERIFY(page->messages.first().content.text.startsWith("hello"_L1));
        }
        const User told = m.heard<User>().constLast();
        QCOMPARE(told.id, ann.user.id);
        QCOMPARE(told.displayName, QString());
        QVERIFY(told.deactivated);
        QCOMPARE(told.profileVersion, 2);
    }

    void deletedAccountsKeepTheirHandleAndAreFoundNoMore()
    {
        QVERIFY(f->remove(ann));
        QCOMPARE(f->signIn(u"ann"_s).error(), Error::unauthenticated(u"The handle or the password is wrong."_s));
        RegisterAccount again;
        again.handle = u"Ann"_s;
        again.displayName = u"Another Ann"_s;
        again.password = AccountFixture::kPassword;
        QCOMPARE(await(f->auth.registerAccount({}, again)).error().field, u"handle"_s);
        QCOMPARE(f->messages.count("SELECT count(*) FROM user_terms t JOIN users u ON u.id = t.user_id "
                                   "WHERE u.handle = 'ann'"),
                 0);
        QCOMPARE(f->messages.count("SELECT count(*) FROM users WHERE handle = 'ann' AND password_hash = '' "
                                   "AND display_name = '' AND deleted_at > 0"),
                 1);
        // Nobody can add them, and a direct conversation with them cannot be begun.
        const ConversationId group = f->messages.group(bob.user.id, {eve.user.id});
        const AddMembers add{group, {ann.user.id}};
        QCOMPARE(await(f->messages.members.add(f->messages.caller(bob.user.id), add)).error().code,
                 ErrorCode::NotFound);
    }

    void wrongPasswordDeletesNothing()
    {
        const ConversationId group = f->messages.group(ann.user.id, {bob.user.id});
        const Result<Empty> refused = f->remove(ann, u"wrong password"_s);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        QCOMPARE(refused.error().field, u"password"_s);
        QVERIFY(f->isIn(ann.token));
        QCOMPARE(f->messages.entry(ann.user.id, group).conversation.memberCount, 2);
        QCOMPARE(f->ended(ann.user.id), 0);
    }

    void deletingTwiceAtOnceIsRefusedOnce()
    {
        f->messages.group(ann.user.id, {bob.user.id});
        Task<Empty> one = f->accounts.deleteAccount(AccountFixture::callerOf(ann), DeleteAccount{f->kPassword});
        Task<Empty> two = f->accounts.deleteAccount(AccountFixture::callerOf(ann), DeleteAccount{f->kPassword});
        const Result<Empty> first = await(std::move(one));
        const Result<Empty> second = await(std::move(two));
        QVERIFY(first.has_value() != second.has_value());
        QCOMPARE(f->messages.count("SELECT count(*) FROM members WHERE has_left = 0"), 1);
        QCOMPARE(f->ended(ann.user.id), 1);
    }

    void deletingWhileBeingAddedLeavesNoMembershipBehind()
    {
        const ConversationId group = f->messages.group(bob.user.id, {eve.user.id});
        const AddMembers add{group, {ann.user.id}};
        Task<Empty> deletion = f->accounts.deleteAccount(AccountFixture::callerOf(ann), DeleteAccount{f->kPassword});
        Task<MemberList> addition = f->messages.members.add(f->messages.caller(bob.user.id), add);
        QVERIFY(await(std::move(deletion)));
        [[maybe_unused]] const Result<MemberList> either = await(std::move(addition));
        QCOMPARE(f->messages.count("SELECT count(*) FROM members m JOIN users u ON u.id = m.user_id "
                                   "WHERE u.handle = 'ann' AND m.has_left = 0"),
                 0);
        QCOMPARE(f->messages.entry(bob.user.id, group).conversation.memberCount, 2);
    }

    /// The deletion has closed the account and not committed when somebody adds it, or begins a conversation with it.
    void whoIsBeingDeletedIsNotAddedAnywhere()
    {
        const ConversationId group = f->messages.group(bob.user.id, {eve.user.id});
        std::shared_ptr<void> held = f->messages.store.hold("SELECT id FROM sessions WHERE id = '" +
                                                            ann.session.id.toString().toLatin1() + "' FOR UPDATE");
        Task<Empty> deletion = f->accounts.deleteAccount(AccountFixture::callerOf(ann), DeleteAccount{f->kPassword});
        const auto isDeleted = [&deletion] { return await(std::move(deletion)).has_value(); };
        if (held)
            QTRY_COMPARE(f->messages.store.waiting(), 1);
        else
            QVERIFY(isDeleted());
        const Caller by = f->messages.caller(bob.user.id);
        Task<MemberList> addition = f->messages.members.add(by, AddMembers{group, {ann.user.id}});
        CreateConversation op;
        op.clientId = f->messages.store.ids().make<ClientId>();
        op.kind = Conversation::Kind::Direct;
        op.memberIds = {ann.user.id};
        Task<Conversation> direct = f->messages.conversations.create(by, op);
        op.clientId = f->messages.store.ids().make<ClientId>();
        op.kind = Conversation::Kind::Group;
        Task<Conversation> other = f->messages.conversations.create(f->messages.caller(eve.user.id), op);
        if (held) {
            QTRY_COMPARE(f->messages.store.waiting(), 4);
            held.reset();
            QVERIFY(isDeleted());
        }
        QCOMPARE(await(std::move(addition)).error().code, ErrorCode::NotFound);
        QCOMPARE(await(std::move(direct)).error().code, ErrorCode::NotFound);
        QCOMPARE(await(std::move(other)).error().code, ErrorCode::NotFound);
        QCOMPARE(f->messages.count("SELECT count(*) FROM members WHERE user_id IN "
                                   "(SELECT id FROM users WHERE handle = 'ann')"),
                 0);
        QCOMPARE(f->messages.entry(bob.user.id, group).conversation.memberCount, 2);
    }

    void aGroupOfOneIsLeftEmpty()
    {
        f->messages.group(ann.user.id, {});
        QVERIFY(f->remove(ann));
        QCOMPARE(f->messages.count("SELECT count(*) FROM conversations WHERE member_count = 0"), 1);
    }

    /// Case N5.
    void deactivatingEndsAllAccessAndIsUndone()
    {
        MessagesFixture &m = f->messages;
        const ConversationId group = m.group(ann.user.id, {bob.user.id});
        const Result<User> gone = await(f->accounts.deactivateUser(ann.user.id));
        QVERIFY(gone);
        QVERIFY(gone->deactivated);
        QCOMPARE(gone->displayName, ann.user.displayName);
        QVERIFY(!f->isIn(ann.token));
        QCOMPARE(f->ended(ann.user.id), 1);
        // Who knows the password is told; who guesses is not (N5).
        QCOMPARE(f->signIn(u"ann"_s).error().code, ErrorCode::PermissionDenied);
        QVERIFY(f->signIn(u"ann"_s).error().message.contains("deactivated"_L1));
        QCOMPARE(f->signIn(u"ann"_s, u"wrong password"_s).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(m.entry(bob.user.id, group).conversation.memberCount, 2);
        QVERIFY(m.heard<User>().constLast().deactivated);
        QCOMPARE(await(f->accounts.deactivateUser(ann.user.id)), gone);

        const Result<User> back = await(f->accounts.reactivateUser(ann.user.id));
        QVERIFY(back);
        QVERIFY(!back->deactivated);
        QCOMPARE(back->profileVersion, gone->profileVersion + 1);
        QVERIFY(!f->isIn(ann.token)); // what ended stays ended
        QVERIFY(f->signIn(u"ann"_s));
        QCOMPARE(await(f->accounts.reactivateUser(ann.user.id)), back);
    }

    void administratorsCannotReviveADeletedAccount()
    {
        QVERIFY(f->remove(ann));
        QCOMPARE(await(f->accounts.reactivateUser(ann.user.id)).error().code, ErrorCode::Conflict);
        QVERIFY(await(f->accounts.deactivateUser(ann.user.id))); // it is
        QCOMPARE(await(f->accounts.deactivateUser(UserId(QUuid::createUuid()))).error().code, ErrorCode::NotFound);
    }
};

CONFAB_TEST_CLASS(tst_AccountService)
#include "tst_AccountService.moc"
