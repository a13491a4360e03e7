// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Clock.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace confab::app {

/// Notices whether somebody is at this device: nobody is after five minutes without key, pointer or touch, and while
/// the app stands in the background of a phone.
///
/// Hears the input of this program alone. Nothing is polled: one timer runs towards the moment at which nobody is there
/// any more, and is set anew only when it fires too early.
class InputWatch : public QObject
{
    Q_OBJECT

public:
    static constexpr qint64 kIdleMs = 5 * 60'000;

    /// Listens to the application, which exists already, from now on. \a clock outlives this.
    explicit InputWatch(const Clock &clock, qint64 idleMs = kIdleMs, QObject *parent = nullptr);

    bool isAway() const { return m_away; }

    /// Takes what the application tells of itself.
    void applicationStateChanged(Qt::ApplicationState state);

    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void awayChanged(bool away);

private:
    void inputCame();
    void look();
    void setAway(bool away);

    const Clock &m_clock;
    const qint64 m_idleMs;
    qint64 m_lastInputMs;
    bool m_inBackground = false;
    bool m_away = false;
    QTimer m_timer;
};

} // namespace confab::app
