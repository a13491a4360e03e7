// SPDX-License-Identifier: MIT
#include "apps/confab/SingleInstance.h"
#include "tests/support/TestClass.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

using namespace Qt::StringLiterals;
using confab::app::SingleInstance;

class tst_SingleInstance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case O11.
    void secondStartRaisesTheFirst()
    {
        const QTemporaryDir profile;
        SingleInstance first(profile.path());
        QVERIFY(first.claim());
        QSignalSpy raised(&first, &SingleInstance::raiseRequested);
        SingleInstance second(profile.path() + u"/."_s);
        QVERIFY(!second.claim());
        QTRY_COMPARE(raised.count(), 1);
    }

    void otherProfilesDoNotMeet()
    {
        const QTemporaryDir one;
        const QTemporaryDir two;
        SingleInstance first(one.path());
        SingleInstance second(two.path());
        QVERIFY(first.claim());
        QVERIFY(second.claim());
    }

    void profileIsFreeAfterTheFirstEnded()
    {
        const QTemporaryDir profile;
        {
            SingleInstance first(profile.path());
            QVERIFY(first.claim());
        }
        SingleInstance second(profile.path());
        QVERIFY(second.claim());
    }

    /// Case O11.
    void lockOfADeadProcessIsTaken()
    {
        const QTemporaryDir profile;
        QFile lock(profile.filePath(u"app.lock"_s));
        QVERIFY(lock.open(QIODevice::WriteOnly));
        // No process has this id: Linux gives out at most 2^22.
        lock.write("99999999\nconfab\n" + QSysInfo::machineHostName().toUtf8() + '\n');
        lock.close();
        SingleInstance instance(profile.path());
        QVERIFY(instance.claim());
    }
};

CONFAB_TEST_CLASS(tst_SingleInstance)
#include "tst_SingleInstance.moc"
