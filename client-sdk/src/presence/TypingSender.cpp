// SPDX-License-Identifier: MIT
#include "client-sdk/src/presence/TypingSender.h"

namespace confab::client {

TypingSender::TypingSender(Connection &connection, const Clock &clock, const TypingTimings &timings, QObject *parent)
    : QObject(parent), m_connection(connection), m_clock(clock), m_timings(timings), m_pause(this)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(m_timings.pauseMs);
    connect(&m_pause, &QTimer::timeout, this, &TypingSender::stop);
}

void TypingSender::setTyping(ConversationId id, bool typing)
{
    if (!typing) {
        if (m_current == id)
            stop();
        return;
    }
    if (m_current != id)
        stop();
    if (!m_connection.isEstablished())
        return;
    m_pause.start();
    const qint64 now = m_clock.monotonicMs();
    if (m_last == id && m_toldAtMs && now - *m_toldAtMs < m_timings.againMs)
        return;
    m_current = m_last = id;
    m_toldAtMs = now;
    say(id, true);
}

void TypingSender::messageSent(ConversationId id)
{
    if (m_last != id)
        return;
    m_current = m_last = {};
    m_toldAtMs.reset();
    m_pause.stop();
}

void TypingSender::connectionLost()
{
    messageSent(m_last); // others' clients hear no more of this device, either
}

void TypingSender::stop()
{
    m_pause.stop();
    if (m_current.isNull())
        return;
    say(m_current, false);
    m_current = {};
}

void TypingSender::say(ConversationId id, bool typing)
{
    if (!m_connection.isEstablished())
        return;
    SetTyping op;
    op.conversationId = id;
    op.typing = typing;
    // A refusal changes nothing: what others see ends by itself.
    m_connection.call(op, [](const Result<Empty> &) {});
}

} // namespace confab::client
