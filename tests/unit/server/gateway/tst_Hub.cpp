// SPDX-License-Identifier: MIT
#include "GatewayFixture.h"
#include "shared/protocol/Frames.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

class FakeSubscriber final : public Subscriber
{
public:
    FakeSubscriber(UserId user, SessionId session, qint64 number) : m_user(user), m_session(session), m_number(number)
    {
    }

    UserId userId() const override { return m_user; }
    SessionId sessionId() const override { return m_session; }
    qint64 socketNumber() const override { return m_number; }
    void deliver(const OutgoingFrame &frame) override { frames.append(frame.webSocketBytes(WireFormat::Cbor)); }
    void membershipChanged(const ConversationId &id) override { changed.append(id); }
    void close(CloseReason reason) override { closed = reason; }

    QByteArrayList frames;
    QList<ConversationId> changed;
    std::optional<CloseReason> closed;

private:
    UserId m_user;
    SessionId m_session;
    qint64 m_number;
};

/// A bus that delivers at once and knows what is subscribed.
class DirectBus final : public Bus
{
public:
    void publish(const QByteArray &topic, const QByteArray &payload) override
    {
        published.append(payload);
        if (topics.contains(topic) && handler)
            handler(topic, payload);
    }
    void subscribe(const QByteArray &topic) override { ++topics[topic]; }
    void unsubscribe(const QByteArray &topic) override
    {
        if (--topics[topic] == 0)
            topics.remove(topic);
    }
    void setHandler(Handler newHandler) override { handler = std::move(newHandler); }

    QByteArrayList published;
    QHash<QByteArray, int> topics;
    Handler handler;
};

} // namespace

class tst_Hub : public QObject
{
    Q_OBJECT

private:
    void publish(Envelope envelope)
    {
        envelope.frame = "\xa1\x61"
                         "a\x01";
        const bool isConversation = envelope.kind == Envelope::Kind::Conversation;
        m_bus->publish(isConversation ? conversationTopic(envelope.conversationId) : userTopic(envelope.userId),
                       encodeEnvelope(envelope));
    }

    void publishMessage(const ConversationId &id, qint64 messageId, SessionId except = {})
    {
        publish({Envelope::Kind::Conversation, id, {}, {}, except, messageId, {}});
    }

    static UserId newUser() { return UserId(QUuid::createUuid()); }
    static SessionId newSession() { return SessionId(QUuid::createUuid()); }

    FakeGatekeeper m_gatekeeper;
    std::unique_ptr<DirectBus> m_bus;
    std::unique_ptr<Hub> m_hub;
    const ConversationId m_tea{QUuid::createUuid()};
    const ConversationId m_coffee{QUuid::createUuid()};

private Q_SLOTS:
    void init()
    {
        m_gatekeeper.ended.clear();
        m_gatekeeper.membershipEnds.clear();
        m_bus = std::make_unique<DirectBus>();
        m_hub = std::make_unique<Hub>(*m_bus, m_gatekeeper);
    }
    void cleanup()
    {
        m_hub.reset();
        m_bus.reset();
    }

    void deliversToSubscribersWhoMaySee()
    {
        FakeSubscriber early(newUser(), newSession(), 1);
        FakeSubscriber late(newUser(), newSession(), 1);
        FakeSubscriber stranger(newUser(), newSession(), 1);
        for (FakeSubscriber *subscriber : {&early, &late, &stranger})
            m_hub->attach(*subscriber);
        m_hub->subscribe(early.userId(), {{m_tea, 0}}, {});
        m_hub->subscribe(late.userId(), {{m_tea, 10}}, {});
        m_hub->subscribe(stranger.userId(), {{m_coffee, 0}}, {});
        publishMessage(m_tea, 9);
        publishMessage(m_tea, 10);
        publishMessage(m_tea, 0); // of no message
        publishMessage(m_tea, 11, late.sessionId());
        QCOMPARE(early.frames.size(), 4);
        QCOMPARE(late.frames.size(), 2);
        QVERIFY(stranger.frames.isEmpty());
        for (FakeSubscriber *subscriber : {&early, &late, &stranger})
            m_hub->detach(*subscriber);
    }

    void sharesOneEncodingAmongAllReceivers()
    {
        const UserId user = newUser();
        FakeSubscriber phone(user, newSession(), 1);
        FakeSubscriber laptop(user, newSession(), 1);
        m_hub->attach(phone);
        m_hub->attach(laptop);
        m_hub->subscribe(user, {{m_tea, 0}}, {});
        publishMessage(m_tea, 1);
        QCOMPARE(phone.frames.size(), 1);
        QCOMPARE(static_cast<const void *>(phone.frames[0].constData()),
                 static_cast<const void *>(laptop.frames[0].constData()));
        m_hub->detach(phone);
        m_hub->detach(laptop);
    }

    /// Case N4.
    void followsMembership()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        m_hub->attach(someone);
        publish({Envelope::Kind::Joined, m_tea, someone.userId(), {}, {}, 5, {}});
        QCOMPARE(someone.frames.size(), 1);
        publishMessage(m_tea, 4);
        publishMessage(m_tea, 5);
        QCOMPARE(someone.frames.size(), 2);
        publish({Envelope::Kind::Left, m_tea, someone.userId(), {}, {}, 0, {}});
        QCOMPARE(someone.frames.size(), 3); // the news of it
        publishMessage(m_tea, 6);
        QCOMPARE(someone.frames.size(), 3);
        QCOMPARE(someone.changed, (QList<ConversationId>{m_tea, m_tea}));
        m_hub->detach(someone);
    }

    void tellsWhoseMembershipEnded()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        const UserId other = newUser(); // without a socket here
        m_hub->attach(someone);
        m_hub->subscribe(someone.userId(), {{m_tea, 0}, {m_coffee, 0}}, {});
        publishMessage(m_tea, 1);
        QVERIFY(m_gatekeeper.membershipEnds.isEmpty());
        publish({Envelope::Kind::Conversation, m_tea, other, {}, {}, 0, {}});
        QCOMPARE(m_gatekeeper.membershipEnds, QList<UserId>{other});
        publish({Envelope::Kind::Left, m_tea, someone.userId(), {}, {}, 0, {}});
        QCOMPARE(m_gatekeeper.membershipEnds, (QList<UserId>{other, someone.userId()}));
        m_hub->resubscribe(someone.userId(), {}); // the word did not come
        QCOMPARE(m_gatekeeper.membershipEnds, (QList<UserId>{other, someone.userId(), someone.userId()}));
        m_hub->detach(someone);
    }

    void renewsVisibleFromWhenSomebodyJoinsAgain()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        m_hub->attach(someone);
        m_hub->subscribe(someone.userId(), {{m_tea, 0}}, {});
        publish({Envelope::Kind::Joined, m_tea, someone.userId(), {}, {}, 20, {}});
        publishMessage(m_tea, 19);
        QCOMPARE(someone.frames.size(), 1);
        publishMessage(m_tea, 20);
        QCOMPARE(someone.frames.size(), 2);
        m_hub->detach(someone);
    }

    void leavesOutWhatChangedMeanwhile()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        m_hub->attach(someone);
        m_hub->subscribe(someone.userId(), {{m_tea, 0}, {m_coffee, 0}}, {m_coffee});
        publishMessage(m_coffee, 1);
        QVERIFY(someone.frames.isEmpty());
        publishMessage(m_tea, 1);
        QCOMPARE(someone.frames.size(), 1);
        m_hub->detach(someone);
    }

    void closesTheSocketsOfAnEndedSessionAlone()
    {
        const UserId user = newUser();
        FakeSubscriber ended(user, newSession(), 1);
        FakeSubscriber stays(user, newSession(), 1);
        m_hub->attach(ended);
        m_hub->attach(stays);
        Envelope envelope;
        envelope.kind = Envelope::Kind::SessionEnded;
        envelope.userId = user;
        envelope.sessionId = ended.sessionId();
        m_bus->publish(sessionsTopic(), encodeEnvelope(envelope));
        QCOMPARE(ended.closed, std::optional(CloseReason::SessionRevoked));
        QVERIFY(!stays.closed);
        QVERIFY(m_gatekeeper.ended.contains(ended.sessionId()));
        m_hub->detach(ended);
        m_hub->detach(stays);
    }

    void closesAllSocketsOfAPersonWhoseAccountEnded()
    {
        const UserId user = newUser();
        FakeSubscriber phone(user, newSession(), 1);
        FakeSubscriber laptop(user, newSession(), 1);
        FakeSubscriber other(newUser(), newSession(), 1);
        m_hub->attach(phone);
        m_hub->attach(laptop);
        m_hub->attach(other);
        Envelope envelope;
        envelope.kind = Envelope::Kind::UserEnded;
        envelope.userId = user;
        m_bus->publish(userTopic(user), encodeEnvelope(envelope));
        QCOMPARE(phone.closed, std::optional(CloseReason::SessionRevoked));
        QCOMPARE(laptop.closed, std::optional(CloseReason::SessionRevoked));
        QVERIFY(!other.closed);
        QCOMPARE(m_gatekeeper.endedUsers, QList<UserId>{user});
        for (FakeSubscriber *subscriber : {&phone, &laptop, &other})
            m_hub->detach(*subscriber);
    }

    /// N3: what was remembered for requests goes too on shards where the session has no socket.
    void hearsOfEndedSessionsWithoutASocketOfTheirs()
    {
        Envelope envelope;
        envelope.kind = Envelope::Kind::SessionEnded;
        envelope.sessionId = newSession();
        m_bus->publish(sessionsTopic(), encodeEnvelope(envelope));
        QCOMPARE(m_gatekeeper.ended, (QList<SessionId>{envelope.sessionId}));
    }

    /// Cases A12, A14.
    void keepsTheNewerOfTwoSocketsOfASession()
    {
        const UserId user = newUser();
        const SessionId session = newSession();
        FakeSubscriber older(user, session, 1);
        FakeSubscriber newer(user, session, 2);
        FakeSubscriber other(user, newSession(), 0);
        m_hub->attach(other);
        m_hub->attach(older);
        m_hub->attach(newer);
        QCOMPARE(older.closed, std::optional(CloseReason::Superseded));
        QVERIFY(!newer.closed);
        QVERIFY(!other.closed);
        // The word of the older one, arriving late from another shard, changes nothing.
        Envelope late{Envelope::Kind::SocketOpened, {}, user, session, {}, 1, {}};
        m_bus->publish(userTopic(user), encodeEnvelope(late));
        QVERIFY(!newer.closed);
        for (FakeSubscriber *subscriber : {&other, &older, &newer})
            m_hub->detach(*subscriber);
    }

    /// Case A14.
    /// Two sockets of a session say hello at once: the older one, on another shard, has missed the newer one's word.
    void repeatsItsWordToAnOlderSocketThatAttachesLater()
    {
        const UserId user = newUser();
        const SessionId session = newSession();
        FakeSubscriber newer(user, session, 2);
        m_hub->attach(newer);
        m_bus->published.clear();
        const Envelope older{Envelope::Kind::SocketOpened, {}, user, session, {}, 1, {}};
        m_bus->publish(userTopic(user), encodeEnvelope(older));
        QVERIFY(!newer.closed);
        QCOMPARE(m_bus->published.size(), 2);
        const Result<Envelope> word = decodeEnvelope(m_bus->published.last());
        QVERIFY(word);
        QCOMPARE(word->kind, Envelope::Kind::SocketOpened);
        QCOMPARE(word->sessionId, session);
        QCOMPARE(word->messageId, 2);
        // On one shard it is the same.
        FakeSubscriber another(user, session, 1);
        m_hub->attach(another);
        QCOMPARE(another.closed, std::optional(CloseReason::Superseded));
        QVERIFY(!newer.closed);
        m_hub->detach(another);
        m_hub->detach(newer);
    }

    void forgetsEverythingWithTheLastSocket()
    {
        const UserId user = newUser();
        FakeSubscriber phone(user, newSession(), 1);
        FakeSubscriber laptop(user, newSession(), 1);
        m_hub->attach(phone);
        m_hub->attach(laptop);
        m_hub->subscribe(user, {{m_tea, 0}, {m_coffee, 0}}, {});
        m_hub->detach(phone);
        publishMessage(m_tea, 1);
        QCOMPARE(laptop.frames.size(), 1);
        QVERIFY(phone.frames.isEmpty());
        m_hub->detach(laptop);
        m_hub->detach(laptop);
        QCOMPARE(m_hub->userCount(), 0);
        QCOMPARE(m_hub->conversationCount(), 0);
        QCOMPARE(m_bus->topics.keys(), (QList<QByteArray>{sessionsTopic()}));
    }

    void knowsTheNewestChangeThatCame()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        m_hub->attach(someone);
        m_hub->subscribe(someone.userId(), {{m_tea, 0, 7}}, {});
        QCOMPARE(m_hub->knownRevision(m_tea), 7);
        Envelope change{Envelope::Kind::Conversation, m_tea, {}, {}, {}, 9, {}, 9};
        publish(change);
        change.revision = 8; // crossed it
        publish(change);
        QCOMPARE(m_hub->knownRevision(m_tea), 9);
        FakeSubscriber later(newUser(), newSession(), 1);
        m_hub->attach(later);
        m_hub->subscribe(later.userId(), {{m_tea, 0, 12}}, {}); // what the store says did not come here yet
        QCOMPARE(m_hub->knownRevision(m_tea), 9);

        m_hub->noteAccount(someone.userId(), 3);
        QCOMPARE(m_hub->knownRevision(someone.userId()), 3);
        publish({Envelope::Kind::User, {}, someone.userId(), {}, {}, 0, {}, 4});
        QVERIFY(m_hub->takeUsersWithGaps().isEmpty());
        publish({Envelope::Kind::User, {}, someone.userId(), {}, {}, 0, {}, 6});
        QCOMPARE(m_hub->takeUsersWithGaps(), (QSet<UserId>{someone.userId()}));
        QVERIFY(m_hub->takeUsersWithGaps().isEmpty());
        m_hub->detach(someone);
        m_hub->detach(later);
    }

    void makesSubscriptionsWhatTheStoreSays()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        m_hub->attach(someone);
        m_hub->subscribe(someone.userId(), {{m_tea, 0}}, {});
        m_hub->resubscribe(someone.userId(), {{m_coffee, 5}});
        publishMessage(m_tea, 9);
        publishMessage(m_coffee, 4);
        QVERIFY(someone.frames.isEmpty());
        publishMessage(m_coffee, 5);
        QCOMPARE(someone.frames.size(), 1);
        QCOMPARE(m_hub->conversationCount(), 1);
        m_hub->detach(someone);
        QCOMPARE(m_hub->conversationCount(), 0);
    }

    void livesThroughWhatIsNoEnvelope()
    {
        FakeSubscriber someone(newUser(), newSession(), 1);
        m_hub->attach(someone);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"envelope"_s));
        m_bus->publish(userTopic(someone.userId()), "no envelope");
        QVERIFY(!someone.closed);
        m_hub->detach(someone);
    }
};

CONFAB_TEST_CLASS(tst_Hub)
#include "tst_Hub.moc"
