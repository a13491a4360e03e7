// SPDX-License-Identifier: MIT
#include "server/services/auth/InviteCode.h"
#include "tests/support/TestClass.h"
#include "tests/unit/server/admin/AdminFixture.h"

#include <QtCore/QSet>
#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

using Policy = ServerInfo::Registration;

/// Invitations: given out, used up, expired, taken back.
class tst_Invites : public QObject
{
    Q_OBJECT

    std::unique_ptr<AdminFixture> f;
    Caller root;

    Result<SignedIn> join(const QString &handle, const QString &code)
    {
        RegisterAccount op = AuthFixture::registration(handle);
        op.inviteCode = code;
        return f->add(op);
    }
    NewInvite invite(const CreateInvite &op = {})
    {
        const Result<NewInvite> made = f->call(root, op);
        return made ? *made : NewInvite();
    }
    void refuses(const Result<SignedIn> &answer)
    {
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::PermissionDenied);
        QCOMPARE(answer.error().field, u"inviteCode"_s);
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<AdminFixture>(Policy::Invite);
        root = f->administrator();
    }
    void cleanup() { f.reset(); }

    void codesAreRandomAndForgiving()
    {
        QSet<QString> seen;
        for (int i = 0; i < 1000; ++i) {
            const InviteCode code = mintInviteCode();
            QCOMPARE(code.text.size(), 31); // 26 letters in groups of five
            QCOMPARE(inviteCodeHash(code.text), std::optional(code.hash));
            seen += code.text;
        }
        QCOMPARE(seen.size(), 1000);
        const auto hash = inviteCodeHash(u"00000-11111-22222-33333-44444-5"_s);
        QVERIFY(hash);
        QCOMPARE(inviteCodeHash(u" oOoOo iIlL1 22222 33333 44444 5 "_s), hash);
        for (const QString &no : {u""_s, u"abc"_s, u"00000-11111-22222-33333-44444"_s, QString(26, u'U'),
                                  QString(27, u'0'), QString(1000, u'-'), QString(26, QChar(0xE4))})
            QVERIFY2(!inviteCodeHash(no), qPrintable(no));
    }

    void letsOneInAndIsUsedUp()
    {
        const NewInvite made = invite();
        QCOMPARE(made.invite.usesLeft, 1);
        QCOMPARE(made.invite.createdBy, u"root"_s);
        QCOMPARE(made.invite.expiresAt, f->store.clock().utcMs() + 7 * 24 * 3'600'000LL);
        const Result<SignedIn> ann = join(u"ann"_s, made.code.toLower());
        QVERIFY(ann);
        QVERIFY(f->authenticate(ann->token));
        const int hashes = int(f->hasher.hashCount());
        refuses(join(u"bob"_s, made.code));
        QCOMPARE(f->hasher.hashCount(), hashes);
        QCOMPARE(f->count("users"), 2);
    }

    void storesOnlyAHash()
    {
        const NewInvite made = invite();
        const auto rows = await(f->store.database().query({"SELECT code_hash FROM invites", {}, {}}));
        QVERIFY(rows);
        QCOMPARE(rows->first().first().toBytes(), *inviteCodeHash(made.code));
        QCOMPARE(rows->first().first().toBytes().size(), 32);
    }

    void anUnusedOneSurvivesARefusedRegistration()
    {
        CreateInvite op;
        op.uses = 2;
        const NewInvite made = invite(op);
        QVERIFY(join(u"ann"_s, made.code));
        QCOMPARE(join(u"ann"_s, made.code).error().code, ErrorCode::Conflict);
        QVERIFY(join(u"bob"_s, made.code));
        refuses(join(u"cid"_s, made.code));
    }

    void sendingAgainNeedsNoSecondUse()
    {
        const NewInvite made = invite();
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        op.clientId = f->store.ids().make<ClientId>();
        op.inviteCode = made.code;
        const Result<SignedIn> first = f->add(op);
        const Result<SignedIn> again = f->add(op);
        QVERIFY(first && again);
        QCOMPARE(again->user, first->user);
    }

    void expires()
    {
        CreateInvite op;
        op.validSeconds = 60;
        const NewInvite made = invite(op);
        f->store.clock().advance(59'999);
        QCOMPARE(f->call(root, ListInvites{})->invites, QList<Invite>{made.invite});
        f->store.clock().advance(1);
        QVERIFY(f->call(root, ListInvites{})->invites.isEmpty());
        refuses(join(u"ann"_s, made.code));
    }

    void canBeTakenBack()
    {
        const NewInvite made = invite();
        QVERIFY(f->call(root, RevokeInvite{made.invite.id}));
        QCOMPARE(f->call(root, RevokeInvite{made.invite.id}).error().code, ErrorCode::NotFound);
        refuses(join(u"ann"_s, made.code));
    }

    void refusesBadLimitsByName()
    {
        CreateInvite uses;
        uses.uses = 0;
        QCOMPARE(f->call(root, uses).error().field, u"uses"_s);
        CreateInvite seconds;
        seconds.validSeconds = -1;
        QCOMPARE(f->call(root, seconds).error().field, u"validSeconds"_s);
        CreateInvite note;
        note.note = QString(1000, u'x');
        QCOMPARE(f->call(root, note).error().field, u"note"_s);
        QCOMPARE(f->count("invites"), 0);
    }

    // One use is left and ten people register at once: exactly one gets in, and the others leave nothing behind.
    void oneUseLeftLetsOneOfTenIn()
    {
        const NewInvite made = invite();
        std::vector<Task<SignedIn>> racing;
        for (int i = 0; i < 10; ++i) {
            RegisterAccount op = AuthFixture::registration(u"racer%1"_s.arg(i));
            op.inviteCode = made.code;
            racing.push_back(f->auth.registerAccount(AuthFixture::nobody(), op));
        }
        int in = 0;
        for (Task<SignedIn> &task : racing) {
            const Result<SignedIn> answer = await(std::move(task));
            if (answer)
                ++in;
            else
                refuses(answer);
        }
        QCOMPARE(in, 1);
        QCOMPARE(f->count("users"), 2);
        QCOMPARE(f->count("sessions"), 1);
        QCOMPARE(f->count("user_terms WHERE term LIKE 'racer%'"), 1);
        QCOMPARE(f->count("invites WHERE uses_left = 0"), 1);
    }
};

CONFAB_TEST_CLASS(tst_Invites)
#include "tst_Invites.moc"
