// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/EngineFixture.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

/// Telling that one types, and who is shown as typing.
class tst_Typing : public QObject
{
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;
    QStringList m_shown; ///< Who types in the room.

    void start()
    {
        EngineFixture &f = *m_fixture;
        f.startWithRoom({message(3)}, 3);
        connect(&f.engine->typingPeople(), &TypingPeople::changed, this,
                [this](ConversationId id, const QList<User> &people) {
                    if (id != kRoom)
                        return;
                    m_shown.clear();
                    for (const User &person : people)
                        m_shown.append(person.displayName);
                });
    }

    /// The requests of the room that came since it was asked last.
    QList<bool> said()
    {
        QList<bool> all;
        while (m_fixture->server.hasRequest(SetTyping::kInfo.name)) {
            const auto op = m_fixture->server.expect<SetTyping>();
            if (op.conversationId == kRoom)
                all.append(op.typing);
            m_fixture->server.reply(Empty{});
        }
        return all;
    }

    TypingSender &sender() { return m_fixture->engine->typingSender(); }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<EngineFixture>();
        m_shown.clear();
    }
    void cleanup() { m_fixture.reset(); }

    void isSaidOnceInThreeSeconds()
    {
        start();
        for (int key = 0; key < 7; ++key) { // one each second
            sender().setTyping(kRoom, true);
            m_fixture->clock->advance(1000);
        }
        QCOMPARE(said(), (QList<bool>{true, true, true})); // at 0, 3 and 6
    }

    void thatItStoppedIsSaidOnce()
    {
        start();
        sender().setTyping(kRoom, false); // nobody was told
        sender().setTyping(kRoom, true);
        sender().setTyping(kRoom, false);
        sender().setTyping(kRoom, false);
        QCOMPARE(said(), (QList<bool>{true, false}));
        sender().setTyping(kRoom, true); // the same again, too soon
        sender().setTyping(kRoom, false);
        QCOMPARE(said(), QList<bool>());
        m_fixture->clock->advance(3000);
        sender().setTyping(kRoom, true);
        QCOMPARE(said(), (QList<bool>{true}));
    }

    void whoPausesHasStopped()
    {
        m_fixture->parts.typingTimings.pauseMs = 20;
        start();
        sender().setTyping(kRoom, true);
        QList<bool> all;
        QTRY_COMPARE((all += said()), (QList<bool>{true, false}));
    }

    void anotherConversationEndsTheOneBefore()
    {
        start();
        sender().setTyping(kRoom, true);
        sender().setTyping(conversationId(2), true);
        QCOMPARE(said(), (QList<bool>{true, false}));
    }

    void aMessageSaysByItselfThatItStopped()
    {
        m_fixture->parts.typingTimings.pauseMs = 20;
        start();
        sender().setTyping(kRoom, true);
        sender().messageSent(kRoom);
        sender().setTyping(kRoom, false);
        QCOMPARE(said(), (QList<bool>{true}));
        sender().setTyping(kRoom, true); // the next message, at once
        QCOMPARE(said(), (QList<bool>{true}));
    }

    void nothingIsSaidLater()
    {
        EngineFixture &f = *m_fixture;
        start();
        f.server.drop();
        sender().setTyping(kRoom, true);
        QTRY_COMPARE(f.server.attempts, 2);
        f.connectWith(hello({}, 1));
        QTRY_COMPARE(f.engine->state(), Client::State::Online);
        QCOMPARE(said(), QList<bool>());
        sender().setTyping(kRoom, true);
        QCOMPARE(said(), (QList<bool>{true}));
    }

    /// Case E1.
    void whoNeverStopsIsGoneByTheOwnClock()
    {
        EngineFixture &f = *m_fixture;
        start();
        f.server.inject(Typing{kRoom, kOther, 30});
        QCOMPARE(m_shown, (QStringList{u"Other"_s}));
        f.clock->advance(20);
        f.server.inject(Typing{kRoom, kOther, 30}); // types on
        f.clock->advance(20);
        QCoreApplication::processEvents();
        QCOMPARE(m_shown, (QStringList{u"Other"_s}));
        f.clock->advance(10);
        QTRY_COMPARE(m_shown, QStringList());
    }

    /// Case E1.
    void aLostConnectionShowsNobody()
    {
        EngineFixture &f = *m_fixture;
        start();
        f.server.inject(Typing{kRoom, kOther, 6000});
        QCOMPARE(m_shown.size(), 1);
        f.server.drop();
        QCOMPARE(m_shown, QStringList());
    }

    /// Case E1.
    void aMessageOfThePersonEndsIt()
    {
        EngineFixture &f = *m_fixture;
        start();
        f.server.inject(Typing{kRoom, kOther, 6000});
        f.server.inject(message(4, userId(3)));
        QCOMPARE(m_shown.size(), 1); // somebody else's
        f.server.inject(message(5, kOther));
        QCOMPARE(m_shown, QStringList());
    }

    void endsWhenItIsSaid()
    {
        EngineFixture &f = *m_fixture;
        start();
        f.server.inject(Typing{kRoom, kOther, 6000});
        f.server.inject(Typing{kRoom, kOther, 0});
        QCOMPARE(m_shown, QStringList());
    }

    void noServerShowsSomebodyForLong()
    {
        EngineFixture &f = *m_fixture;
        f.parts.typingTimings.longestMs = 40;
        start();
        f.server.inject(Typing{kRoom, kOther, std::numeric_limits<qint64>::max()});
        QCOMPARE(m_shown.size(), 1);
        f.clock->advance(40);
        QTRY_COMPARE(m_shown, QStringList());
    }

    void showsNeitherOneselfNorStrangersConversationsNorCrowds()
    {
        EngineFixture &f = *m_fixture;
        start();
        QSignalSpy changes(&f.engine->typingPeople(), &TypingPeople::changed);
        f.server.inject(Typing{kRoom, kMe, 6000});
        f.server.inject(Typing{conversationId(9), kOther, 6000});
        QCOMPARE(changes.size(), 0);
        for (int i = 10; i < 60; ++i)
            f.server.inject(Typing{kRoom, userId(i), 6000});
        QCOMPARE(m_shown.size(), 20);
    }
};

CONFAB_TEST_CLASS(tst_Typing)
#include "tst_Typing.moc"
