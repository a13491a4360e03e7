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
constexpr qint64 kHour = 60 * 60 * 1000;
constexpr qint64 kDay = 24 * kHour;
} // namespace

/// How long sessions last: use moves their end, and any number of windows may do so at once.
class tst_SessionRenewal : public QObject
{
    Q_OBJECT

    std::unique_ptr<AuthFixture> f;

    void restart(const SessionLifetimes &lifetimes)
    {
        f = std::make_unique<AuthFixture>(Policy::Open, AuthFixture::unlimited(), lifetimes);
    }
    qint64 storedEnd(const SignedIn &who)
    {
        const auto rows =
            await(f->store.database().query({"SELECT expires_at FROM sessions WHERE id = ?", {who.session.id}, {}}));
        return rows && !rows->isEmpty() ? rows->first().first().toInt() : -1;
    }

private Q_SLOTS:
    void init() { restart({30 * kDay, 0}); }
    void cleanup() { f.reset(); }

    void unusedSessionsExpire()
    {
        const auto ann = f->add(u"ann"_s);
        QCOMPARE(ann->session.expiresAt, f->store.clock().utcMs() + 30 * kDay);
        f->store.clock().advance(30 * kDay - 1);
        QCOMPARE(await(f->auth.describe(AuthFixture::callerOf(*ann)))->session, ann->session);
        f->store.clock().advance(1);
        QCOMPARE(f->authenticate(ann->token).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(await(f->auth.describe(AuthFixture::callerOf(*ann))).error().code, ErrorCode::Unauthenticated);
        QCOMPARE(await(f->auth.renewSession(AuthFixture::callerOf(*ann))).error().code, ErrorCode::Unauthenticated);
        // The next sign-in clears it away.
        QVERIFY(f->open(AuthFixture::signIn(u"ann"_s)));
        QCOMPARE(f->count("sessions"), 1);
    }

    void useMovesTheEnd()
    {
        const auto ann = f->add(u"ann"_s);
        for (int month = 0; month < 24; ++month) {
            f->store.clock().advance(29 * kDay);
            QVERIFY(f->authenticate(ann->token));
            const qint64 end = f->store.clock().utcMs() + 30 * kDay;
            QTRY_COMPARE(storedEnd(*ann), end);
        }
    }

    /// Case N1: windows that renew at the same time, with one token, on several nodes.
    void tenRenewalsAtOnceLeaveOneWorkingSession()
    {
        AuthService other(f->backends(), {Policy::Open, {30 * kDay, 0}, {}}); // another shard
        const auto ann = f->add(u"ann"_s);
        f->store.clock().advance(30 * kDay - 1000);
        std::vector<Task<Authenticated>> asked;
        std::vector<Task<qint64>> renewed;
        for (int i = 0; i < 10; ++i) {
            AuthService &node = i % 2 == 0 ? f->auth : other;
            asked.push_back(node.authenticate(ann->token, {}, Source::Store));
            renewed.push_back(node.renewSession(AuthFixture::callerOf(*ann)));
        }
        const qint64 end = f->store.clock().utcMs() + 30 * kDay;
        for (Task<Authenticated> &one : asked)
            QCOMPARE(await(std::move(one))->session.id, ann->session.id);
        for (Task<qint64> &one : renewed)
            QCOMPARE(await(std::move(one)), Result<qint64>(end));
        QCOMPARE(f->count("sessions"), 1);
        f->store.clock().advance(30 * kDay - 1);
        QVERIFY(f->authenticate(ann->token));
    }

    void lateRenewalNeverShortensOrRevives()
    {
        const auto ann = f->add(u"ann"_s);
        const SessionIssuer issuer(f->store.clock(), f->store.ids(), {30 * kDay, 0});
        const qint64 start = f->store.clock().utcMs();
        const auto renewAt = [&](qint64 now) {
            const Batch batch{issuer.renewal(ann->session.id, now)};
            return await(f->store.database().commit(batch)).has_value();
        };
        QVERIFY(renewAt(start + 2 * kDay));
        QVERIFY(renewAt(start + kDay)); // was under way for longer
        QCOMPARE(storedEnd(*ann), start + 32 * kDay);
        QVERIFY(renewAt(start + 33 * kDay));
        QCOMPARE(storedEnd(*ann), start + 32 * kDay);
    }

    void cachedSessionsExpireOnTime()
    {
        restart({1000, 0});
        const auto ann = f->add(u"ann"_s);
        f->store.clock().advance(100);
        QVERIFY(f->authenticate(ann->token, Source::Cache));
        f->store.clock().advance(1200); // less than what the cache keeps
        QVERIFY(!f->authenticate(ann->token, Source::Cache));
    }

    void nothingPassesTheLongestLifetime()
    {
        restart({30 * kDay, 90 * kDay});
        const auto ann = f->add(u"ann"_s);
        for (int i = 0; i < 4; ++i) {
            f->store.clock().advance(20 * kDay);
            QVERIFY(await(f->auth.renewSession(AuthFixture::callerOf(*ann))));
        }
        QCOMPARE(storedEnd(*ann), ann->session.createdAt + 90 * kDay);
        f->store.clock().advance(10 * kDay);
        QVERIFY(!f->authenticate(ann->token));
    }

    void sessionsOfAnOlderServerGetTheirEndWithTheNextUse()
    {
        const auto ann = f->add(u"ann"_s);
        QVERIFY(f->run("UPDATE sessions SET expires_at = 0"));
        f->store.clock().advance(kHour);
        QVERIFY(f->authenticate(ann->token));
        const qint64 end = f->store.clock().utcMs() + 30 * kDay;
        QTRY_COMPARE(storedEnd(*ann), end);
    }

    void withoutLifetimesNothingExpires()
    {
        restart({});
        const auto ann = f->add(u"ann"_s);
        QCOMPARE(ann->session.expiresAt, 0);
        f->store.clock().advance(3650 * kDay);
        QVERIFY(f->authenticate(ann->token));
        QCOMPARE(await(f->auth.renewSession(AuthFixture::callerOf(*ann))), Result<qint64>(0));
    }

    void revokedAndDeactivatedSessionsAreNotRenewed()
    {
        const auto ann = f->add(u"ann"_s);
        const auto bob = f->add(u"bob"_s);
        QVERIFY(f->revoke(AuthFixture::callerOf(*ann), ann->session.id));
        QCOMPARE(await(f->auth.renewSession(AuthFixture::callerOf(*ann))).error().code, ErrorCode::Unauthenticated);
        QVERIFY(f->run("UPDATE users SET deactivated = 1"));
        QCOMPARE(await(f->auth.renewSession(AuthFixture::callerOf(*bob))).error().code, ErrorCode::Unauthenticated);
    }
};

CONFAB_TEST_CLASS(tst_SessionRenewal)
#include "tst_SessionRenewal.moc"
