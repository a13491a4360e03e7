// SPDX-License-Identifier: MIT
#include "apps/confab/InputWatch.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QWindow>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace confab;
using namespace confab::app;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kIdleMs = 40;

} // namespace

/// Whether somebody is at the device, by a clock that stands still until the test moves it.
class tst_InputWatch : public QObject
{
    Q_OBJECT

    ManualClock m_clock;
    QWindow m_window;

    /// Waits for a timer that is due later than the watch's, which then has fired and found how much time has passed.
    void letTheTimerFire()
    {
        QTimer later;
        later.setSingleShot(true);
        later.start(2 * kIdleMs);
        QTRY_VERIFY(!later.isActive());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_window.resize(100, 100);
        m_window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&m_window));
    }

    void nobodyIsThereWithoutInput()
    {
        const InputWatch watch(m_clock, kIdleMs);
        QSignalSpy changes(&watch, &InputWatch::awayChanged);
        m_clock.advance(kIdleMs - 1);
        letTheTimerFire();
        QVERIFY(!watch.isAway());
        m_clock.advance(1);
        QTRY_VERIFY(watch.isAway());
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes.first().first().toBool(), true);
    }

    void everyKindOfInputIsSomebody_data()
    {
        QTest::addColumn<QString>("kind");
        for (const QString &kind : {u"key"_s, u"press"_s, u"move"_s, u"wheel"_s, u"touch"_s})
            QTest::newRow(qPrintable(kind)) << kind;
    }

    /// Case E4.
    void everyKindOfInputIsSomebody()
    {
        QFETCH(QString, kind);
        const InputWatch watch(m_clock, kIdleMs);
        QSignalSpy changes(&watch, &InputWatch::awayChanged);
        m_clock.advance(kIdleMs);
        QTRY_VERIFY(watch.isAway());
        if (kind == "key"_L1) {
            QTest::keyClick(&m_window, Qt::Key_A);
        } else if (kind == "press"_L1) {
            QTest::mouseClick(&m_window, Qt::LeftButton, {}, {50, 50});
        } else if (kind == "move"_L1) {
            QTest::mouseMove(&m_window, {20, 20});
            QTest::mouseMove(&m_window, {30, 20});
        } else if (kind == "wheel"_L1) {
            QWheelEvent turn({50, 50}, {50, 50}, {}, {0, 120}, {}, {}, Qt::NoScrollPhase, false);
            QSpontaneKeyEvent::setSpontaneous(&turn);
            QCoreApplication::instance()->notify(&m_window, &turn);
        } else {
            const std::unique_ptr<QPointingDevice> finger(QTest::createTouchDevice());
            QTest::touchEvent(&m_window, finger.get()).press(1, {10, 10}, &m_window);
            QTest::touchEvent(&m_window, finger.get()).release(1, {10, 10}, &m_window);
        }
        QTRY_VERIFY(!watch.isAway());
        QCOMPARE(changes.size(), 2);
        // And the wait begins anew.
        m_clock.advance(kIdleMs - 1);
        letTheTimerFire();
        QVERIFY(!watch.isAway());
        m_clock.advance(1);
        QTRY_VERIFY(watch.isAway());
    }

    void inputPutsItOff()
    {
        const InputWatch watch(m_clock, kIdleMs);
        QSignalSpy changes(&watch, &InputWatch::awayChanged);
        for (int i = 0; i < 5; ++i) {
            m_clock.advance(kIdleMs - 1);
            QTest::keyClick(&m_window, Qt::Key_A);
            letTheTimerFire();
        }
        QCOMPARE(changes.size(), 0);
        m_clock.advance(kIdleMs);
        QTRY_VERIFY(watch.isAway());
    }

    void whatProgramsPostIsNobody()
    {
        const InputWatch watch(m_clock, kIdleMs);
        m_clock.advance(kIdleMs);
        QTRY_VERIFY(watch.isAway());
        QKeyEvent made(QEvent::KeyPress, Qt::Key_A, {});
        QCoreApplication::sendEvent(&m_window, &made);
        QVERIFY(watch.isAway());
    }

    void inTheBackgroundOfAPhoneNobodyIsThere()
    {
        InputWatch watch(m_clock, kIdleMs);
        watch.applicationStateChanged(Qt::ApplicationInactive); // behind another window
        QVERIFY(!watch.isAway());
        watch.applicationStateChanged(Qt::ApplicationSuspended);
        QVERIFY(watch.isAway());
        m_clock.advance(10 * kIdleMs);
        letTheTimerFire();
        QVERIFY(watch.isAway());
        watch.applicationStateChanged(Qt::ApplicationActive);
        QVERIFY(!watch.isAway());
        m_clock.advance(kIdleMs);
        QTRY_VERIFY(watch.isAway()); // in the foreground and untouched
    }
};

QTEST_MAIN(tst_InputWatch)

#include "tst_InputWatch.moc"
