// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

namespace {

OwnPresence own(const QString &text, qint64 expiresAt = 0, bool hidden = false)
{
    OwnPresence presence;
    presence.statusText = text;
    presence.statusExpiresAt = expiresAt;
    presence.lastSeenHidden = hidden;
    return presence;
}

} // namespace

/// Saying that one is away, and what one says of oneself.
class tst_OwnPresence : public QObject
{
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;
    OwnPresence m_shown;
    QList<Result<OwnPresence>> m_answers;

    FakeServer &server() { return m_fixture->server; }
    OwnPresenceSync &sync() { return m_fixture->engine->ownPresence(); }

    void start(const OwnPresence &atHello = {})
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        connect(&sync(), &OwnPresenceSync::changed, this, [this](const OwnPresence &now) { m_shown = now; });
        HelloReply reply = hello();
        reply.ownPresence = atHello;
        f.connectWith(reply);
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
    }

    /// Loses the connection and says whether the next hello says that one is away.
    std::optional<bool> awayAfterReconnect()
    {
        EngineFixture &f = *m_fixture;
        const int attempts = f.server.attempts;
        f.server.drop();
        [&] { QTRY_COMPARE(f.server.attempts, attempts + 1); }();
        const Hello said = f.connectWith(hello({}, 1));
        [&] { QTRY_COMPARE(f.engine->state(), Client::State::Online); }();
        return said.away;
    }

    void setStatus(const QString &text, qint64 expiresAt = 0)
    {
        const Result<SetStatus> op = sync().makeStatus(text, expiresAt);
        QVERIFY(op);
        m_fixture->engine->changeOwnPresence(
            *op,
            Engine::Callback<OwnPresence>([this](const Result<OwnPresence> &answer) { m_answers.append(answer); }));
    }

    bool saysNothing()
    {
        QCoreApplication::processEvents();
        return !server().hasRequest(SetAway::kInfo.name);
    }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_fixture->parts.presenceTimings.tryAgainMs = 5;
        m_shown = {};
        m_answers.clear();
    }
    void cleanup() { m_fixture.reset(); }

    void awayIsSaidAtOnceAndOnce()
    {
        start();
        sync().setAway(false);
        QVERIFY(saysNothing()); // the hello said it
        sync().setAway(true);
        sync().setAway(true);
        QVERIFY(server().expect<SetAway>().away);
        server().reply(Empty{});
        QVERIFY(saysNothing());
        sync().setAway(false);
        QVERIFY(!server().expect<SetAway>().away);
    }

    /// Case E4.
    void whatALostConnectionSwallowedIsSaidAgain()
    {
        start();
        sync().setAway(true);
        QVERIFY(server().expect<SetAway>().away); // and the socket drops before the reply
        m_fixture->server.drop();
        sync().setAway(false); // while offline
        QTRY_COMPARE(server().attempts, 2);
        const Hello said = m_fixture->connectWith(hello({}, 1));
        QCOMPARE(said.away, std::optional(false));
        sync().setAway(true);
        QVERIFY(server().expect<SetAway>().away);
        QCOMPARE(awayAfterReconnect(), std::optional(true)); // again without its reply
        QVERIFY(saysNothing());
        sync().setAway(false);
        QVERIFY(!server().expect<SetAway>().away);
        server().reply(Empty{});
        QCOMPARE(awayAfterReconnect(), std::optional(false));
    }

    /// Case E4.
    void whatChangesDuringTheHelloIsSaidAfterIt()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        QTRY_VERIFY(f.server.current && !f.server.current->url.isEmpty());
        f.server.accept();
        QCOMPARE(f.server.expect<Hello>().away, std::optional(false));
        sync().setAway(true);
        QVERIFY(saysNothing());
        f.server.reply(hello());
        QVERIFY(f.server.expect<SetAway>().away);
    }

    /// Case E4.
    void whatChangesDuringALaterHelloIsSaidAfterItToo()
    {
        start();
        server().inject(SyncHint{true, 0, {}});
        QCOMPARE(server().expect<Hello>().away, std::optional(false));
        const qint64 greeting = server().lastId;
        sync().setAway(true);
        QVERIFY(saysNothing()); // the server might serve it first
        server().reply(greeting, hello({}, 1));
        QVERIFY(server().expect<SetAway>().away);
    }

    void oneAtATimeAndTheLastCounts()
    {
        start();
        sync().setAway(true);
        QVERIFY(server().expect<SetAway>().away);
        sync().setAway(false);
        sync().setAway(true);
        sync().setAway(false);
        QVERIFY(saysNothing());
        server().reply(Empty{});
        QVERIFY(!server().expect<SetAway>().away);
        server().reply(Empty{});
        QVERIFY(saysNothing());
    }

    void aHelloBesideItLeavesNoDoubt()
    {
        start();
        sync().setAway(true);
        QVERIFY(server().expect<SetAway>().away);
        const qint64 saying = server().lastId;
        sync().setAway(false);
        server().inject(SyncHint{true, 0, {}});
        QCOMPARE(server().expect<Hello>().away, std::optional(false));
        server().reply(hello({}, 1));
        server().reply(saying, Empty{}); // served last, perhaps
        QVERIFY(!server().expect<SetAway>().away);
    }

    void aFailureIsSaidAgainAndARefusalIsNot()
    {
        start();
        sync().setAway(true);
        server().expect<SetAway>();
        server().refuse(Error::rateLimited(u"too much"_s, 10));
        QVERIFY(server().expect<SetAway>().away);
        server().refuse(Error::notFound(u"no such operation"_s));
        QTimer later; // a timer due later than the one that would say it again
        later.setSingleShot(true);
        later.start(30);
        QTRY_VERIFY(!later.isActive());
        QVERIFY(saysNothing());
    }

    void theHelloTellsWhatOneSaysOfOneself()
    {
        start(own(u"at the lake"_s, 0, true));
        QCOMPARE(m_shown, own(u"at the lake"_s, 0, true));
        server().inject(own(u"back"_s));
        QCOMPARE(m_shown, own(u"back"_s));
        server().drop();
        QCOMPARE(m_shown, own(u"back"_s)); // one's own words are no guess
    }

    void aStatusIsSetAndAnswered()
    {
        start();
        const qint64 later = m_fixture->clock->utcMs() + 1000;
        setStatus(u"  out sick "_s, later);
        const auto op = server().expect<SetStatus>();
        QCOMPARE(op.text, u"out sick"_s);
        QCOMPARE(op.expiresAt, std::optional(later));
        server().reply(own(u"out sick"_s, later));
        QCOMPARE(m_shown, own(u"out sick"_s, later));
        QCOMPARE(m_answers.size(), 1);
        QCOMPARE(*m_answers.first(), m_shown);
        setStatus({}, later);
        QVERIFY(!server().expect<SetStatus>().expiresAt); // nothing that could end
        server().refuse(Error::unavailable(u"not now"_s));
        QCOMPARE(m_answers.last().error().code, ErrorCode::Unavailable);
        QCOMPARE(m_shown.statusText, u"out sick"_s);
    }

    void nothingIsSetWithoutAConnection()
    {
        start();
        server().drop();
        setStatus(u"away"_s);
        QTRY_COMPARE(m_answers.size(), 1);
        QCOMPARE(m_answers.first().error().code, ErrorCode::Unavailable);
        QCOMPARE(m_shown, OwnPresence());
    }

    void textsThatNobodyTakesAreRefusedHere()
    {
        start();
        Limits limits;
        limits.statusLength = 4;
        sync().setLimits(limits);
        QCOMPARE(sync().makeStatus(u"five5"_s, 0).error().code, ErrorCode::TooLarge);
        QCOMPARE(sync().makeStatus(u"two\nlines"_s, 0).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(sync().makeStatus(u"two\nlines"_s, 0).error().field, u"text"_s);
        QVERIFY(sync().makeStatus(u"🏖️🏖️"_s, 0)); // code points
        QVERIFY(sync().makeStatus(u"   "_s, 0)->text.isEmpty());
    }

    void anAnswerThatSomethingOvertookIsAskedFor()
    {
        start();
        setStatus(u"here"_s);
        server().expect<SetStatus>();
        server().inject(own(u"from the phone"_s));
        server().reply(own(u"here"_s)); // which of them was first?
        QCOMPARE(m_shown.statusText, u"from the phone"_s);
        server().expect<GetOwnPresence>();
        server().reply(own(u"here"_s));
        QCOMPARE(m_shown.statusText, u"here"_s);
    }

    void theOwnEventBesideTheAnswerAsksNothing()
    {
        start();
        setStatus(u"here"_s);
        server().expect<SetStatus>();
        server().inject(own(u"here"_s));
        server().reply(own(u"here"_s));
        QCoreApplication::processEvents();
        QVERIFY(!server().hasRequest(GetOwnPresence::kInfo.name));
        QCOMPARE(m_shown.statusText, u"here"_s);
    }

    void theOwnStatusEndsByTheOwnClock()
    {
        EngineFixture &f = *m_fixture;
        f.parts.presenceTimings.lookMs = 5;
        start();
        server().inject(own(u"commuting"_s, f.clock->utcMs() + 1000, true));
        QCOMPARE(m_shown.statusText, u"commuting"_s);
        f.clock->jumpUtc(1000);
        QTRY_COMPARE(m_shown, own({}, 0, true));
    }

    void signingOutForgetsIt()
    {
        start(own(u"mine"_s));
        bool out = false;
        m_fixture->engine->signOut([&out](const Result<Done> &done) { out = bool(done); });
        server().expect<RevokeSession>();
        server().reply(Empty{});
        QTRY_VERIFY(out);
        QCOMPARE(m_shown, OwnPresence());
    }
};

CONFAB_TEST_CLASS(tst_OwnPresence)
#include "tst_OwnPresence.moc"
