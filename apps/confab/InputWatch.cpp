// SPDX-License-Identifier: MIT
#include "apps/confab/InputWatch.h"

#include <QtCore/QEvent>
#include <QtGui/QGuiApplication>

#include <algorithm>

namespace confab::app {

namespace {

bool isInput(QEvent::Type type)
{
    switch (type) {
    case QEvent::KeyPress:
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::Wheel:
    case QEvent::TouchBegin:
    case QEvent::TouchUpdate:
    case QEvent::TabletPress:
    case QEvent::TabletMove:
    case QEvent::NativeGesture:
        return true;
    default:
        return false;
    }
}

} // namespace

InputWatch::InputWatch(const Clock &clock, qint64 idleMs, QObject *parent)
    : QObject(parent), m_clock(clock), m_idleMs(idleMs), m_lastInputMs(clock.monotonicMs()), m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &InputWatch::look);
    connect(qGuiApp, &QGuiApplication::applicationStateChanged, this, &InputWatch::applicationStateChanged);
    qGuiApp->installEventFilter(this);
    look();
}

// A system that hides or suspends the app is a phone's, or a person's who put it aside; one whose window lies behind
// others is merely inactive.
void InputWatch::applicationStateChanged(Qt::ApplicationState state)
{
    m_inBackground = state == Qt::ApplicationHidden || state == Qt::ApplicationSuspended;
    if (m_inBackground)
        setAway(true);
    else if (state == Qt::ApplicationActive)
        inputCame(); // somebody brought it to the front
}

bool InputWatch::eventFilter(QObject *watched, QEvent *event)
{
    // Windows get each event of the system once, before their items do; what programs post is nobody's hand.
    if (watched->isWindowType() && event->spontaneous() && isInput(event->type()))
        inputCame();
    return false;
}

void InputWatch::inputCame()
{
    m_lastInputMs = m_clock.monotonicMs();
    if (m_inBackground || !m_away)
        return;
    look();
}

void InputWatch::look()
{
    const qint64 left = m_lastInputMs + m_idleMs - m_clock.monotonicMs();
    if (left > 0)
        m_timer.start(static_cast<int>(std::min<qint64>(left, std::numeric_limits<int>::max())));
    setAway(left <= 0 || m_inBackground);
}

void InputWatch::setAway(bool away)
{
    if (std::exchange(m_away, away) != away)
        Q_EMIT awayChanged(away);
}

} // namespace confab::app
