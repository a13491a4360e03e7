// SPDX-License-Identifier: MIT
// The colour scheme against a settings portal of the test's own, on a message bus of the test's own.
#include "qml/theme/ColorScheme.h"

#include <QtCore/QProcess>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusVariant>
#include <QtGui/QGuiApplication>
#include <QtGui/QPalette>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using confab::app::ColorScheme;

/// org.freedesktop.portal.Settings with one value.
class FakePortal : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    void change(uint value)
    {
        m_value = value;
        Q_EMIT SettingChanged(u"org.freedesktop.appearance"_s, u"color-scheme"_s, QDBusVariant(value));
    }
    void setQuietly(uint value) { m_value = value; }

public Q_SLOTS:
    QDBusVariant Read(const QString &group, const QString &key)
    {
        Q_UNUSED(group)
        Q_UNUSED(key)
        // As the real one answers: a variant in a variant.
        return QDBusVariant(QVariant::fromValue(QDBusVariant(m_value)));
    }

Q_SIGNALS:
    void SettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    uint m_value = 0;
};

class tst_ColorScheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_bus.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
        QVERIFY2(m_bus.waitForStarted(), "dbus-daemon is not installed");
        QVERIFY(m_bus.waitForReadyRead());
        const QByteArray address = m_bus.readLine().trimmed();
        qputenv("DBUS_SESSION_BUS_ADDRESS", address);
        QVERIFY(QDBusConnection::sessionBus().isConnected());

        m_portalBus =
            std::make_unique<QDBusConnection>(QDBusConnection::connectToBus(QString::fromLatin1(address), u"portal"_s));
        QVERIFY(m_portalBus->registerObject(u"/org/freedesktop/portal/desktop"_s, &m_portal,
                                            QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
        QVERIFY(m_portalBus->registerService(u"org.freedesktop.portal.Desktop"_s));
    }

    void cleanupTestCase()
    {
        m_portalBus.reset();
        QDBusConnection::disconnectFromBus(u"portal"_s);
        m_bus.terminate();
        m_bus.waitForFinished();
    }

    void cleanup() { m_portal.setQuietly(0); }

    void asksThePortalAtStart()
    {
        m_portal.setQuietly(1);
        const ColorScheme scheme;
        QTRY_VERIFY(scheme.isDark());
    }

    void followsThePortal()
    {
        ColorScheme scheme;
        QSignalSpy changed(&scheme, &ColorScheme::darkChanged);
        m_portal.change(1);
        QTRY_VERIFY(scheme.isDark());
        m_portal.change(2);
        QTRY_VERIFY(!scheme.isDark());
        QCOMPARE(changed.count(), 2);
    }

    void chosenModeWins()
    {
        ColorScheme scheme;
        scheme.setMode(ColorScheme::Light);
        m_portal.change(1);
        // The answer to a later change shows that the earlier one was seen.
        ColorScheme follower;
        QTRY_VERIFY(follower.isDark());
        QVERIFY(!scheme.isDark());
        scheme.setMode(ColorScheme::System);
        QTRY_VERIFY(scheme.isDark());
        scheme.setMode(ColorScheme::Dark);
        m_portal.change(2);
        QTRY_VERIFY(!follower.isDark());
        QVERIFY(scheme.isDark());
    }

    void withoutPreferenceThePaletteDecides()
    {
        const QPalette before = QGuiApplication::palette();
        ColorScheme scheme;
        QPalette dark = before;
        dark.setColor(QPalette::Window, Qt::black);
        QGuiApplication::setPalette(dark);
        QTRY_VERIFY(scheme.isDark());
        QPalette light = before;
        light.setColor(QPalette::Window, Qt::white);
        QGuiApplication::setPalette(light);
        QTRY_VERIFY(!scheme.isDark());
        QGuiApplication::setPalette(before);
    }

private:
    QProcess m_bus;
    std::unique_ptr<QDBusConnection> m_portalBus;
    FakePortal m_portal;
};

QTEST_MAIN(tst_ColorScheme)

#include "tst_ColorScheme.moc"
