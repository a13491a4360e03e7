// SPDX-License-Identifier: MIT
#include "server/backends/limits/redis/RedisBuckets.h"

#include <QtCore/QMessageAuthenticationCode>

#include <algorithm>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMicrosecondsPerMinute = 60'000'000;
/// As long as no two of them are ever the same.
constexpr qsizetype kNameBytes = 16;

// Each argument pair is how long a token takes to come back, in microseconds, and how many there are at once. What is
// kept is when a bucket will be full; one that is full is not kept. A number beyond what taking leaves behind, as after
// a step of Redis' clock, counts as an empty bucket. Redis refuses a script for want of memory at its first write or
// not at all, so that of several buckets none is written alone.
const QByteArray kTake = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local refused, wait = 0, 0
local full = {}
for i, key in ipairs(KEYS) do
    local step, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local kept = redis.call('GET', key)
    local at = math.min(math.max(kept and tonumber(kept) or now, now), now + step * burst)
    full[i] = at + step
    local over = full[i] - now - step * burst
    if over > wait then
        refused, wait = i, over
    end
end
if refused == 0 then
    for i, key in ipairs(KEYS) do
        redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000))
    end
end
return {refused, math.ceil(wait / 1000)}
)";

const QByteArray kGiveBack = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = redis.call('GET', KEYS[1])
if kept then
    local at = tonumber(kept) - tonumber(ARGV[1])
    if at > now then
        redis.call('SET', KEYS[1], string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000))
    else
        redis.call('DEL', KEYS[1])
    end
end
return 0
)";

} // namespace

Task<Buckets::Taken> RedisBuckets::take(QList<Token> tokens)
{
    auto asking = m_redis.ask(command(kTake, tokens), m_options.patienceMs);
    const Result<RedisReply> reply = co_await asking;
    if (!reply)
        co_return reply.error();
    if (reply->items.size() != 2)
        co_return Error::unavailable(u"Redis keeps no buckets at the moment."_s);
    co_return Taken{static_cast<int>(reply->items.at(0).number) - 1, reply->items.at(1).number};
}

void RedisBuckets::giveBack(const Token &token)
{
    const auto asked = m_redis.ask(command(kGiveBack, {token}), m_options.patienceMs);
    Q_UNUSED(asked)
}

QByteArray RedisBuckets::nameOf(const QString &key) const
{
    const QByteArray code =
        QMessageAuthenticationCode::hash(key.toUtf8(), m_options.secret, QCryptographicHash::Sha256);
    return "confab:bucket:" + code.left(kNameBytes).toHex();
}

QList<QByteArray> RedisBuckets::command(const QByteArray &script, const QList<Token> &tokens) const
{
    QList<QByteArray> words{"EVAL", script, QByteArray::number(tokens.size())};
    for (const Token &token : tokens)
        words.append(nameOf(token.key));
    for (const Token &token : tokens) {
        words.append(QByteArray::number(kMicrosecondsPerMinute / std::max(1, token.rate.perMinute)));
        words.append(QByteArray::number(token.rate.burst));
    }
    return words;
}

} // namespace confab::server
