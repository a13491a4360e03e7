// SPDX-License-Identifier: MIT
#include "server/services/auth/FloodLimits.h"

#include "server/runtime/AddressKey.h"

#include <QtNetwork/QHostAddress>

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr auto kAddress = "a "_L1;
constexpr auto kAccount = "h "_L1;
} // namespace

FloodLimits::Options FloodLimits::optionsFor(int attemptsPerMinute)
{
    Options options;
    const int ofAccount = attemptsPerMinute > 0 ? std::max(1, attemptsPerMinute / 6) : 0;
    options.address = {attemptsPerMinute, attemptsPerMinute};
    options.account = {ofAccount, ofAccount};
    return options;
}

Task<Done> FloodLimits::admit(QString address, QString handle)
{
    QList<Buckets::Token> tokens;
    if (m_options.address.burst > 0)
        tokens.append({kAddress + addressKey(address), m_options.address});
    if (m_options.account.burst > 0)
        tokens.append(accountToken(handle));
    if (tokens.isEmpty())
        co_return Done{};
    auto taking = m_own.take(tokens);
    const Result<Buckets::Taken> own = co_await taking;
    if (own->isRefused())
        co_return refusal(tokens.at(own->refusedBy), own->waitMs);
    if (!m_shared)
        co_return Done{};
    auto sharing = m_shared->take(tokens);
    const Result<Buckets::Taken> ofAll = co_await sharing;
    if (!ofAll)
        ++m_alone;
    if (!ofAll || !ofAll->isRefused())
        co_return Done{};
    for (const Buckets::Token &token : std::as_const(tokens))
        m_own.giveBack(token);
    co_return refusal(tokens.at(ofAll->refusedBy), ofAll->waitMs);
}

void FloodLimits::succeeded(const QString &handle)
{
    if (m_options.account.burst <= 0)
        return;
    m_own.giveBack(accountToken(handle));
    if (m_shared)
        m_shared->giveBack(accountToken(handle));
}

Error FloodLimits::refusal(const Buckets::Token &by, qint64 waitMs)
{
    const bool isOfAddress = by.key.startsWith(kAddress);
    m_refused[isOfAddress ? 0 : 1].fetch_add(1, std::memory_order_relaxed);
    const QString who = isOfAddress ? u"from one address"_s : u"for one account"_s;
    Error error = Error::rateLimited(
        u"At most %1 attempts a minute %2. Wait a little and try again."_s.arg(by.rate.perMinute).arg(who), waitMs);
    error.field = isOfAddress ? QString() : u"handle"_s;
    return error;
}

Buckets::Token FloodLimits::accountToken(const QString &handle) const
{
    return {kAccount + handle, m_options.account};
}

QString FloodLimits::addressKey(const QString &address)
{
    const QHostAddress host(address);
    return host.isNull() ? address.left(64) : confab::server::addressKey(host);
}

} // namespace confab::server
