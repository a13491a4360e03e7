// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/auth/AuthFixture.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

using Source = AuthService::Source;
using Policy = ServerInfo::Registration;

namespace {
const QString kNext = u"another long secret"_s;
}

/// A new password, and what it ends.
class tst_ChangePassword : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endsTheOtherSessionsAndKeepsTheAskingOne()
    {
        AuthFixture fixture;
        const auto laptop = fixture.add(u"ann"_s);
        const auto phone = fixture.open(AuthFixture::signIn(u"ann"_s));
        const auto bob = fixture.add(u"bob"_s);
        QVERIFY(fixture.authenticate(phone->token, Source::Cache));
        QVERIFY(fixture.changePassword(*laptop, AuthFixture::password(), kNext));
        QVERIFY(fixture.authenticate(laptop->token));
        QVERIFY(fixture.authenticate(bob->token));
        QCOMPARE(fixture.authenticate(phone->token, Source::Cache).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(fixture.bus.published.size(), 1);
        const Envelope &told = fixture.bus.published.first().envelope;
        QCOMPARE(told.kind, Envelope::Kind::SessionEnded);
        QCOMPARE(told.sessionId, phone->session.id);
        QCOMPARE(told.userId, laptop->user.id);
        QVERIFY(!fixture.open(AuthFixture::signIn(u"ann"_s)));
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s, kNext)));
    }

    /// The sign-in has checked the old password when the change has not yet committed: whichever comes first, no
    /// session of the old password is left.
    void signingInAtTheSameTimeLeavesNoSessionOfTheOldPassword()
    {
        AuthFixture fixture;
        const auto laptop = fixture.add(u"ann"_s);
        const auto phone = fixture.open(AuthFixture::signIn(u"ann"_s));
        std::shared_ptr<void> held = fixture.store.hold("SELECT id FROM sessions WHERE id = '" +
                                                        phone->session.id.toString().toLatin1() + "' FOR UPDATE");
        Task<Empty> change =
            fixture.auth.changePassword(AuthFixture::callerOf(*laptop), ChangePassword{AuthFixture::password(), kNext});
        if (held)
            QTRY_COMPARE(fixture.store.waiting(), 1);
        Task<SignedIn> entry = fixture.auth.openSession(AuthFixture::nobody(), AuthFixture::signIn(u"ann"_s));
        if (held)
            QTRY_COMPARE(fixture.store.waiting(), 2);
        held.reset();
        QVERIFY(await(std::move(change)));
        const Result<SignedIn> entered = await(std::move(entry));
        QCOMPARE(fixture.count("sessions"), 1);
        QVERIFY(!entered || !fixture.authenticate(entered->token));
    }

    void wrongCurrentPasswordIsNoEndOfTheSession()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const auto phone = fixture.open(AuthFixture::signIn(u"ann"_s));
        const auto refused = fixture.changePassword(*ann, u"wrong password"_s, kNext);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        QCOMPARE(refused.error().field, u"currentPassword"_s);
        QVERIFY(fixture.authenticate(ann->token));
        QVERIFY(fixture.authenticate(phone->token));
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s)));
        QVERIFY(fixture.bus.published.isEmpty());
    }

    void badNewPasswordIsRefusedBeforeAnythingIsHashed()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const qint64 before = fixture.hasher.hashCount();
        const auto brief = fixture.changePassword(*ann, AuthFixture::password(), u"ninechars"_s);
        QCOMPARE(brief.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(brief.error().field, u"newPassword"_s);
        const auto lengthy = fixture.changePassword(*ann, AuthFixture::password(), QString(257, u'p'));
        QCOMPARE(lengthy.error().code, ErrorCode::TooLarge);
        QCOMPARE(fixture.hasher.hashCount(), before);
    }

    void guessesCountAsAttemptsToSignIn()
    {
        FloodLimits::Options options;
        options.address = {100, 100};
        options.account = {3, 6};
        AuthFixture fixture(Policy::Open, options);
        const auto ann = fixture.add(u"ann"_s);
        QCOMPARE(fixture.changePassword(*ann, u"guess one"_s, kNext).error().code, ErrorCode::PermissionDenied);
        QCOMPARE(fixture.changePassword(*ann, u"guess two"_s, kNext).error().code, ErrorCode::PermissionDenied);
        const qint64 before = fixture.hasher.hashCount();
        QCOMPARE(fixture.changePassword(*ann, AuthFixture::password(), kNext).error().code, ErrorCode::RateLimited);
        QCOMPARE(fixture.open(AuthFixture::signIn(u"ann"_s)).error().code, ErrorCode::RateLimited);
        QCOMPARE(fixture.hasher.hashCount(), before);
    }

    void twoChangesAtOnceLeaveOnePassword()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const auto phone = fixture.open(AuthFixture::signIn(u"ann"_s));
        const ChangePassword toNext{AuthFixture::password(), kNext};
        const ChangePassword toOther{AuthFixture::password(), u"a third long secret"_s};
        Task<Empty> one = fixture.auth.changePassword(AuthFixture::callerOf(*ann), toNext);
        Task<Empty> two = fixture.auth.changePassword(AuthFixture::callerOf(*phone), toOther);
        const auto first = await(std::move(one));
        const auto second = await(std::move(two));
        QVERIFY(first.has_value() != second.has_value());
        QCOMPARE(fixture.open(AuthFixture::signIn(u"ann"_s, kNext)).has_value(), first.has_value());
        QCOMPARE(fixture.open(AuthFixture::signIn(u"ann"_s, toOther.newPassword)).has_value(), second.has_value());
        QVERIFY(fixture.authenticate(first ? ann->token : phone->token));
        QVERIFY(!fixture.authenticate(first ? phone->token : ann->token));
    }

    void endedSessionChangesNothing()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.run("DELETE FROM sessions"));
        const auto refused = fixture.changePassword(*ann, AuthFixture::password(), kNext);
        QCOMPARE(refused.error().code, ErrorCode::Unauthenticated);
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s)));
    }

    void accountsWithoutAPasswordCannotChangeIt()
    {
        AuthFixture fixture;
        const auto eve = await(fixture.vouching.openSessionFor({}, {u"e1"_s, u"Eve"_s, {}, {}, {}}));
        QVERIFY(eve);
        const auto refused = fixture.changePassword(*eve, QString(), kNext);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        QVERIFY(fixture.authenticate(eve->token));
    }
};

CONFAB_TEST_CLASS(tst_ChangePassword)
#include "tst_ChangePassword.moc"
