// SPDX-License-Identifier: MIT
#include "server/services/auth/FloodLimits.h"

#include "server/runtime/AddressKey.h"
#include "shared/core/Clock.h"

#include <QtNetwork/QHostAddress>

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

FloodLimits::Options FloodLimits::optionsFor(int attemptsPerMinute)
{
    Options options;
    const int ofAccount = attemptsPerMinute > 0 ? std::max(1, attemptsPerMinute / 6) : 0;
    options.address = {attemptsPerMinute, attemptsPerMinute};
    options.account = {ofAccount, ofAccount};
    return options;
}

Result<Done> FloodLimits::admit(const QString &address, const QString &handle)
{
    const std::lock_guard lock(m_mutex);
    TokenBucket *buckets[2] = {};
    qint64 waitMs = 0;
    int refused = -1; // by which of the two one has to wait longest
    const Rate rates[2] = {m_options.address, m_options.account};
    const QString keys[2] = {u"a "_s + addressKey(address), u"h "_s + handle};
    // Looked up first: a lookup may move buckets, and what it found is good until the next one alone.
    for (int i = 0; i < 2; ++i) {
        if (rates[i].burst > 0)
            bucket(keys[i]);
    }
    for (int i = 0; i < 2; ++i) {
        const auto found = rates[i].burst > 0 ? m_recent.find(keys[i]) : m_recent.end();
        if (found == m_recent.end())
            continue;
        buckets[i] = &found.value();
        const qint64 wait = buckets[i]->waitMs(rates[i], m_clock.monotonicMs());
        if (wait > waitMs) {
            waitMs = wait;
            refused = i;
        }
    }
    if (refused >= 0) {
        m_refused[static_cast<std::size_t>(refused)].fetch_add(1, std::memory_order_relaxed);
        const QString who = refused == 0 ? u"from one address"_s : u"for one account"_s;
        Error error = Error::rateLimited(
            u"At most %1 attempts a minute %2. Wait a little and try again."_s.arg(rates[refused].perMinute).arg(who),
            waitMs);
        error.field = refused == 0 ? QString() : u"handle"_s;
        return error;
    }
    for (TokenBucket *one : buckets) {
        if (one)
            one->take();
    }
    return Done{};
}

void FloodLimits::succeeded(const QString &handle)
{
    if (m_options.account.burst <= 0)
        return;
    const std::lock_guard lock(m_mutex);
    bucket(u"h "_s + handle).giveBack(m_options.account, m_clock.monotonicMs());
}

QString FloodLimits::addressKey(const QString &address)
{
    const QHostAddress host(address);
    return host.isNull() ? address.left(64) : confab::server::addressKey(host);
}

qsizetype FloodLimits::bucketCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_recent.size() + m_older.size();
}

TokenBucket &FloodLimits::bucket(const QString &key)
{
    const auto found = m_recent.find(key);
    if (found != m_recent.end())
        return found.value();
    const TokenBucket kept = m_older.take(key);
    if (m_recent.size() >= m_options.maxBuckets) {
        m_older = std::move(m_recent);
        m_recent = {};
    }
    return m_recent.insert(key, kept).value();
}

} // namespace confab::server
