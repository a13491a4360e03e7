// SPDX-License-Identifier: MIT
#include "server/services/auth/FloodLimits.h"

#include "server/runtime/AddressKey.h"
#include "shared/core/Clock.h"

#include <QtNetwork/QHostAddress>

#include <algorithm>
#include <cmath>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr double kMsPerMinute = 60'000;

qint64 waitFor(double tokens, const FloodLimits::Rate &rate)
{
    return static_cast<qint64>(std::ceil((1 - tokens) * kMsPerMinute / std::max(1, rate.perMinute)));
}
} // namespace

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
    Bucket *buckets[2] = {};
    qint64 waitMs = 0;
    int refused = -1; // by which of the two one has to wait longest
    const Rate rates[2] = {m_options.address, m_options.account};
    const QString keys[2] = {u"a "_s + addressKey(address), u"h "_s + handle};
    // Looked up first: a lookup may move buckets, and what it found is good until the next one alone.
    for (int i = 0; i < 2; ++i) {
        if (rates[i].burst > 0)
            bucket(keys[i], rates[i]);
    }
    for (int i = 0; i < 2; ++i) {
        if (rates[i].burst <= 0)
            continue;
        const auto found = m_recent.find(keys[i]);
        if (found == m_recent.end())
            continue;
        buckets[i] = &found.value();
        if (buckets[i]->tokens < 1)
            refused = waitFor(buckets[i]->tokens, rates[i]) > waitMs ? i : refused;
        if (refused >= 0)
            waitMs = std::max(waitMs, waitFor(buckets[refused]->tokens, rates[refused]));
    }
    if (refused >= 0) {
        const QString who = refused == 0 ? u"from one address"_s : u"for one account"_s;
        Error error = Error::rateLimited(
            u"At most %1 attempts a minute %2. Wait a little and try again."_s.arg(rates[refused].perMinute).arg(who),
            waitMs);
        error.field = refused == 0 ? QString() : u"handle"_s;
        return error;
    }
    for (Bucket *one : buckets) {
        if (one)
            one->tokens -= 1;
    }
    return Done{};
}

void FloodLimits::succeeded(const QString &handle)
{
    if (m_options.account.burst <= 0)
        return;
    const std::lock_guard lock(m_mutex);
    Bucket &one = bucket(u"h "_s + handle, m_options.account);
    one.tokens = std::min<double>(one.tokens + 1, m_options.account.burst);
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

FloodLimits::Bucket &FloodLimits::bucket(const QString &key, const Rate &rate)
{
    auto found = m_recent.find(key);
    if (found == m_recent.end()) {
        const Bucket kept =
            m_older.contains(key) ? m_older.take(key) : Bucket{static_cast<double>(rate.burst), m_clock.monotonicMs()};
        if (m_recent.size() >= m_options.maxBuckets) {
            m_older = std::move(m_recent);
            m_recent = {};
        }
        found = m_recent.insert(key, kept);
    }
    refill(found.value(), rate);
    return found.value();
}

void FloodLimits::refill(Bucket &bucket, const Rate &rate) const
{
    const qint64 now = m_clock.monotonicMs();
    const double gained = static_cast<double>(now - bucket.filledAtMs) * rate.perMinute / kMsPerMinute;
    bucket.tokens = std::min<double>(bucket.tokens + gained, rate.burst);
    bucket.filledAtMs = now;
}

} // namespace confab::server
