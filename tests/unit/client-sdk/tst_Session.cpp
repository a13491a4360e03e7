// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtCore/QDir>
#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;
using State = Client::State;

namespace {

/// A keyring that answers what a test wants.
class FakeKeyring final : public SecretStore
{
public:
    struct Behaviour
    {
        SecretOutcome reading = SecretOutcome::Found;
        SecretOutcome writing = SecretOutcome::Found;
        QByteArray secret;
        int removed = 0;
    };

    explicit FakeKeyring(Behaviour &behaviour) : m_behaviour(behaviour) { }

    void read(const QString &, ReadCallback callback) override
    {
        callback(m_behaviour.reading, m_behaviour.reading == SecretOutcome::Found ? m_behaviour.secret : QByteArray());
    }
    void write(const QString &, const QByteArray &secret, WriteCallback callback) override
    {
        if (m_behaviour.writing == SecretOutcome::Found)
            m_behaviour.secret = secret;
        callback(m_behaviour.writing);
    }
    void remove(const QString &, WriteCallback callback) override
    {
        ++m_behaviour.removed;
        callback(SecretOutcome::Found);
    }

private:
    Behaviour &m_behaviour;
};

} // namespace

/// Signing in and out, sessions that end, secrets that are locked or missing.
class tst_Session : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_keyring = {};
    }
    void cleanup() { m_fixture.reset(); }

    void emptyProfileIsSignedOutAndSigningInGoesOnline()
    {
        EngineFixture &f = *m_fixture;
        f.start();
        QCOMPARE(f.engine->state(), State::SignedOut);
        QVERIFY(!f.server.current);
        const std::optional<Result<User>> answer = signIn(kMe);
        QVERIFY(answer && *answer);
        QCOMPARE(f.engine->state(), State::Connecting);
        QTRY_COMPARE(f.server.attempts, 2);
        QCOMPARE(f.server.current->url, QUrl(u"ws://server.example:8090/v1/socket"_s));
        QCOMPARE(f.connectWith(hello()).token, u"fresh"_s);
        QTRY_COMPARE(f.engine->state(), State::Online);
    }

    void wrongPasswordLeavesOneSignedOut()
    {
        EngineFixture &f = *m_fixture;
        f.start();
        std::optional<Result<User>> answer;
        f.engine->signIn({}, [&](const Result<User> &result) { answer = result; });
        f.server.accept();
        (void)f.server.expect<OpenSession>();
        f.server.refuse(Error::unauthenticated(u"Wrong handle or password."_s));
        QVERIFY(answer);
        QCOMPARE(answer->error().code, ErrorCode::Unauthenticated);
        QCOMPARE(f.engine->state(), State::SignedOut);
    }

    void unreachableServerIsTryAgain()
    {
        EngineFixture &f = *m_fixture;
        f.start();
        std::optional<Result<User>> answer;
        f.engine->signIn({}, [&](const Result<User> &result) { answer = result; });
        f.server.drop();
        QVERIFY(answer);
        QCOMPARE(answer->error().kind(), ErrorKind::TryAgain);
    }

    void lossIsConnectingAtFirstAndThenOffline()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QSignalSpy states(f.engine.get(), &Engine::stateChanged);
        f.server.drop();
        QCOMPARE(f.engine->state(), State::Connecting);
        QTRY_COMPARE(f.server.attempts, 2);
        f.server.drop();
        QCOMPARE(f.engine->state(), State::Offline);
        QTRY_COMPARE(f.server.attempts, 3);
        f.connectWith(hello({}));
        QTRY_COMPARE(f.engine->state(), State::Online);
    }

    /// Cases A9, C1.
    void revokedSessionKeepsTheCacheAndEndsWithTheNextSignIn()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        QVERIFY(f.engine->wishes().setDraft(kRoom, u"draft"_s));
        f.server.drop(static_cast<int>(CloseReason::SessionRevoked));
        QCOMPARE(f.engine->state(), State::SessionOver);
        QVERIFY(f.engine->wishes().send(kRoom, clientId(1), u"queued"_s, 0));

        const std::optional<Result<User>> stranger = signIn(kOther);
        QVERIFY(stranger && !*stranger);
        QCOMPARE(stranger->error().code, ErrorCode::Conflict);
        QCOMPARE(f.engine->state(), State::SessionOver);

        const std::optional<Result<User>> answer = signIn(kMe);
        QVERIFY(answer && *answer);
        QTRY_VERIFY(f.server.current && f.server.current->url.isValid());
        f.connectWith(hello({}));
        QCOMPARE(f.server.expect<SendMessage>().text, u"queued"_s);
        QCOMPARE(f.texts().size(), 2);
    }

    /// Case A7.
    void refusedHelloIsAStateNotALoop()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        f.server.accept();
        (void)f.server.expect<Hello>();
        f.server.refuse(Error::unauthenticated(u"ended"_s));
        QCOMPARE(f.engine->state(), State::SessionOver);
        QCOMPARE(f.server.attempts, 1);
    }

    void unavailableHelloIsTriedAgain()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        f.server.accept();
        (void)f.server.expect<Hello>();
        f.server.refuse(Error::unavailable(u"starting"_s, 1));
        QTRY_COMPARE(f.server.attempts, 2);
    }

    void lockedKeyringShowsTheCacheAndIsAskedAgain()
    {
        EngineFixture &f = *m_fixture;
        useKeyring();
        f.start();
        QVERIFY(signIn(kMe));
        QTRY_COMPARE(f.server.attempts, 2);
        HelloReply reply = hello({entry(kRoom, 3)});
        reply.changes = {page(kRoom, {message(3)}, 3)};
        f.connectWith(reply);
        QTRY_COMPARE(f.engine->state(), State::Online);
        f.stop();

        // A locked collection says that there is nothing.
        m_keyring.reading = SecretOutcome::NotFound;
        f.start();
        QCOMPARE(f.engine->state(), State::SecretsLocked);
        QCOMPARE(f.texts().size(), 1);
        QVERIFY(!unlock());
        m_keyring.reading = SecretOutcome::Unavailable;
        QVERIFY(!unlock());
        QCOMPARE(m_keyring.removed, 0);
        m_keyring.reading = SecretOutcome::Found;
        QVERIFY(unlock());
        QCOMPARE(f.connectWith(hello({})).token, u"fresh"_s);
    }

    void missingKeyringIsChosenAround()
    {
        EngineFixture &f = *m_fixture;
        m_keyring.writing = m_keyring.reading = SecretOutcome::Missing;
        useKeyring();
        f.start();
        const auto answer = signIn(kMe);
        QVERIFY(answer && *answer);
        QCOMPARE(f.engine->state(), State::SecretsMissing);
        f.engine->setSecretPolicy(SecretPolicy::PlainFile);
        QCOMPARE(f.engine->state(), State::Connecting);
        f.stop();
        f.start(); // found in the file, though the settings still name the keyring
        QCOMPARE(f.engine->state(), State::Connecting);
        QCOMPARE(f.connectWith(hello()).token, u"fresh"_s);
    }

    void plainFileIsForItsOwnerAlone()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        const QFileInfoList files = QDir(f.directory.path()).entryInfoList({u"secret-*"_s}, QDir::Files);
        QCOMPARE(files.size(), 1);
        QCOMPARE(files.first().permissions() &
                     (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                 QFile::Permissions());
    }

    void signingOutEndsTheSessionAndEmptiesTheProfile()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        std::optional<Result<Done>> answer;
        f.engine->signOut([&](const Result<Done> &result) { answer = result; });
        (void)f.server.expect<RevokeSession>();
        f.server.reply(Empty{});
        QTRY_VERIFY(answer);
        QVERIFY(*answer);
        QCOMPARE(f.engine->state(), State::SignedOut);
        QVERIFY(f.engine->rows().conversations().isEmpty());
        QVERIFY(QDir(f.directory.path()).entryInfoList({u"secret-*"_s}, QDir::Files).isEmpty());
    }

    void signingOutWorksOffline()
    {
        EngineFixture &f = *m_fixture;
        f.signInOnDisk();
        f.start();
        std::optional<Result<Done>> answer;
        f.engine->signOut([&](const Result<Done> &result) { answer = result; });
        QVERIFY(answer && *answer);
        QCOMPARE(f.engine->state(), State::SignedOut);
    }

    void profileThatCannotBeOpenedSaysWhy()
    {
        EngineFixture &f = *m_fixture;
        LocalStore other;
        QVERIFY(other.open(f.directory.path()));
        f.start();
        QCOMPARE(f.engine->state(), State::StoreFailed);
        QVERIFY(!f.engine->wishes().setDraft(kRoom, u"draft"_s));
    }

private:
    void useKeyring()
    {
        m_fixture->parts.settings.secretPolicy = SecretPolicy::Keyring;
        m_fixture->parts.makeSecretStore = [this](SecretPolicy policy) -> std::unique_ptr<SecretStore> {
            if (policy == SecretPolicy::Keyring)
                return std::make_unique<FakeKeyring>(m_keyring);
            return std::make_unique<FileSecretStore>(m_fixture->directory.path());
        };
    }
    /// Signs in; the server answers as this person.
    std::optional<Result<User>> signIn(UserId id)
    {
        std::optional<Result<User>> answer;
        m_fixture->engine->signIn({}, [&](const Result<User> &result) { answer = result; });
        m_fixture->server.accept();
        (void)m_fixture->server.expect<OpenSession>();
        SignedIn reply;
        reply.token = u"fresh"_s;
        reply.user = user(id, u"Me"_s);
        reply.session = hello().session;
        m_fixture->server.reply(reply);
        return answer;
    }
    bool unlock()
    {
        std::optional<Result<Done>> answer;
        m_fixture->engine->unlockAndRetry([&](const Result<Done> &result) { answer = result; });
        return answer && answer->has_value();
    }

    std::unique_ptr<EngineFixture> m_fixture;
    FakeKeyring::Behaviour m_keyring;
};

CONFAB_TEST_CLASS(tst_Session)
#include "tst_Session.moc"
