// SPDX-License-Identifier: MIT
#include "client-sdk/src/presence/OwnPresenceSync.h"

#include "shared/text/TextGate.h"

#include <algorithm>

namespace confab::client {

using namespace Qt::StringLiterals;

OwnPresenceSync::OwnPresenceSync(Connection &connection, const Clock &clock, const PresenceTimings &timings,
                                 QObject *parent)
    : QObject(parent), m_connection(connection), m_clock(clock), m_timings(timings), m_again(this), m_expiry(this)
{
    m_again.setSingleShot(true);
    m_expiry.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &OwnPresenceSync::sayAway);
    connect(&m_expiry, &QTimer::timeout, this, [this] { put(m_own); });
}

void OwnPresenceSync::setAway(bool away)
{
    m_away = away;
    sayAway();
}

Result<SetStatus> OwnPresenceSync::makeStatus(const QString &text, qint64 expiresAt) const
{
    const Result<QString> checked = checkText(u"text"_s, text, 0, m_limits.statusLength, {.allowBlank = true});
    if (!checked)
        return checked.error();
    SetStatus op;
    op.text = *checked;
    if (expiresAt != 0 && !op.text.isEmpty())
        op.expiresAt = expiresAt;
    return op;
}

void OwnPresenceSync::greeting()
{
    m_greeting = true;
    m_awaySaid = m_away;
    m_heardAtHello = m_heard;
}

void OwnPresenceSync::connected(const OwnPresence &own)
{
    m_greeting = false;
    answered(own, m_heardAtHello);
    sayAway();
}

void OwnPresenceSync::connectionLost()
{
    m_again.stop();
    m_awaySaid.reset();
    m_greeting = false;
    m_saying = false;
}

void OwnPresenceSync::take(const OwnPresence &own)
{
    ++m_heard;
    put(own);
}

void OwnPresenceSync::clear()
{
    ++m_heard;
    put({});
}

void OwnPresenceSync::answered(const OwnPresence &own, quint64 heardBefore)
{
    if (heardBefore == m_heard) {
        take(own);
        return;
    }
    if (own == m_own || !m_connection.isEstablished())
        return;
    m_connection.call(GetOwnPresence{}, [this, heard = m_heard](const Result<OwnPresence> &reply) {
        if (reply)
            answered(*reply, heard);
    });
}

// One at a time: the server serves requests of one socket side by side.
void OwnPresenceSync::sayAway()
{
    if (m_greeting || m_saying || m_again.isActive() || m_awaySaid == m_away || !m_connection.isEstablished())
        return;
    m_saying = true;
    m_awaySaid = m_away;
    SetAway op;
    op.away = m_away;
    m_connection.call(op, [this, said = m_away](const Result<Empty> &reply) { awayAnswered(said, reply); });
}

void OwnPresenceSync::awayAnswered(bool said, const Result<Empty> &reply)
{
    if (!m_connection.isEstablished())
        return; // the next hello says it
    m_saying = false;
    if (!reply && reply.error().kind() != ErrorKind::TryAgain)
        return; // of a server without presence
    // A hello that went out meanwhile may have been served before this.
    if (!reply || said != m_away)
        m_awaySaid.reset();
    if (reply)
        sayAway();
    else
        m_again.start(
            static_cast<int>(std::clamp<qint64>(reply.error().retryAfterMs, m_timings.tryAgainMs, 3'600'000)));
}

void OwnPresenceSync::put(OwnPresence own)
{
    const qint64 now = m_clock.utcMs();
    if (own.statusExpiresAt != 0 && own.statusExpiresAt <= now) {
        own.statusText.clear();
        own.statusExpiresAt = 0;
    }
    if (own.statusExpiresAt == 0)
        m_expiry.stop();
    else
        m_expiry.start(static_cast<int>(std::clamp<qint64>(own.statusExpiresAt - now, 1, m_timings.lookMs)));
    if (own == m_own)
        return;
    m_own = own;
    Q_EMIT changed(m_own);
}

} // namespace confab::client
