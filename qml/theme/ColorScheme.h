// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtDBus/QDBusVariant>
#include <QtQml/qqmlregistration.h>

class QEvent;

namespace confab::app {

/// Whether the app is dark: the person's choice, else what the desktop's settings portal says, else the palette.
///
/// The portal is asked without waiting and listened to, so a change of the desktop's setting arrives by itself.
class ColorScheme : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(Mode mode READ mode WRITE setMode NOTIFY modeChanged)
    Q_PROPERTY(bool dark READ isDark NOTIFY darkChanged)

public:
    enum Mode { System, Light, Dark };
    Q_ENUM(Mode)

    explicit ColorScheme(QObject *parent = nullptr);

    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    bool isDark() const { return m_dark; }

    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void modeChanged();
    void darkChanged();

private Q_SLOTS:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    /// The portal's values of org.freedesktop.appearance color-scheme.
    enum class Preference { None, Dark, Light };

    void askPortal();
    void setPreference(uint value);
    void update();

    Mode m_mode = System;
    Preference m_preference = Preference::None;
    bool m_dark = false;
};

} // namespace confab::app
