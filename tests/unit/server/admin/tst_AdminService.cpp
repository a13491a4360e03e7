// SPDX-License-Identifier: MIT
#include "server/services/events/Envelope.h"
#include "tests/support/TestClass.h"
#include "tests/unit/server/admin/AdminFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// What administrators do to accounts and the store, who may, and what is remembered of it.
class tst_AdminService : public QObject
{
    Q_OBJECT

    std::unique_ptr<AdminFixture> f;
    Caller root;
    SignedIn ann;

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<AdminFixture>();
        root = f->administrator();
        ann = *f->add(u"ann"_s);
    }
    void cleanup() { f.reset(); }

    void refusesEveryOperationToOthers()
    {
        int operations = 0;
        AllOperations::forEach([&]<typename Op>() {
            if constexpr (Op::kInfo.access == Access::Administrator) {
                ++operations;
                for (const Caller &caller : {AuthFixture::callerOf(ann), AuthFixture::nobody()}) {
                    const auto answer = f->call(caller, Op{});
                    QVERIFY2(!answer, Op::kInfo.name);
                    QCOMPARE(answer.error().code, ErrorCode::PermissionDenied);
                }
                Router without;
                f->administration.registerOperations(without);
                const auto none = await(without.find(Op::kInfo.name)->dispatch(root, encodeCbor(Op{})));
                QVERIFY2(!none && none.error().code == ErrorCode::PermissionDenied, Op::kInfo.name);
            }
        });
        QCOMPARE(operations, 12);
        QCOMPARE(f->count("audit_log"), 0);
    }

    void makesAdministratorsAndKeepsOne()
    {
        QVERIFY(f->call(root, SetAdministrator{ann.user.id, true}));
        QVERIFY(f->call(root, SetAdministrator{ann.user.id, true}));
        QVERIFY(f->call(AuthFixture::callerOf(ann), GetStats{}));
        QVERIFY(f->call(AuthFixture::callerOf(ann), SetAdministrator{root.userId, false}));
        QCOMPARE(f->call(root, GetStats{}).error().code, ErrorCode::PermissionDenied);
        const auto last = f->call(AuthFixture::callerOf(ann), SetAdministrator{ann.user.id, false});
        QVERIFY(!last);
        QCOMPARE(last.error().code, ErrorCode::Conflict);
        const auto nobody = f->call(AuthFixture::callerOf(ann), SetAdministrator{f->store.ids().make<UserId>(), true});
        QCOMPARE(nobody.error().code, ErrorCode::NotFound);
        QCOMPARE(f->auditLog(AuthFixture::callerOf(ann)).size(), 2); // what changed nothing is not remembered
    }

    void twoRemovalsAtOnceKeepOne()
    {
        QVERIFY(f->call(root, SetAdministrator{ann.user.id, true}));
        std::shared_ptr<void> held = f->store.hold("SELECT id FROM users WHERE role = 1 FOR UPDATE");
        const Route *route = f->router.find(SetAdministrator::kInfo.name);
        Task<QByteArray> one = route->dispatch(root, encodeCbor(SetAdministrator{ann.user.id, false}));
        Task<QByteArray> other = route->dispatch(root, encodeCbor(SetAdministrator{root.userId, false}));
        if (held)
            QTRY_COMPARE(f->store.waiting(), 2);
        held.reset();
        const Result<QByteArray> first = await(std::move(one));
        const Result<QByteArray> second = await(std::move(other));
        QVERIFY(first.has_value() != second.has_value());
        QCOMPARE(f->count("users WHERE role = 1"), 1);
    }

    void listsAccountsInPages()
    {
        f->store.addUser(u"bob"_s);
        ListAccounts op;
        op.limit = 2;
        const auto first = f->call(root, op);
        QVERIFY(first);
        QCOMPARE(first->accounts.size(), 2);
        QVERIFY(first->more);
        QCOMPARE(first->accounts.at(0).user, ann.user);
        QCOMPARE(first->accounts.at(0).sessions, 1);
        QCOMPARE(first->accounts.at(0).lastSeenAt, ann.session.lastSeenAt);
        QVERIFY(!first->accounts.at(0).administrator);
        op.after = first->accounts.last().user.handle;
        const auto second = f->call(root, op);
        QCOMPARE(second->accounts.size(), 1);
        QVERIFY(!second->more);
        QCOMPARE(second->accounts.at(0).user.handle, u"root"_s);
        QVERIFY(second->accounts.at(0).administrator);
        ListAccounts one;
        one.handle = u"@ANN"_s;
        QCOMPARE(f->call(root, one)->accounts.size(), 1);
        op.limit = 0;
        QCOMPARE(f->call(root, op).error().field, u"limit"_s);
    }

    void keepsPeopleOutAndLetsThemInAgain()
    {
        const auto out = f->call(root, SetAccountActive{ann.user.id, false});
        QVERIFY(out);
        QVERIFY(out->deactivated);
        QVERIFY(!f->authenticate(ann.token));
        QVERIFY(!f->open(AuthFixture::signIn(u"ann"_s)));
        f->store.clock().advance(1);
        QVERIFY(f->call(root, SetAccountActive{ann.user.id, true}));
        QVERIFY(f->open(AuthFixture::signIn(u"ann"_s)));
        const QList<AuditEntry> log = f->auditLog(root);
        QCOMPARE(log.size(), 2);
        QCOMPARE(log.first().action, u"admin.setActive"_s);
        QCOMPARE(log.first().actor, u"root"_s);
        QCOMPARE(log.first().target, u"ann"_s);
        QCOMPARE(log.first().detail, u"yes"_s);
        QCOMPARE(log.first().address, AuthFixture::address());
        QCOMPARE(log.first().at, f->store.clock().utcMs());
    }

    void newPasswordsWorkAndEndSessions()
    {
        const auto fresh = f->call(root, ResetPassword{ann.user.id});
        QVERIFY(fresh);
        QVERIFY(!f->authenticate(ann.token));
        QVERIFY(!f->open(AuthFixture::signIn(u"ann"_s)));
        QVERIFY(f->open(AuthFixture::signIn(u"ann"_s, fresh->password)));
        for (const AuditEntry &entry : f->auditLog(root))
            QVERIFY(!entry.detail.contains(fresh->password) && !entry.target.contains(fresh->password));
        QCOMPARE(f->call(root, ResetPassword{f->store.ids().make<UserId>()}).error().code, ErrorCode::NotFound);
    }

    void endsSessions()
    {
        const SignedIn second = *f->open(AuthFixture::signIn(u"ann"_s));
        QCOMPARE(f->call(root, ListSessionsOf{ann.user.id})->sessions.size(), 2);
        f->bus.published.clear();
        QVERIFY(f->call(root, EndSessionsOf{ann.user.id, second.session.id}));
        // Shards without a socket of hers may remember the session, too.
        QCOMPARE(f->bus.published.size(), 1);
        QCOMPARE(f->bus.published.first().topic, sessionsTopic());
        QCOMPARE(f->bus.published.first().envelope.kind, Envelope::Kind::SessionEnded);
        QCOMPARE(f->bus.published.first().envelope.sessionId, second.session.id);
        QVERIFY(!f->authenticate(second.token));
        QVERIFY(f->authenticate(ann.token));
        QCOMPARE(f->call(root, EndSessionsOf{ann.user.id, second.session.id}).error().code, ErrorCode::NotFound);
        QVERIFY(f->call(root, EndSessionsOf{ann.user.id, {}}));
        QVERIFY(!f->authenticate(ann.token));
        QVERIFY(f->call(root, ListSessionsOf{ann.user.id})->sessions.isEmpty());
        QCOMPARE(f->call(root, ListSessionsOf{f->store.ids().make<UserId>()}).error().code, ErrorCode::NotFound);
    }

    void countsWhatIsStored()
    {
        const auto before = f->call(root, GetStats{});
        QVERIFY(before);
        QCOMPARE(before->accounts, 2);
        QCOMPARE(before->administrators, 1);
        QCOMPARE(before->sessions, 1);
        QVERIFY(before->schemaVersion >= 3);
        const auto renewed = f->call(root, RenewGeneration{});
        QVERIFY(renewed);
        QVERIFY(renewed->generation != before->generation);
        QCOMPARE(f->call(root, GetStats{})->generation, renewed->generation);
    }

    void auditPagesNewestFirst()
    {
        for (int i = 0; i < 5; ++i)
            QVERIFY(f->call(root, CreateInvite{}));
        ListAudit op;
        op.limit = 3;
        const auto first = f->call(root, op);
        QCOMPARE(first->entries.size(), 3);
        QVERIFY(first->more);
        op.before = first->entries.last().id;
        const auto second = f->call(root, op);
        QCOMPARE(second->entries.size(), 2);
        QVERIFY(!second->more);
        QCOMPARE(first->entries.first().id, 5);
        QCOMPARE(second->entries.first().id, 2);
        op.limit = 0;
        QCOMPARE(f->call(root, op).error().field, u"limit"_s);
    }
};

CONFAB_TEST_CLASS(tst_AdminService)
#include "tst_AdminService.moc"
