// SPDX-License-Identifier: MIT
#include "server/services/auth/TokenMint.h"
#include "tests/support/TestClass.h"
#include "tests/unit/server/auth/AuthFixture.h"

#include <latch>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

using Source = AuthService::Source;
using Policy = ServerInfo::Registration;

class tst_AuthService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void registersAndSignsIn()
    {
        AuthFixture fixture;
        RegisterAccount op = AuthFixture::registration(u" @Ann"_s);
        op.displayName = u" Ann Lee "_s;
        op.deviceName = u"laptop"_s;
        const auto added = fixture.add(op);
        QVERIFY(added);
        QCOMPARE(added->user.handle, u"ann"_s);
        QCOMPARE(added->user.displayName, u"Ann Lee"_s);
        QCOMPARE(added->user.profileVersion, 1);
        QVERIFY(added->session.current);
        QCOMPARE(added->session.deviceName, u"laptop"_s);
        const auto who = fixture.authenticate(added->token);
        QVERIFY(who);
        QCOMPARE(who->caller.userId, added->user.id);
        QCOMPARE(who->caller.sessionId, added->session.id);
        QCOMPARE(who->caller.address, AuthFixture::address());
        QCOMPARE(who->user, added->user);
        QCOMPARE(who->session, added->session);

        const auto opened = fixture.open(AuthFixture::signIn(u"ANN"_s));
        QVERIFY(opened);
        QCOMPARE(opened->user, added->user);
        QVERIFY(opened->token != added->token);
        QVERIFY(opened->session.id != added->session.id);
    }

    void storesNeitherTokenNorPassword()
    {
        AuthFixture fixture;
        const auto added = fixture.add(u"ann"_s);
        QVERIFY(added);
        const auto rows = await(fixture.store.database().query(
            {"SELECT u.password_hash, s.token_hash FROM users u JOIN sessions s ON s.user_id = u.id", {}, {}}));
        QVERIFY(rows);
        QVERIFY(rows->first().at(0).toText().startsWith("$argon2id$"_L1));
        QCOMPARE(rows->first().at(1).toBytes().size(), 32);
        QCOMPARE(rows->first().at(1).toBytes(), *tokenHash(added->token));
    }

    void tokensAreRecognisableAndUnlike()
    {
        QSet<QString> seen;
        for (int i = 0; i < 1000; ++i) {
            const Token token = mintToken();
            QVERIFY(token.text.startsWith("cft_"_L1));
            QCOMPARE(token.text.size(), 47);
            QCOMPARE(tokenHash(token.text), std::optional(token.hash));
            seen += token.text;
        }
        QCOMPARE(seen.size(), 1000);
        for (const QString &no : {u""_s, u"cft_"_s, u"cft_"_s + QString(43, u'!'), u"cfx_"_s + QString(43, u'a'),
                                  u"cft_"_s + QString(44, u'a'), u"cft_"_s + QString(43, QChar(0xE4))})
            QVERIFY(!tokenHash(no));
    }

    void registrationFollowsThePolicy_data()
    {
        QTest::addColumn<Policy>("policy");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("taken");
        QTest::newRow("open") << Policy::Open << QString() << true;
        QTest::newRow("open, with a code") << Policy::Open << u"abc"_s << true;
        QTest::newRow("closed") << Policy::Closed << QString() << false;
        QTest::newRow("invite without a code") << Policy::Invite << QString() << false;
        QTest::newRow("invite with a code nobody made") << Policy::Invite << u"abc"_s << false;
    }
    void registrationFollowsThePolicy()
    {
        QFETCH(Policy, policy);
        QFETCH(QString, code);
        QFETCH(bool, taken);
        AuthFixture fixture(policy);
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        if (!code.isEmpty())
            op.inviteCode = code;
        const auto added = fixture.add(op);
        QCOMPARE(added.has_value(), taken);
        if (!taken) {
            QCOMPARE(added.error().code, ErrorCode::PermissionDenied);
            QCOMPARE(fixture.hasher.hashCount(), 0);
        }
        QCOMPARE(fixture.count("users"), taken ? 1 : 0);
    }

    void refusesLookAlikesOfTakenHandles_data()
    {
        QTest::addColumn<QString>("taken");
        QTest::addColumn<QString>("alike");
        QTest::newRow("same") << u"ann"_s << u"Ann"_s;
        QTest::newRow("capital I for l") << u"engelgabriel"_s << u"engeIgabrieI"_s;
        QTest::newRow("rn for m") << u"modern"_s << u"modem"_s;
        QTest::newRow("all Cyrillic") << u"paco"_s << u"\u0440\u0430\u0441\u043E"_s;
        QTest::newRow("full width") << u"paco"_s << u"ｐａｃｏ"_s;
        QTest::newRow("decomposed") << u"pätz"_s << u"pa\u0308tz"_s;
    }
    /// Case H6.
    void refusesLookAlikesOfTakenHandles()
    {
        QFETCH(QString, taken);
        QFETCH(QString, alike);
        AuthFixture fixture;
        QVERIFY(fixture.add(taken));
        const auto refused = fixture.add(alike);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Conflict);
        QCOMPARE(refused.error().field, u"handle"_s);
        QCOMPARE(fixture.hasher.hashCount(), 1);
        QCOMPARE(fixture.count("users"), 1);
    }

    void refusesBadFieldsByName_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("handle with a zero width space") << u"handle"_s << u"ann\u200B"_s << ErrorCode::InvalidArgument;
        QTest::newRow("Cyrillic in Latin") << u"handle"_s << u"\u0430dmin"_s << ErrorCode::InvalidArgument;
        QTest::newRow("reserved") << u"handle"_s << u"Ａdmin"_s << ErrorCode::Conflict;
        QTest::newRow("short password") << u"password"_s << u"ninechars"_s << ErrorCode::InvalidArgument;
        QTest::newRow("long password") << u"password"_s << QString(257, u'p') << ErrorCode::TooLarge;
        QTest::newRow("password with NUL") << u"password"_s << QString(10, QChar(u'\0')) << ErrorCode::InvalidArgument;
        QTest::newRow("blank name") << u"displayName"_s << u" \u200B"_s << ErrorCode::InvalidArgument;
        QTest::newRow("name with a lone surrogate")
            << u"displayName"_s << u"a"_s + QChar(0xDC00) << ErrorCode::InvalidArgument;
        QTest::newRow("device with a line break") << u"deviceName"_s << u"a\nb"_s << ErrorCode::InvalidArgument;
    }
    void refusesBadFieldsByName()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(ErrorCode, code);
        AuthFixture fixture;
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        if (field == "handle"_L1)
            op.handle = value;
        else if (field == "password"_L1)
            op.password = value;
        else if (field == "displayName"_L1)
            op.displayName = value;
        else
            op.deviceName = value;
        const auto refused = fixture.add(op);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, code);
        QCOMPARE(refused.error().field, field);
        QVERIFY(!refused.error().message.contains(value));
        QCOMPARE(fixture.hasher.hashCount(), 0);
    }

    void registeringAgainWithTheSameClientIdGivesTheSameAccount()
    {
        AuthFixture fixture;
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        op.clientId = fixture.store.ids().make<ClientId>();
        const auto first = fixture.add(op);
        const auto second = fixture.add(op);
        QVERIFY(first);
        QVERIFY(second);
        QCOMPARE(second->user, first->user);
        QVERIFY(second->session.id != first->session.id);
        QVERIFY(fixture.authenticate(first->token));
        QVERIFY(fixture.authenticate(second->token));
        QCOMPARE(fixture.count("users"), 1);
    }

    void clientIdOfAnotherPersonsRegistrationConflicts()
    {
        AuthFixture fixture;
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        op.clientId = fixture.store.ids().make<ClientId>();
        QVERIFY(fixture.add(op));
        op.handle = u"bob"_s;
        op.password = u"another password"_s;
        const auto refused = fixture.add(op);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Conflict);
        QCOMPARE(refused.error().field, u"clientId"_s);
        QCOMPARE(fixture.count("sessions"), 1);
    }

    void twoRegistrationsAtOnceMakeOneAccount()
    {
        AuthFixture fixture;
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        op.clientId = fixture.store.ids().make<ClientId>();
        Task<SignedIn> one = fixture.auth.registerAccount(AuthFixture::nobody(), op);
        Task<SignedIn> two = fixture.auth.registerAccount(AuthFixture::nobody(), op);
        const auto first = await(std::move(one));
        const auto second = await(std::move(two));
        QVERIFY(first);
        QVERIFY(second);
        QCOMPARE(first->user.id, second->user.id);
        QCOMPARE(fixture.count("users"), 1);

        op.handle = u"bob"_s;
        op.clientId = fixture.store.ids().make<ClientId>();
        RegisterAccount rival = op;
        rival.clientId = fixture.store.ids().make<ClientId>();
        Task<SignedIn> three = fixture.auth.registerAccount(AuthFixture::nobody(), op);
        Task<SignedIn> four = fixture.auth.registerAccount(AuthFixture::nobody(), rival);
        const auto third = await(std::move(three));
        const auto fourth = await(std::move(four));
        QVERIFY(third.has_value() != fourth.has_value());
        QCOMPARE((third ? fourth : third).error().field, u"handle"_s);
        QCOMPARE(fixture.count("users"), 2);
        QCOMPARE(fixture.count("claims"), 2);
    }

    /// Case H7.
    void passwordIsTheSameInEachNormalForm()
    {
        AuthFixture fixture;
        RegisterAccount op = AuthFixture::registration(u"ann"_s);
        op.password = u"pässwörd und mehr"_s;
        QVERIFY(fixture.add(op));
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s, u"pa\u0308sswo\u0308rd und mehr"_s)));
        QVERIFY(!fixture.open(AuthFixture::signIn(u"ann"_s, u"password und mehr"_s)));
    }

    void allRefusedSignInsAnswerAlikeAndHashOnce_data()
    {
        QTest::addColumn<QString>("handle");
        QTest::addColumn<QString>("password");
        QTest::newRow("wrong password") << u"ann"_s << u"wrong password"_s;
        QTest::newRow("short password") << u"ann"_s << u"x"_s;
        QTest::newRow("empty password") << u"ann"_s << QString();
        QTest::newRow("unknown handle") << u"nobodyknows"_s << AuthFixture::password();
        QTest::newRow("impossible handle") << u"no body!"_s << AuthFixture::password();
        QTest::newRow("look-alike of a handle") << u"\u0430nn"_s << AuthFixture::password();
        QTest::newRow("deactivated, wrong password") << u"gone"_s << u"wrong password"_s;
        QTest::newRow("no password") << u"passwordless"_s << AuthFixture::password();
        QTest::newRow("no password and none given") << u"passwordless"_s << QString();
    }
    /// Case N5.
    void allRefusedSignInsAnswerAlikeAndHashOnce()
    {
        QFETCH(QString, handle);
        QFETCH(QString, password);
        AuthFixture fixture;
        QVERIFY(fixture.add(u"ann"_s));
        QVERIFY(fixture.add(u"gone"_s));
        QVERIFY(fixture.run("UPDATE users SET deactivated = 1 WHERE handle = 'gone'"));
        fixture.store.addUser(u"passwordless"_s);
        const qint64 before = fixture.hasher.hashCount();
        const auto refused = fixture.open(AuthFixture::signIn(handle, password));
        QVERIFY(!refused);
        QCOMPARE(refused.error(), Error::unauthenticated(u"The handle or the password is wrong."_s));
        QCOMPARE(fixture.hasher.hashCount(), before + 1);
        QCOMPARE(fixture.count("sessions"), 2);
    }

    void listsSessionsOfTheCallerAlone()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.add(u"bob"_s));
        fixture.store.clock().advance(1000);
        const auto phone = fixture.open({u"ann"_s, AuthFixture::password(), u"phone"_s});
        QVERIFY(phone);
        const auto list = fixture.sessions(AuthFixture::callerOf(*ann));
        QVERIFY(list);
        QCOMPARE(list->sessions.size(), 2);
        QCOMPARE(list->sessions.at(0).id, phone->session.id);
        QCOMPARE(list->sessions.at(0).deviceName, u"phone"_s);
        QVERIFY(!list->sessions.at(0).current);
        QCOMPARE(list->sessions.at(1).id, ann->session.id);
        QVERIFY(list->sessions.at(1).current);
    }

    void knowsWhichSessionsAreOver()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const auto phone = fixture.open(AuthFixture::signIn(u"ann"_s));
        const auto bob = fixture.add(u"bob"_s);
        const SessionId stranger(QUuid::createUuid());
        QVERIFY(fixture.revoke(AuthFixture::callerOf(*ann), phone->session.id));
        QVERIFY(fixture.run("UPDATE users SET deactivated = 1 WHERE id = ?", {bob->user.id}));
        const auto over =
            await(fixture.auth.sessionsOver({ann->session.id, phone->session.id, bob->session.id, stranger}));
        QVERIFY(over);
        QCOMPARE(*over, (QList<SessionId>{phone->session.id, bob->session.id, stranger}));
        QVERIFY(fixture.run("UPDATE sessions SET expires_at = 1 WHERE id = ?", {ann->session.id}));
        // Its sockets see to that by themselves, and name the reason.
        QCOMPARE(await(fixture.auth.sessionsOver({ann->session.id}))->size(), 0);
    }

    void revokingEndsTheSessionAndTellsTheHubs()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const auto phone = fixture.open(AuthFixture::signIn(u"ann"_s));
        QVERIFY(fixture.authenticate(phone->token, Source::Cache));
        QVERIFY(fixture.revoke(AuthFixture::callerOf(*ann), phone->session.id));
        QCOMPARE(fixture.bus.published.size(), 1);
        QCOMPARE(fixture.bus.published.first().topic, sessionsTopic());
        QCOMPARE(fixture.bus.published.first().envelope.kind, Envelope::Kind::SessionEnded);
        QCOMPARE(fixture.bus.published.first().envelope.sessionId, phone->session.id);
        QCOMPARE(fixture.authenticate(phone->token, Source::Cache).error().code, ErrorCode::Unauthenticated);
        QVERIFY(fixture.authenticate(ann->token, Source::Cache));
        QCOMPARE(fixture.revoke(AuthFixture::callerOf(*ann), phone->session.id).error().code, ErrorCode::NotFound);
        QCOMPARE(fixture.bus.published.size(), 1);
    }

    void revokingOnesOwnSessionSignsOut()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.revoke(AuthFixture::callerOf(*ann), ann->session.id));
        QVERIFY(!fixture.authenticate(ann->token));
    }

    void othersSessionsCannotBeRevoked()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const auto bob = fixture.add(u"bob"_s);
        const auto refused = fixture.revoke(AuthFixture::callerOf(*bob), ann->session.id);
        const auto unknown = fixture.revoke(AuthFixture::callerOf(*bob), fixture.store.ids().make<SessionId>());
        QVERIFY(!refused);
        QCOMPARE(refused, unknown);
        QVERIFY(fixture.authenticate(ann->token));
        QVERIFY(fixture.bus.published.isEmpty());
    }

    void refusesTokensOfNobody()
    {
        AuthFixture fixture;
        QVERIFY(fixture.add(u"ann"_s));
        for (const QString &token : {u""_s, u"nonsense"_s, mintToken().text})
            QCOMPARE(fixture.authenticate(token, Source::Cache).error().code, ErrorCode::Unauthenticated);
    }

    void deactivationEndsAllAccess()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.authenticate(ann->token, Source::Cache));
        QVERIFY(fixture.run("UPDATE users SET deactivated = 1"));
        QVERIFY(!fixture.authenticate(ann->token, Source::Store));
        fixture.auth.userChanged(ann->user.id);
        QVERIFY(!fixture.authenticate(ann->token, Source::Cache));
    }

    void expiredSessionsAreRefusedAndNotListed()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.run("UPDATE sessions SET expires_at = ?", {fixture.store.clock().utcMs() + 5000}));
        QVERIFY(fixture.authenticate(ann->token));
        fixture.store.clock().advance(5000);
        QVERIFY(!fixture.authenticate(ann->token));
        QVERIFY(fixture.sessions(AuthFixture::callerOf(*ann))->sessions.isEmpty());
    }

    /// Case N3.
    void lostRevocationHoldsWithinTwoSeconds()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.authenticate(ann->token, Source::Cache));
        QVERIFY(fixture.run("DELETE FROM sessions"));
        QVERIFY(fixture.authenticate(ann->token, Source::Cache));
        QVERIFY(!fixture.authenticate(ann->token, Source::Store));
        fixture.store.clock().advance(2000);
        QVERIFY(!fixture.authenticate(ann->token, Source::Cache));
    }

    void endOfASessionElsewhereEmptiesTheCache()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        QVERIFY(fixture.authenticate(ann->token, Source::Cache));
        QVERIFY(fixture.run("DELETE FROM sessions"));
        fixture.auth.sessionEnded(ann->session.id);
        QVERIFY(!fixture.authenticate(ann->token, Source::Cache));
    }

    void notesEveryFewMinutesThatASessionWasSeen()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const qint64 start = fixture.store.clock().utcMs();
        const auto stored = [&] { return fixture.sessions(AuthFixture::callerOf(*ann))->sessions.first().lastSeenAt; };
        fixture.store.clock().advance(299'000);
        QVERIFY(fixture.authenticate(ann->token));
        QCOMPARE(stored(), start);
        fixture.store.clock().advance(1000);
        QCOMPARE(fixture.authenticate(ann->token)->session.lastSeenAt, start + 300'000);
        QTRY_COMPARE(stored(), start + 300'000);
    }

    void describesTheSessionAsItIsNow()
    {
        AuthFixture fixture;
        const auto ann = fixture.add(u"ann"_s);
        const auto now = await(fixture.auth.describe(AuthFixture::callerOf(*ann)));
        QVERIFY(now);
        QCOMPARE(now->user, ann->user);
        QCOMPARE(now->session, ann->session);
        QVERIFY(fixture.run("DELETE FROM sessions"));
        const auto over = await(fixture.auth.describe(AuthFixture::callerOf(*ann)));
        QCOMPARE(over.error().code, ErrorCode::Unauthenticated);
    }

    void floodsAreStoppedBeforeAnythingIsHashed()
    {
        FloodLimits::Options options;
        options.address = {100, 100};
        options.account = {3, 6};
        AuthFixture fixture(Policy::Open, options);
        QVERIFY(fixture.add(u"ann"_s));
        const OpenSession wrong = AuthFixture::signIn(u"ann"_s, u"wrong password"_s);
        QCOMPARE(fixture.open(wrong).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(fixture.open(wrong).error().code, ErrorCode::Unauthenticated);
        const qint64 before = fixture.hasher.hashCount();
        const auto limited = fixture.open(AuthFixture::signIn(u"Ann"_s));
        QCOMPARE(limited.error().code, ErrorCode::RateLimited);
        QCOMPARE(limited.error().retryAfterMs, 10'000);
        QCOMPARE(fixture.hasher.hashCount(), before);
        fixture.store.clock().advance(10'000);
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s)));
        // Who knows the password is not slowed by signing in.
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s)));
    }

    void fullQueueOfHashesIsAnsweredAtOnce()
    {
        AuthFixture fixture;
        QVERIFY(fixture.add(u"ann"_s));
        std::latch open(1); // outlives the pool, whose thread may still be leaving it
        BoundedPool pool(u"small"_s, 1, 1, 700);
        PasswordHasher hasher(pool, {8192, 1});
        AuthBackends backends{fixture.store.database(), fixture.bus,         hasher,        fixture.floods,
                              fixture.store.clock(),    fixture.store.ids(), fixture.limits};
        AuthService auth(backends, {Policy::Open, {}, {}});
        const auto work = [&open] { open.wait(); };
        const Completion<Done> running = pool.tryRun(work);
        const Completion<Done> waiting = pool.tryRun(work);
        for (const QString &handle : {u"ann"_s, u"unknown"_s}) {
            const auto refused = await(auth.openSession(AuthFixture::nobody(), AuthFixture::signIn(handle)));
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::RateLimited);
            QCOMPARE(refused.error().retryAfterMs, 700);
        }
        const auto account = await(auth.registerAccount(AuthFixture::nobody(), AuthFixture::registration(u"bob"_s)));
        QCOMPARE(account.error().code, ErrorCode::RateLimited);
        QCOMPARE(hasher.hashCount(), 0);
        open.count_down();
    }

    void signingInRenewsHashesThatBecameTooCheap()
    {
        AuthFixture fixture;
        QVERIFY(fixture.add(u"ann"_s));
        PasswordHasher dearer(fixture.pool, {16'384, 2});
        AuthBackends backends{fixture.store.database(), fixture.bus,         dearer,        fixture.floods,
                              fixture.store.clock(),    fixture.store.ids(), fixture.limits};
        AuthService auth(backends, {Policy::Open, {}, {}});
        QVERIFY(await(auth.openSession(AuthFixture::nobody(), AuthFixture::signIn(u"ann"_s))));
        const auto renewed = [&] { return fixture.count("users WHERE password_hash LIKE '%m=16,t=2%'"); };
        QTRY_COMPARE(renewed(), 1);
        QVERIFY(fixture.open(AuthFixture::signIn(u"ann"_s)));
        QCOMPARE(renewed(), 1);
    }

    void logsNoSecrets()
    {
        static QStringList *lines = nullptr;
        QStringList kept;
        lines = &kept;
        QLoggingCategory::setFilterRules(u"*.debug=true"_s);
        const auto previous =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &line) { *lines << line; });
        QString token;
        {
            AuthFixture fixture;
            const auto ann = fixture.add(u"ann"_s);
            if (ann) {
                token = ann->token;
                [[maybe_unused]] const auto opened = fixture.open(AuthFixture::signIn(u"ann"_s));
                [[maybe_unused]] const auto wrong = fixture.open(AuthFixture::signIn(u"ann"_s, u"guessed secret"_s));
                [[maybe_unused]] const auto revoked = fixture.revoke(AuthFixture::callerOf(*ann), ann->session.id);
            }
        }
        qInstallMessageHandler(previous);
        QLoggingCategory::setFilterRules({});
        lines = nullptr;
        QVERIFY(!token.isEmpty());
        QVERIFY(!kept.isEmpty());
        const QString all = kept.join(u'\n');
        for (const QString &secret :
             {AuthFixture::password(), u"guessed secret"_s, token, token.mid(4), u"$argon2id"_s})
            QVERIFY(!all.contains(secret));
    }
};

CONFAB_TEST_CLASS(tst_AuthService)
#include "tst_AuthService.moc"
