// SPDX-License-Identifier: MIT
#include <Confab/PersonPresence.h>

#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/models/FakeSource.h"

#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;

class tst_PersonPresence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void watchesWhileItLives()
    {
        FakeSource source;
        {
            PersonPresence presence;
            presence.setUserId(kGrace);
            presence.setSource(&source);
            QCOMPARE(source.watched.value(kGrace), 1);
            PersonPresence another;
            another.setSource(&source);
            another.setUserId(kGrace);
            QCOMPARE(source.watched.value(kGrace), 2);
            another.setUserId(kMe);
            QCOMPARE(source.watched.value(kGrace), 1);
            QCOMPARE(source.watched.value(kMe), 1);
            another.setUserIdText(u"no id"_s);
            QCOMPARE(source.watched.value(kMe), 0);
        }
        QCOMPARE(source.watched.value(kGrace), 0);
    }

    void watchesNobodyWhileDisabled()
    {
        FakeSource source;
        Presence online;
        online.userId = kGrace;
        online.state = Presence::State::Online;
        source.setPresence(online);
        PersonPresence presence;
        presence.setEnabled(false);
        presence.setSource(&source);
        presence.setUserId(kGrace);
        QCOMPARE(source.watched.value(kGrace), 0);
        QVERIFY(!presence.isKnown());
        presence.setEnabled(true);
        QCOMPARE(source.watched.value(kGrace), 1);
        QVERIFY(presence.isOnline());
        presence.setEnabled(false);
        QCOMPARE(source.watched.value(kGrace), 0);
        QVERIFY(!presence.isKnown());
    }

    void tellsWhatTheSourceTells()
    {
        FakeSource source;
        PersonPresence presence;
        presence.setSource(&source);
        presence.setUserId(kGrace);
        QCOMPARE(presence.stateName(), u"unknown"_s);
        QSignalSpy changes(&presence, &PersonPresence::presenceChanged);

        Presence told;
        told.userId = kGrace;
        told.state = Presence::State::Away;
        told.statusText = u"in a meeting"_s;
        told.statusExpiresAt = kNoon;
        source.setPresence(told);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(presence.stateName(), u"away"_s);
        QVERIFY(presence.isAway() && presence.isKnown() && !presence.isOnline());
        QCOMPARE(presence.statusText(), u"in a meeting"_s);
        QCOMPARE(presence.statusExpiresAt(), QDateTime::fromMSecsSinceEpoch(kNoon));
        QVERIFY(!presence.lastSeenAt().isValid());
        source.setPresence(told); // the same
        Presence other = told;
        other.userId = kMe; // somebody else
        source.setPresence(other);
        QCOMPARE(changes.size(), 1);

        told = {};
        told.userId = kGrace;
        told.state = Presence::State::Offline;
        told.lastSeenAt = kNoon;
        source.setPresence(told);
        QCOMPARE(changes.size(), 2);
        QCOMPARE(presence.stateName(), u"offline"_s);
        QCOMPARE(presence.lastSeenAt(), QDateTime::fromMSecsSinceEpoch(kNoon));
        QCOMPARE(presence.presence(), told);
    }

    void outlivesItsSource()
    {
        PersonPresence presence;
        {
            FakeSource source;
            presence.setSource(&source);
            presence.setUserId(kGrace);
            presence.setSource(nullptr);
            QCOMPARE(source.watched.value(kGrace), 0);
            presence.setSource(&source);
        }
        presence.setUserId(kMe);
        QVERIFY(!presence.isKnown());
    }
};

CONFAB_TEST_CLASS(tst_PersonPresence)
#include "tst_PersonPresence.moc"
