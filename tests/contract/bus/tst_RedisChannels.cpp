// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisChannels.h"

#include "tests/support/TestClass.h"

#include <QtTest/QTest>

using namespace confab::server;

using Names = QList<QByteArray>;

/// What is subscribed when, while confirmations are on their way.
class tst_RedisChannels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void settlesWhenAllThatWasWantedIsConfirmed()
    {
        RedisChannels channels;
        QVERIFY(channels.isSettled(channels.ticket()));
        channels.want("a");
        const quint64 early = channels.ticket();
        channels.want("b");
        QCOMPARE(channels.takeSubscriptions(), (Names{"a", "b"}));
        QVERIFY(channels.takeSubscriptions().isEmpty());
        channels.subscribed("a");
        QVERIFY(channels.isSettled(early));
        QVERIFY(!channels.isSettled(channels.ticket()));
        channels.subscribed("b");
        QVERIFY(channels.isSettled(channels.ticket()));
    }

    void waitsForAnUnsubscriptionBeforeItSubscribesAgain()
    {
        RedisChannels channels;
        channels.want("a");
        channels.takeSubscriptions();
        channels.subscribed("a");
        channels.unwant("a");
        QCOMPARE(channels.takeUnsubscriptions(), Names{"a"});
        channels.want("a");
        QVERIFY(channels.takeSubscriptions().isEmpty());
        QVERIFY(!channels.isSettled(channels.ticket()));
        channels.unsubscribed("a");
        QCOMPARE(channels.takeSubscriptions(), Names{"a"});
        channels.subscribed("a");
        QVERIFY(channels.isSettled(channels.ticket()));
    }

    void whatIsNotWantedAnyMoreHoldsNobodyUp()
    {
        RedisChannels channels;
        channels.want("sent");
        channels.takeSubscriptions();
        channels.want("unsent");
        channels.unwant("sent");
        channels.unwant("unsent");
        QVERIFY(channels.isSettled(channels.ticket()));
        QVERIFY(channels.takeSubscriptions().isEmpty());
        QVERIFY(channels.takeUnsubscriptions().isEmpty()); // it is not confirmed yet
        channels.subscribed("sent");
        QCOMPARE(channels.takeUnsubscriptions(), Names{"sent"});
        channels.unsubscribed("sent");
        QCOMPARE(channels.count(), 0);
    }

    void wantedAgainBeforeTheUnsubscriptionWentOutItStays()
    {
        RedisChannels channels;
        channels.want("a");
        channels.takeSubscriptions();
        channels.subscribed("a");
        channels.unwant("a");
        channels.want("a");
        QVERIFY(channels.takeUnsubscriptions().isEmpty());
        QVERIFY(channels.takeSubscriptions().isEmpty());
        QVERIFY(channels.isSettled(channels.ticket()));
    }

    void aNewConnectionBeginsWithAllThatIsWanted()
    {
        RedisChannels channels;
        for (const char *name : {"a", "b", "c", "d"})
            channels.want(name);
        channels.takeSubscriptions();
        for (const char *name : {"a", "b", "c"})
            channels.subscribed(name);
        channels.unwant("b");
        channels.takeUnsubscriptions();
        channels.restart();
        Names again = channels.takeSubscriptions();
        std::sort(again.begin(), again.end());
        QCOMPARE(again, (Names{"a", "c", "d"}));
        QVERIFY(!channels.isSettled(channels.ticket()));
        for (const QByteArray &name : again)
            channels.subscribed(name);
        QVERIFY(channels.isSettled(channels.ticket()));
    }
};

CONFAB_TEST_CLASS(tst_RedisChannels)
#include "tst_RedisChannels.moc"
