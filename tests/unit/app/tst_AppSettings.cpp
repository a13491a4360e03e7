// SPDX-License-Identifier: MIT
#include "apps/confab/AppSettings.h"
#include "tests/support/TestClass.h"

#include <QtCore/QTemporaryDir>

using namespace Qt::StringLiterals;
using confab::app::AppSettings;

class tst_AppSettings : public QObject
{
    Q_OBJECT

    const QRect m_laptop{0, 0, 1280, 800};
    const QRect m_monitor{1280, 0, 1920, 1080};

private Q_SLOTS:
    void remembersAcrossStarts()
    {
        const QTemporaryDir profile;
        {
            AppSettings settings(profile.path());
            QCOMPARE(settings.appearance(), 0);
            QVERIFY(settings.windowRect({m_laptop}).isNull());
            settings.setAppearance(2);
            settings.setLastConversation(u"c-1"_s);
            settings.saveWindow({100, 50, 900, 600}, false);
            settings.saveWindow({0, 0, 1280, 800}, true);
        }
        const AppSettings settings(profile.path());
        QCOMPARE(settings.appearance(), 2);
        QCOMPARE(settings.lastConversation(), u"c-1"_s);
        QVERIFY(settings.isMaximized());
        QCOMPARE(settings.windowRect({m_laptop}), QRect(100, 50, 900, 600));
    }

    void windowComesBackOntoAScreen_data()
    {
        QTest::addColumn<QRect>("saved");
        QTest::addColumn<QList<QRect>>("screens");
        QTest::addColumn<QRect>("restored");
        const QList<QRect> both{m_laptop, m_monitor};
        QTest::newRow("second screen") << QRect(1400, 100, 900, 600) << both << QRect(1400, 100, 900, 600);
        QTest::newRow("unplugged") << QRect(1400, 100, 900, 600) << QList<QRect>{m_laptop} << QRect(380, 100, 900, 600);
        QTest::newRow("too large") << QRect(1280, 0, 1920, 1080) << QList<QRect>{m_laptop} << m_laptop;
        QTest::newRow("above the top") << QRect(10, -300, 900, 600) << both << QRect(10, 0, 900, 600);
        QTest::newRow("much too small") << QRect(10, 10, 5, 5) << both << QRect(10, 10, 320, 400);
    }

    void windowComesBackOntoAScreen()
    {
        QFETCH(QRect, saved);
        QFETCH(QList<QRect>, screens);
        const QTemporaryDir profile;
        AppSettings settings(profile.path());
        settings.saveWindow(saved, false);
        QTEST(settings.windowRect(screens), "restored");
    }

    void unknownAppearanceIsTheSystems()
    {
        const QTemporaryDir profile;
        QSettings(profile.filePath(u"app.ini"_s), QSettings::IniFormat).setValue(u"appearance"_s, 17);
        QCOMPARE(AppSettings(profile.path()).appearance(), 0);
    }
};

CONFAB_TEST_CLASS(tst_AppSettings)
#include "tst_AppSettings.moc"
