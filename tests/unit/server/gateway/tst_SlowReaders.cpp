// SPDX-License-Identifier: MIT
#include "SessionCase.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// What a socket that does not read costs, and how it is told what it missed.
class tst_SlowReaders : public SessionCase
{
    Q_OBJECT

    /// 20 MB for somebody who takes nothing from the socket any more.
    void sendWithoutBeingRead(RawClient &slow)
    {
        slow.socket().setReadBufferSize(1);
        const QString text(100'000, u'x');
        for (int id = 1; id <= 200; ++id)
            m_fixture->publishMessage(m_tea, id, text);
    }

private Q_SLOTS:
    /// Q1: what a reader that stops costs is bounded, nobody else notices, and it learns that it missed something.
    void leavesEventsOutForASlowReaderAndTellsIt()
    {
        RawClient slow(m_fixture->port());
        QVERIFY(slow.upgrade());
        QVERIFY(greet(slow));
        const Caller bob = m_fixture->gatekeeper.add(u"bob"_s);
        m_fixture->gatekeeper.memberships[bob.userId] = {{m_tea, 0}};
        RawClient quick(m_fixture->port());
        QVERIFY(quick.upgrade());
        QVERIFY(greet(quick, u"token-bob"_s));
        slow.socket().setReadBufferSize(1); // it takes nothing from its socket any more
        const QString text(100'000, u'x');
        constexpr int kSent = 400; // 40 MB
        for (int id = 1; id <= kSent; ++id) {
            m_fixture->publishMessage(m_tea, id, text);
            QCOMPARE(quick.takeMessage().json()[u"data"_s][u"id"_s].toInt(), id);
        }
        slow.socket().setReadBufferSize(0);
        int last = 0;
        QJsonObject event = slow.takeMessage().json();
        while (event[u"event"_s] == u"message"_s) {
            QCOMPARE(event[u"data"_s][u"id"_s].toInt(), ++last); // no gap of which it is not told
            event = slow.takeMessage().json();
        }
        QVERIFY2(last < kSent / 2, qPrintable(QString::number(last)));
        QCOMPARE(event[u"event"_s].toString(), u"sync"_s);
        QVERIFY(event[u"data"_s][u"missed"_s].toBool());
        m_fixture->publishMessage(m_tea, kSent + 1);
        QCOMPARE(slow.takeMessage().json()[u"data"_s][u"id"_s].toInt(), kSent + 1); // events come again
        QCOMPARE(m_fixture->metric("confab_slow_readers_total"), 1);
        QCOMPARE(m_fixture->metric("confab_events_left_out_total"), kSent - last);
        QCOMPARE(m_fixture->metric("confab_events_sent_total"), kSent + last + 2); // the last one went to both
        slow.sendJson(hello(5, u"token-ann"_s));
        QCOMPARE(slow.takeMessage().json()[u"result"_s][u"user"_s][u"id"_s].toString(), m_ann.userId.toString());
    }

    void leavesEphemeralEventsOutFirst()
    {
        GatewaySettings settings;
        settings.eventBudgetBytes = 4 * 1024 * 1024;
        restart(settings);
        RawClient slow(m_fixture->port());
        QVERIFY(slow.upgrade());
        QVERIFY(greet(slow));
        slow.socket().setReadBufferSize(1);
        Envelope receipt;
        receipt.conversationId = m_tea;
        receipt.worth = Worth::Ephemeral;
        receipt.frame = encodeEvent(Receipts{{{m_tea, m_ann.userId, 0, 1}}});
        const QString text(100'000, u'x');
        // The system takes what it can; then some 3 MB wait, more than a half.
        int id = 0;
        while (m_fixture->gateway().bytesWaiting() < 3 * 1024 * 1024 && id < 400) {
            m_fixture->publishMessage(m_tea, ++id, text);
            QCoreApplication::processEvents();
        }
        QVERIFY(id < 400);
        m_fixture->bus().publish(conversationTopic(m_tea), encodeEnvelope(receipt));
        m_fixture->publishMessage(m_tea, ++id, text);
        QCoreApplication::processEvents();
        slow.socket().setReadBufferSize(0);
        for (int next = 1; next <= id; ++next)
            QCOMPARE(slow.takeMessage().json()[u"data"_s][u"id"_s].toInt(), next);
        QCOMPARE(slow.takeMessage().json()[u"event"_s].toString(), u"sync"_s);
    }

    /// Who typed while a reader was slow is no reason to ask for anything.
    void leavesFleetingEventsOutWithoutAWord()
    {
        GatewaySettings settings;
        settings.eventBudgetBytes = 4 * 1024 * 1024;
        restart(settings);
        RawClient slow(m_fixture->port());
        QVERIFY(slow.upgrade());
        QVERIFY(greet(slow));
        slow.socket().setReadBufferSize(1);
        const QString text(100'000, u'x');
        int id = 0;
        while (m_fixture->gateway().bytesWaiting() < 3 * 1024 * 1024 && id < 400) {
            m_fixture->publishMessage(m_tea, ++id, text);
            QCoreApplication::processEvents();
        }
        QVERIFY(id < 400);
        Envelope typing;
        typing.conversationId = m_tea;
        typing.worth = Worth::Fleeting;
        typing.frame = encodeEvent(Typing{m_tea, m_ann.userId, 6000});
        m_fixture->bus().publish(conversationTopic(m_tea), encodeEnvelope(typing));
        QTRY_COMPARE(m_fixture->metric("confab_events_left_out_total"), 1);
        slow.socket().setReadBufferSize(0);
        for (int next = 1; next <= id; ++next)
            QCOMPARE(slow.takeMessage().json()[u"data"_s][u"id"_s].toInt(), next);
        m_fixture->publishMessage(m_tea, ++id);
        QCOMPARE(slow.takeMessage().json()[u"data"_s][u"id"_s].toInt(), id); // no `sync` in between
    }

    /// Q1: nor does it cost that for ever.
    void closesAReaderThatTakesNothing()
    {
        GatewaySettings settings;
        settings.closingMs = 600'000; // the reader comes to read its close frame
        restart(settings);
        RawClient slow(m_fixture->port());
        QVERIFY(slow.upgrade());
        QVERIFY(greet(slow));
        sendWithoutBeingRead(slow);
        QTRY_VERIFY(m_fixture->gateway().bytesWaiting() > 900'000);
        for (int i = 0; i < 64; ++i) // 30 s, how often it is looked at, and what the kernel still took before
            m_fixture->advance(1000);
        slow.socket().setReadBufferSize(0);
        RawClient::Frame frame = slow.takeMessage();
        while (frame.opcode == 1)
            frame = slow.takeMessage();
        QCOMPARE(frame.closeCode(), static_cast<int>(CloseReason::SlowReader));
        QVERIFY(slow.waitForEnd());
        QCOMPARE(m_fixture->metric("confab_websockets_closed_total{reason=\"slow reader\"}"), 1);
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
    }

    void forgetsAReaderThatNeverReadsAgain()
    {
        RawClient slow(m_fixture->port());
        QVERIFY(slow.upgrade());
        QVERIFY(greet(slow));
        sendWithoutBeingRead(slow);
        QTRY_VERIFY(m_fixture->gateway().bytesWaiting() > 900'000);
        for (int i = 0; i < 70; ++i)
            m_fixture->advance(1000);
        QTRY_COMPARE(m_fixture->gateway().connectionCount(), 0);
        QCOMPARE(m_fixture->gateway().bytesWaiting(), 0);
    }

    void letsRequestsWaitWhileRepliesDo()
    {
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        client.socket().setReadBufferSize(1);
        QJsonObject big = sendMessage(2);
        big[u"params"_s] =
            QJsonObject{{u"conversationId"_s, kId}, {u"clientId"_s, kId}, {u"text"_s, QString(900'000, u'x')}};
        constexpr int kRequests = 60; // 54 MB of replies
        for (int i = 0; i < kRequests; ++i)
            client.sendJson(big);
        QTRY_VERIFY(m_fixture->gateway().bytesWaiting() > 1024 * 1024);
        for (int i = 0; i < 100; ++i) {
            QCoreApplication::processEvents();
            QVERIFY(m_fixture->gateway().bytesWaiting() < 4 * 1024 * 1024);
        }
        client.socket().setReadBufferSize(0);
        for (int i = 0; i < kRequests; ++i)
            QCOMPARE(client.takeMessage().json()[u"id"_s].toInt(), 2);
    }

    void tellsWhenTooMuchCameDuringHello()
    {
        GatewaySettings settings;
        settings.eventBudgetBytes = 1000;
        restart(settings);
        m_fixture->gatekeeper.holdsHello = true;
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        client.sendJson(hello(1, u"token-ann"_s));
        QTRY_COMPARE(m_fixture->gateway().hub().conversationCount(), 1);
        for (int id = 1; id < 20; ++id)
            m_fixture->publishMessage(m_tea, id, QString(100, u'x'));
        QCoreApplication::processEvents();
        m_fixture->gatekeeper.releaseHello();
        QCOMPARE(client.takeFrame().json()[u"id"_s].toInt(), 1);
        QJsonObject event = client.takeMessage().json();
        int last = 0;
        while (event[u"event"_s] == u"message"_s) {
            QCOMPARE(event[u"data"_s][u"id"_s].toInt(), ++last);
            event = client.takeMessage().json();
        }
        QVERIFY(last < 10);
        QCOMPARE(event[u"event"_s].toString(), u"sync"_s);
    }

    void letsABigReplyWaitWithoutCallingTheReaderSlow()
    {
        GatewaySettings settings;
        settings.eventBudgetBytes = 1000;
        restart(settings);
        RawClient client(m_fixture->port());
        QVERIFY(client.upgrade());
        QVERIFY(greet(client));
        client.socket().setReadBufferSize(1);
        QJsonObject big = sendMessage(2);
        big[u"params"_s] =
            QJsonObject{{u"conversationId"_s, kId}, {u"clientId"_s, kId}, {u"text"_s, QString(900'000, u'x')}};
        client.sendJson(big);
        QTRY_COMPARE(m_fixture->sendsStarted, 1);
        m_fixture->publishMessage(m_tea, 1);
        QCoreApplication::processEvents();
        client.socket().setReadBufferSize(0);
        QCOMPARE(client.takeMessage().json()[u"id"_s].toInt(), 2);
        QCOMPARE(client.takeMessage().json()[u"data"_s][u"id"_s].toInt(), 1);
    }
};

CONFAB_TEST_CLASS(tst_SlowReaders)
#include "tst_SlowReaders.moc"
