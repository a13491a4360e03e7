// SPDX-License-Identifier: MIT
#include "server/services/auth/SessionCache.h"

#include "shared/core/Clock.h"

namespace confab::server {

std::optional<Authenticated> SessionCache::find(const QByteArray &tokenHash) const
{
    const auto found = m_entries.constFind(tokenHash);
    if (found == m_entries.constEnd() || m_clock.monotonicMs() - found->readAtMs >= kLifetimeMs)
        return std::nullopt;
    return found->value;
}

void SessionCache::insert(const QByteArray &tokenHash, const Authenticated &entry, quint64 epoch)
{
    if (epoch != m_epoch)
        return;
    if (m_entries.size() >= m_maxEntries)
        makeRoom();
    m_entries.insert(tokenHash, {entry, m_clock.monotonicMs()});
}

void SessionCache::remove(const SessionId &sessionId)
{
    ++m_epoch;
    m_entries.removeIf([&](auto entry) { return entry.value().value.caller.sessionId == sessionId; });
}

void SessionCache::remove(const UserId &userId)
{
    ++m_epoch;
    m_entries.removeIf([&](auto entry) { return entry.value().value.caller.userId == userId; });
}

void SessionCache::makeRoom()
{
    const qint64 now = m_clock.monotonicMs();
    m_entries.removeIf([&](auto entry) { return now - entry.value().readAtMs >= kLifetimeMs; });
    if (m_entries.size() >= m_maxEntries)
        m_entries.clear();
}

} // namespace confab::server
