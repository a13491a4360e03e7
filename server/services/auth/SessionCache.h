// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/Caller.h"
#include "shared/protocol/Types.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>

#include <optional>

namespace confab {
class Clock;
}

namespace confab::server {

/// Who a token belongs to, as read from the store.
struct Authenticated
{
    Caller caller;
    User user;
    Session session;
};

/// Remembers for a moment whom tokens belong to, so that a burst of requests reads the store once. One for a shard.
///
/// An entry lives kLifetimeMs at most: the bound within which a revocation holds even where its message was lost.
class SessionCache
{
public:
    static constexpr qint64 kLifetimeMs = 2000;

    explicit SessionCache(const Clock &clock, qsizetype maxEntries = 4096)
        : m_clock(clock), m_maxEntries(maxEntries) { }

    std::optional<Authenticated> find(const QByteArray &tokenHash) const;

    /// Changes with every removal: what was read from the store before one is not to be put in after it.
    quint64 epoch() const { return m_epoch; }
    void insert(const QByteArray &tokenHash, const Authenticated &entry, quint64 epoch);

    void remove(const SessionId &sessionId);
    void remove(const UserId &userId);

    qsizetype size() const { return m_entries.size(); }

private:
    struct Entry
    {
        Authenticated value;
        qint64 readAtMs;
    };

    void makeRoom();

    const Clock &m_clock;
    const qsizetype m_maxEntries;
    QHash<QByteArray, Entry> m_entries;
    quint64 m_epoch = 0;
};

} // namespace confab::server
