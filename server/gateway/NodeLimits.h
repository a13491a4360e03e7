// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/Router.h"
#include "server/runtime/TokenBucket.h"
#include "shared/core/Clock.h"

#include <QtCore/QHash>
#include <QtNetwork/QHostAddress>

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace confab::server {

/// What the shards of a node count together: how many connections an address has, and how fast a person's requests and
/// messages come. Thread-safe; outlives the gateways.
class NodeLimits
{
public:
    /// Of 0 is no limit. Rates are as many at once, then so many a minute.
    struct Options
    {
        int requestsPerMinute = 0;
        int messagesPerMinute = 0;
        int typingPerMinute = 0; ///< How often a person may say that they are typing, or have stopped.
        int connectionsPerAddress = 0;
        bool countsLoopback = true; ///< Whether peers on this machine count as one address.
        qsizetype maxPeople = 100'000;
    };

    NodeLimits(const Clock &clock, const Options &options) : m_clock(clock), m_options(options) { }
    Q_DISABLE_COPY_MOVE(NodeLimits)

    /// One connection's place among those of its address; given back when it goes.
    class Place
    {
    public:
        Place() = default;
        Place(Place &&other) noexcept
            : m_limits(std::exchange(other.m_limits, nullptr)), m_key(std::move(other.m_key)), m_isOver(other.m_isOver)
        {
        }
        Place &operator=(Place &&other) noexcept
        {
            std::swap(m_limits, other.m_limits);
            m_key.swap(other.m_key);
            std::swap(m_isOver, other.m_isOver);
            return *this;
        }
        ~Place();

        /// The address has more connections than it may: this one is to be refused.
        bool isOver() const { return m_isOver; }

    private:
        friend class NodeLimits;
        Place(NodeLimits *limits, const QString &key, bool isOver) : m_limits(limits), m_key(key), m_isOver(isOver) { }

        NodeLimits *m_limits = nullptr;
        QString m_key;
        bool m_isOver = false;
    };

    /// Takes a place for a connection of this address; nothing where so many are being refused already that this one is
    /// not worth an answer.
    std::optional<Place> takePlace(const QHostAddress &address);

    /// What a refused connection is told.
    Error tooManyConnections() const;

    /// Counts a person's call of an operation: `rateLimited`, with the limit and the time to wait, where they come too
    /// fast.
    Result<Done> admit(const UserId &userId, const OperationInfo &operation);

    /// How much was refused so far, by which limit.
    struct Refused
    {
        std::atomic<quint64> requests = 0;
        std::atomic<quint64> messages = 0;
        std::atomic<quint64> typing = 0;
        std::atomic<quint64> connections = 0;
    };
    const Refused &refused() const { return m_refused; }

private:
    struct Person
    {
        TokenBucket requests;
        TokenBucket messages;
        TokenBucket typing;
    };

    void giveBack(const QString &key);
    qint64 waitMs(TokenBucket &bucket, int perMinute) const;
    void forgetTheIdle();

    const Clock &m_clock;
    const Options m_options;
    Refused m_refused;
    std::mutex m_mutex;
    QHash<QString, int> m_connections; // guarded by m_mutex
    QHash<UserId, Person> m_people;    // guarded by m_mutex
};

} // namespace confab::server
