// SPDX-License-Identifier: MIT
#include "server/services/presence/TypingService.h"
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Who is told that somebody types.
class tst_TypingService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    std::unique_ptr<TypingService> service;
    UserId ada, bob, eve;
    ConversationId chat;

    Result<Empty> type(const UserId &who, bool typing)
    {
        Caller caller = f->caller(who);
        caller.sessionId = SessionId(QUuid::createUuid());
        const SetTyping op{chat, typing};
        return await(service->setTyping(caller, op));
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        service = std::make_unique<TypingService>(f->store.database(), *f->endpoint, f->limits);
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        chat = f->direct(ada, bob);
        QCoreApplication::processEvents();
        f->envelopes.clear();
    }

    void tellsTheOthersForAWhile()
    {
        QVERIFY(type(ada, true));
        QVERIFY(type(ada, false));
        QCOMPARE(f->heard<Typing>(), (QList<Typing>{{chat, ada, 6000}, {chat, ada, 0}}));
    }

    void sparesTheDeviceThatIsTypedOnAndSlowReaders()
    {
        Caller caller = f->caller(ada);
        caller.sessionId = SessionId(QUuid::createUuid());
        const SetTyping op{chat, true};
        QVERIFY(await(service->setTyping(caller, op)));
        QTRY_COMPARE(f->envelopes.size(), 1);
        QCOMPARE(f->envelopes.first().exceptSession, caller.sessionId);
        QCOMPARE(f->envelopes.first().worth, Worth::Fleeting);
        QCOMPARE(f->envelopes.first().revision, 0);
    }

    void refusesWhoIsNoMember()
    {
        QCOMPARE(type(eve, true).error().code, ErrorCode::NotFound);
        QVERIFY(f->heard<Typing>().isEmpty());
    }

    void storesNothing()
    {
        const qint64 before = f->store.commits();
        QVERIFY(type(ada, true));
        QVERIFY(type(ada, false));
        QCOMPARE(f->store.commits(), before);
    }

    void tellsNobodyInALargeConversation()
    {
        QList<UserId> many;
        for (int i = 0; i < 99; ++i)
            many.append(f->person(u"member%1"_s.arg(i)));
        chat = f->group(ada, many);
        QVERIFY(type(ada, true));
        QCOMPARE(f->heard<Typing>().size(), 1);
        f->add(ada, chat, bob); // the 101st
        QVERIFY(type(ada, true));
        QCOMPARE(f->heard<Typing>().size(), 1);
    }
};

CONFAB_TEST_CLASS(tst_TypingService)
#include "tst_TypingService.moc"
