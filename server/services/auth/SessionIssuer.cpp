// SPDX-License-Identifier: MIT
#include "server/services/auth/SessionIssuer.h"

#include "server/services/auth/TokenMint.h"

#include <algorithm>

namespace confab::server {

namespace {
constexpr qint64 kSeenIntervalMs = 5 * 60 * 1000;

/// The earlier of two ends, of which 0 is none.
qint64 earlier(qint64 a, qint64 b)
{
    return a == 0 ? b : b == 0 ? a : std::min(a, b);
}
} // namespace

SessionIssuer::NewSession SessionIssuer::make(const QString &deviceName, qint64 lifetimeMs) const
{
    const Token token = mintToken();
    const qint64 now = m_clock.utcMs();
    const qint64 longest = earlier(lifetimeMs, m_lifetimes.maxMs);
    const qint64 endsAt = longest > 0 ? now + longest : 0;
    return {token.text, {m_ids.make<SessionId>(), deviceName, now, now, endFor(now, endsAt), true}, token.hash, endsAt};
}

Batch SessionIssuer::issue(const NewSession &session, const UserId &userId, const QString &passwordHash) const
{
    // Locked first: whoever ends the account's sessions waits until this one can be seen.
    const Statement lock{"UPDATE users SET profile_version = profile_version "
                         "WHERE id = ? AND deactivated = 0 AND password_hash = ?",
                         {userId, passwordHash},
                         1};
    return {lock, insert(session, userId)};
}

Statement SessionIssuer::insert(const NewSession &session, const UserId &userId) const
{
    return {
        "INSERT INTO sessions (id, user_id, token_hash, device_name, created_at, last_seen_at, expires_at, ends_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {session.session.id, userId, session.hash, session.session.deviceName, session.session.createdAt,
         session.session.lastSeenAt, session.session.expiresAt, session.endsAt},
        1};
}

Statement SessionIssuer::renewal(const SessionId &sessionId, qint64 now) const
{
    const qint64 idleEnd = m_lifetimes.idleMs > 0 ? now + m_lifetimes.idleMs : 0;
    return {"UPDATE sessions SET last_seen_at = ?, "
            "expires_at = CASE WHEN ends_at > 0 AND (? = 0 OR ends_at < ?) THEN ends_at ELSE ? END "
            "WHERE id = ? AND last_seen_at < ? AND (expires_at = 0 OR expires_at > ?)",
            {now, idleEnd, idleEnd, idleEnd, sessionId, now, now},
            {}};
}

Statement SessionIssuer::purge(const UserId &userId) const
{
    return {
        "DELETE FROM sessions WHERE user_id = ? AND expires_at > 0 AND expires_at <= ?", {userId, m_clock.utcMs()}, {}};
}

qint64 SessionIssuer::renewalIntervalMs() const
{
    return m_lifetimes.idleMs > 0 ? std::min(kSeenIntervalMs, m_lifetimes.idleMs / 4) : kSeenIntervalMs;
}

qint64 SessionIssuer::endFor(qint64 now, qint64 endsAt) const
{
    return earlier(m_lifetimes.idleMs > 0 ? now + m_lifetimes.idleMs : 0, endsAt);
}

} // namespace confab::server
