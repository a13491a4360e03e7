// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;
using State = Client::State;

namespace {
constexpr int kExpired = static_cast<int>(CloseReason::SessionExpired);
const Error kEnded = Error::unauthenticated(u"ended"_s);
} // namespace

/// Sessions that expire, and apps that know the next token.
class tst_Tokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_fixture->parts.refreshTimings.backoffBaseMs = 4;
        m_fixture->parts.refreshTimings.backoffMaxMs = 8;
        m_asked.clear();
    }
    void cleanup() { m_fixture.reset(); }

    /// Cases A9, C1: what waits in the queue outlives the session, and people see why it waits.
    void queueOutlivesAnExpiredSession()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QSignalSpy states(f.engine.get(), &Engine::stateChanged);
        f.server.drop(kExpired);
        QCOMPARE(f.engine->state(), State::SessionOver);
        QVERIFY(states.last().at(1).toString().contains("expired"_L1));
        for (int i = 1; i <= 3; ++i)
            QVERIFY(f.engine->wishes().send(kRoom, clientId(i), u"queued %1"_s.arg(i), 0));
        QCOMPARE(f.server.attempts, 1); // a state, not a loop

        // The same client goes on with the next session.
        std::optional<Result<User>> answer;
        f.engine->signIn({}, [&](const Result<User> &result) { answer = result; });
        f.server.accept();
        (void)f.server.expect<OpenSession>();
        f.server.reply(SignedIn{u"fresh"_s, user(kMe, u"Me"_s), hello().session});
        QVERIFY(answer && *answer);
        QTRY_COMPARE(f.server.attempts, 3);
        QCOMPARE(f.connectWith(hello()).token, u"fresh"_s);
        for (int i = 1; i <= 3; ++i) {
            const SendMessage sent = f.server.expect<SendMessage>();
            QCOMPARE(sent.clientId, clientId(i));
            Message echo = message(3 + i, kMe, sent.text);
            echo.clientId = sent.clientId;
            f.server.reply(echo);
        }
        QTRY_COMPARE(f.texts().size(), 4);
        QTRY_COMPARE(f.engine->state(), State::Online);
    }

    /// Case A7: an expired token that was kept asks the app once, and connects with what it says.
    void expiredTokenAsksTheAppOnceAndConnects()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        startWithProvider();
        refuseHello();
        QTRY_COMPARE(m_asked.size(), 1);
        QCOMPARE(f.engine->state(), State::Connecting);
        f.engine->answerToken(m_asked.last(), u"second"_s);
        QTRY_COMPARE(f.server.attempts, 2);
        QCOMPARE(f.connectWith(hello()).token, u"second"_s);
        QTRY_COMPARE(f.engine->state(), State::Online);
        QCOMPARE(m_asked.size(), 1);

        // The next expiry is asked for at once again.
        f.server.drop(kExpired);
        QCOMPARE(m_asked.size(), 2);
        QCOMPARE(f.engine->state(), State::Connecting);
    }

    /// Case A7: a token that is expired too is visible, and asked for ever more slowly.
    void tokenThatIsRefusedTooIsAStateAndNotALoop()
    {
        EngineFixture &f = *m_fixture;
        f.parts.refreshTimings.backoffBaseMs = f.parts.refreshTimings.backoffMaxMs = 100'000;
        f.signInOnDisk();
        startWithProvider();
        refuseHello();
        QTRY_COMPARE(m_asked.size(), 1);
        f.engine->answerToken(m_asked.last(), u"expired too"_s);
        QTRY_COMPARE(f.server.attempts, 2);
        refuseHello();
        QCOMPARE(f.engine->state(), State::SessionOver);
        QCOMPARE(m_asked.size(), 1); // waits
        f.engine->probe();           // a person does not
        QCOMPARE(m_asked.size(), 2);
        f.engine->answerToken(m_asked.last(), u"good"_s);
        QTRY_COMPARE(f.server.attempts, 3);
        QCOMPARE(f.connectWith(hello()).token, u"good"_s);
        QTRY_COMPARE(f.engine->state(), State::Online);
    }

    void refusedTokenIsAskedForAgainByItself()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        startWithProvider();
        for (int round = 1; round <= 3; ++round) {
            refuseHello();
            QTRY_COMPARE(m_asked.size(), round);
            f.engine->answerToken(m_asked.last(), u"token %1"_s.arg(round));
            QTRY_COMPARE(f.server.attempts, round + 1);
        }
        QCOMPARE(f.connectWith(hello()).token, u"token 3"_s);
    }

    /// Case A8: one refresh chain, however often the old one is interrupted.
    void slowAppIsAskedOnce()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        provide();
        f.server.drop(kExpired);
        QCOMPARE(m_asked.size(), 1);
        f.engine->probe();
        QVERIFY(f.engine->wishes().send(kRoom, clientId(1), u"queued"_s, 0));
        f.engine->setSecretPolicy(SecretPolicy::PlainFile);
        QCOMPARE(m_asked.size(), 1);
        f.engine->answerToken(m_asked.last(), u"late"_s);
        f.engine->answerToken(m_asked.last(), u"twice"_s); // has no effect
        QTRY_COMPARE(f.server.attempts, 2);
        QCOMPARE(f.connectWith(hello()).token, u"late"_s);
        QCOMPARE(f.server.expect<SendMessage>().text, u"queued"_s);
        QCOMPARE(m_asked.size(), 1);
        QCOMPARE(f.server.attempts, 2);
    }

    void appWithoutAnAnswerIsAskedAgain()
    {
        EngineFixture &f = *m_fixture;
        f.parts.refreshTimings.answerWithinMs = 10;
        f.signInOnDisk();
        startWithProvider();
        refuseHello();
        QTRY_VERIFY(m_asked.size() >= 3);
        QTRY_COMPARE(f.engine->state(), State::Offline);
        // Its late answer to an older question has no effect.
        const int older = m_asked.first();
        f.engine->answerToken(older, u"late"_s);
        QCOMPARE(f.server.attempts, 1);
    }

    void appThatIsOfflineIsAskedAgainAndOneThatIsSignedOutIsNot()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        startWithProvider();
        refuseHello();
        QTRY_COMPARE(m_asked.size(), 1);
        f.engine->answerToken(m_asked.last(), Error::unavailable(u"The backend cannot be reached."_s));
        QCOMPARE(f.engine->state(), State::Offline);
        QTRY_COMPARE(m_asked.size(), 2);
        f.engine->answerToken(m_asked.last(), Error::denied(u"Sign in to the shop first."_s));
        QCOMPARE(f.engine->state(), State::SessionOver);
        f.engine->probe();
        QCOMPARE(m_asked.size(), 2);
    }

    void tokenOfSomebodyElseIsRefused()
    {
        EngineFixture &f = *m_fixture;
        f.parts.refreshTimings.backoffBaseMs = f.parts.refreshTimings.backoffMaxMs = 100'000;
        f.startWithRoom({message(3)}, 3);
        provide();
        f.server.drop(kExpired);
        f.engine->answerToken(m_asked.last(), u"another's"_s);
        QTRY_COMPARE(f.server.attempts, 2);
        HelloReply other = hello({entry(kRoom, 9)});
        other.user = user(kOther, u"Other"_s);
        f.connectWith(other);
        QCOMPARE(f.engine->state(), State::SessionOver);
        QCOMPARE(f.engine->store().me().id, kMe);
        QCOMPARE(f.cursor(), 3);
    }

    void firstSignInWithAToken()
    {
        EngineFixture &f = *m_fixture;
        f.start();
        std::optional<Result<User>> answer;
        f.engine->signInWithToken(u"first"_s, [&](const Result<User> &result) { answer = result; });
        f.server.accept();
        QCOMPARE(f.server.expect<Hello>().token, u"first"_s);
        f.server.reply(hello());
        QVERIFY(answer && *answer);
        QCOMPARE((*answer)->id, kMe);
        QTRY_COMPARE(f.server.attempts, 2);
        QCOMPARE(f.connectWith(hello()).token, u"first"_s);
        QTRY_COMPARE(f.engine->state(), State::Online);
        f.engine->signInWithToken(u"again"_s, [&](const Result<User> &result) { answer = result; });
        QCOMPARE(answer->error().code, ErrorCode::Conflict);
    }

    void tokenThatIsNoneSignsNobodyIn()
    {
        EngineFixture &f = *m_fixture;
        f.start();
        std::optional<Result<User>> answer;
        f.engine->signInWithToken(u"first"_s, [&](const Result<User> &result) { answer = result; });
        f.server.accept();
        (void)f.server.expect<Hello>();
        f.server.refuse(kEnded);
        QVERIFY(answer);
        QCOMPARE(answer->error().code, ErrorCode::Unauthenticated);
        QCOMPARE(f.engine->state(), State::SignedOut);
    }

    void signingOutEndsTheAsking()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        provide();
        f.server.drop(kExpired);
        QCOMPARE(m_asked.size(), 1);
        f.engine->signOut([](const Result<Done> &) {});
        QCOMPARE(f.engine->state(), State::SignedOut);
        f.engine->answerToken(m_asked.last(), u"late"_s);
        QCOMPARE(f.engine->state(), State::SignedOut);
        QCOMPARE(f.server.attempts, 1);
    }

    void deletingTheAccountEmptiesTheProfile()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        std::optional<Result<Done>> answer;
        f.engine->deleteAccount({u"secret"_s}, [&](const Result<Done> &result) { answer = result; });
        QCOMPARE(f.server.expect<DeleteAccount>().password, u"secret"_s);
        f.server.reply(Empty{});
        QTRY_VERIFY(answer);
        QVERIFY(*answer);
        QCOMPARE(f.engine->state(), State::SignedOut);
        QVERIFY(f.engine->rows().conversations().isEmpty());
    }

    void refusedDeletionKeepsEverything()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        std::optional<Result<Done>> answer;
        f.engine->deleteAccount({u"guess"_s}, [&](const Result<Done> &result) { answer = result; });
        (void)f.server.expect<DeleteAccount>();
        f.server.refuse(Error{ErrorCode::PermissionDenied, u"The password is wrong."_s, u"password"_s, 0});
        QVERIFY(answer);
        QCOMPARE(answer->error().field, u"password"_s);
        QCOMPARE(f.engine->state(), State::Online);
        QCOMPARE(f.texts().size(), 1);
        // A session that ends afterwards is noticed as ever.
        f.server.drop(static_cast<int>(CloseReason::SessionRevoked));
        QCOMPARE(f.engine->state(), State::SessionOver);
    }

    void whoDeletedTheirAccountHasNoName()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QCOMPARE(f.timeline().rows.first().senderName, u"Other"_s);
        User gone = user(kOther, QString());
        gone.profileVersion = 2;
        gone.deactivated = true;
        f.server.inject(gone);
        QTRY_COMPARE(f.timeline().rows.first().senderName, u"Deleted account"_s);
    }

private:
    void provide()
    {
        connect(m_fixture->engine.get(), &Engine::tokenNeeded, this,
                [this](int question) { m_asked.append(question); });
        m_fixture->engine->useTokenProvider(true);
    }
    void startWithProvider()
    {
        m_fixture->start();
        provide();
    }
    void refuseHello()
    {
        QTRY_VERIFY(m_fixture->server.current && !m_fixture->server.current->url.isEmpty());
        m_fixture->server.accept();
        (void)m_fixture->server.expect<Hello>();
        m_fixture->server.refuse(kEnded);
    }

    std::unique_ptr<EngineFixture> m_fixture;
    QList<int> m_asked;
};

CONFAB_TEST_CLASS(tst_Tokens)
#include "tst_Tokens.moc"
