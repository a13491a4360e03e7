// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/auth/AuthFixture.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

using Policy = ServerInfo::Registration;

namespace {
const QString kKey = u"0123456789abcdef0123456789abcdef"_s;
}

/// People whom an app's own backend vouches for.
class tst_VouchingService : public QObject
{
    Q_OBJECT

    std::unique_ptr<AuthFixture> f;

    Result<SignedIn> openFor(const OpenSessionFor &op) { return await(f->vouching.openSessionFor({}, op)); }
    static OpenSessionFor eve()
    {
        OpenSessionFor op;
        op.externalId = u"crm/4711"_s;
        op.displayName = u"Eve"_s;
        return op;
    }

private Q_SLOTS:
    void init() { f = std::make_unique<AuthFixture>(Policy::Closed); }
    void cleanup() { f.reset(); }

    void makesTheAccountOnFirstUse()
    {
        OpenSessionFor op = eve();
        op.handle = u"Eve.M"_s;
        op.deviceName = u"web"_s;
        const auto first = openFor(op);
        QVERIFY(first);
        QCOMPARE(first->user.handle, u"eve.m"_s);
        QCOMPARE(first->user.displayName, u"Eve"_s);
        QCOMPARE(first->session.deviceName, u"web"_s);
        QCOMPARE(f->authenticate(first->token)->user, first->user);
        const auto second = openFor(eve()); // the handle is needed no more
        QVERIFY(second);
        QCOMPARE(second->user, first->user);
        QVERIFY(second->session.id != first->session.id);
        QVERIFY(f->authenticate(first->token));
        QCOMPARE(f->count("users"), 1);
        QVERIFY(f->bus.published.isEmpty());
    }

    void inventsAHandleWhereNoneIsGiven()
    {
        const auto one = openFor(eve());
        OpenSessionFor other = eve();
        other.externalId = u"crm/4712"_s;
        const auto two = openFor(other);
        QVERIFY(one);
        QVERIFY(two);
        QVERIFY(one->user.handle.startsWith("user-"_L1));
        QVERIFY(one->user.handle != two->user.handle);
        QVERIFY(one->user.id != two->user.id);
    }

    void twoCallsAtOnceMakeOneAccount()
    {
        Task<SignedIn> one = f->vouching.openSessionFor({}, eve());
        Task<SignedIn> two = f->vouching.openSessionFor({}, eve());
        const auto first = await(std::move(one));
        const auto second = await(std::move(two));
        QVERIFY(first);
        QVERIFY(second);
        QCOMPARE(first->user.id, second->user.id);
        QCOMPARE(f->count("users"), 1);
        QCOMPARE(f->count("sessions"), 2);
    }

    void theBackendHasTheLastWordOnTheName()
    {
        QVERIFY(openFor(eve()));
        OpenSessionFor renamed = eve();
        renamed.displayName = u"Eve Moneypenny"_s;
        const auto after = openFor(renamed);
        QVERIFY(after);
        QCOMPARE(after->user.displayName, u"Eve Moneypenny"_s);
        QCOMPARE(after->user.profileVersion, 2);
        QVERIFY(!f->bus.published.isEmpty());
    }

    void takenHandlesAreRefused()
    {
        f->store.addUser(u"eve"_s);
        OpenSessionFor op = eve();
        op.handle = u"EVE"_s;
        const auto refused = openFor(op);
        QCOMPARE(refused.error().code, ErrorCode::Conflict);
        QCOMPARE(refused.error().field, u"handle"_s);
        QCOMPARE(f->count("external_accounts"), 0);
        QCOMPARE(f->count("users"), 1);
        op.handle = u"admin"_s;
        QCOMPARE(openFor(op).error().code, ErrorCode::Conflict);
    }

    void badFieldsAreNamed_data()
    {
        QTest::addColumn<OpenSessionFor>("op");
        QTest::addColumn<QString>("field");
        QTest::addColumn<ErrorCode>("code");
        const auto row = [](const char *name, const QString &field, ErrorCode code, auto change) {
            OpenSessionFor op = eve();
            change(op);
            QTest::newRow(name) << op << field << code;
        };
        row("no id", u"externalId"_s, ErrorCode::InvalidArgument, [](auto &op) { op.externalId.clear(); });
        row("long id", u"externalId"_s, ErrorCode::TooLarge, [](auto &op) { op.externalId = QString(129, u'x'); });
        row("id with NUL", u"externalId"_s, ErrorCode::InvalidArgument,
            [](auto &op) { op.externalId = QString(QChar(u'\0')); });
        row("no name", u"displayName"_s, ErrorCode::InvalidArgument, [](auto &op) { op.displayName.clear(); });
        row("bad handle", u"handle"_s, ErrorCode::InvalidArgument, [](auto &op) { op.handle = u"e e"_s; });
        row("long device", u"deviceName"_s, ErrorCode::TooLarge, [](auto &op) { op.deviceName = QString(65, u'x'); });
        row("no time", u"lifetimeSeconds"_s, ErrorCode::InvalidArgument, [](auto &op) { op.lifetimeSeconds = 0; });
        row("too much time", u"lifetimeSeconds"_s, ErrorCode::InvalidArgument,
            [](auto &op) { op.lifetimeSeconds = std::numeric_limits<qint64>::max(); });
    }
    void badFieldsAreNamed()
    {
        QFETCH(OpenSessionFor, op);
        QFETCH(QString, field);
        QFETCH(ErrorCode, code);
        const auto refused = openFor(op);
        QVERIFY(!refused);
        QCOMPARE(refused.error().field, field);
        QCOMPARE(refused.error().code, code);
        QCOMPARE(f->count("users"), 0);
    }

    void aSessionEndsWhenTheBackendSaid()
    {
        OpenSessionFor op = eve();
        op.lifetimeSeconds = 3600;
        const auto opened = openFor(op);
        QVERIFY(opened);
        QCOMPARE(opened->session.expiresAt, f->store.clock().utcMs() + 3'600'000);
        f->store.clock().advance(3'599'999);
        QVERIFY(f->authenticate(opened->token));
        const auto renewed = await(f->auth.renewSession(AuthFixture::callerOf(*opened)));
        QCOMPARE(renewed, Result<qint64>(opened->session.expiresAt));
        f->store.clock().advance(1);
        QVERIFY(!f->authenticate(opened->token));
    }

    void deactivatedPeopleAreNotLetIn()
    {
        QVERIFY(openFor(eve()));
        QVERIFY(f->run("UPDATE users SET deactivated = 1"));
        QCOMPARE(openFor(eve()).error().code, ErrorCode::PermissionDenied);
        QCOMPARE(f->count("sessions"), 1);
    }

    void noPasswordOpensSuchAnAccount()
    {
        const auto opened = openFor(eve());
        for (const QString &password : {QString(), u"x"_s, AuthFixture::password()}) {
            const auto refused = f->open(AuthFixture::signIn(opened->user.handle, password));
            QCOMPARE(refused.error().code, ErrorCode::Unauthenticated);
        }
    }

    void onlyTheAdminKeyAdmits()
    {
        QCOMPARE(f->auth.admitBackend(QString()).error().code, ErrorCode::Unauthenticated); // none is configured
        AuthFixture keyed(Policy::Closed, AuthFixture::unlimited(), {}, kKey);
        QVERIFY(keyed.auth.admitBackend(kKey));
        for (const QString &other : {QString(), kKey.chopped(1), kKey.toUpper(), kKey + u' '}) {
            const auto refused = keyed.auth.admitBackend(other);
            QCOMPARE(refused.error().code, ErrorCode::Unauthenticated);
            QVERIFY(!refused.error().message.contains(kKey));
        }
    }
};

CONFAB_TEST_CLASS(tst_VouchingService)
#include "tst_VouchingService.moc"
