// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Types.h"

namespace confab::server {

/// How long sessions last, in milliseconds; 0 is for ever.
struct SessionLifetimes
{
    qint64 idleMs = 0; ///< After they were last used.
    qint64 maxMs = 0;  ///< After they were opened, used or not.
};

/// Makes sessions and says how long they last.
///
/// A session that is used moves its own end in the store (docs/decisions/0006-session-renewal.md); its token stays.
class SessionIssuer
{
public:
    struct NewSession
    {
        QString token; ///< Shown once; the store has its hash alone.
        Session session;
        QByteArray hash;
        qint64 endsAt = 0; ///< What no renewal passes.
    };

    /// Clock and ids outlive it.
    SessionIssuer(const Clock &clock, const IdGenerator &ids, const SessionLifetimes &lifetimes)
        : m_clock(clock), m_ids(ids), m_lifetimes(lifetimes)
    {
    }

    /// With \a lifetimeMs it ends so long after now at the latest; 0: as the server has it.
    NewSession make(const QString &deviceName, qint64 lifetimeMs = 0) const;

    /// Stores it, but only where the account is still what the password was checked against: a change of the password
    /// or a deactivation that came meanwhile wins (the batch misses). One that comes later finds the session and ends
    /// it.
    Batch issue(const NewSession &session, const UserId &userId, const QString &passwordHash) const;

    /// Stores a session of an account that the same batch makes.
    Statement insert(const NewSession &session, const UserId &userId) const;

    /// The session was used at \a now: that is noted, and its end moves on. Any number of these at once, in any order,
    /// leave the latest; one that has ended stays ended.
    Statement renewal(const SessionId &sessionId, qint64 now) const;

    /// Forgets the person's sessions that have expired.
    Statement purge(const UserId &userId) const;

    /// How often a session's use is noted: seldom enough to cost little, often enough to keep it from expiring.
    qint64 renewalIntervalMs() const;

private:
    qint64 endFor(qint64 now, qint64 endsAt) const;

    const Clock &m_clock;
    const IdGenerator &m_ids;
    const SessionLifetimes m_lifetimes;
};

} // namespace confab::server
