// SPDX-License-Identifier: MIT
#include "server/services/auth/PasswordHasher.h"

#include "server/services/auth/Sodium.h"

#include <QtCore/QRegularExpression>

#include <sodium.h>

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

/// The bytes of a password, wiped when they go.
class Secret
{
public:
    explicit Secret(const QString &text) : m_bytes(text.toUtf8()) { }
    ~Secret()
    {
        if (!m_bytes.isEmpty())
            sodium_memzero(m_bytes.data(), static_cast<size_t>(m_bytes.size()));
    }
    Secret(const Secret &other) : m_bytes(other.m_bytes) { m_bytes.detach(); }
    Secret &operator=(const Secret &) = delete;

    const char *data() const { return m_bytes.constData(); }
    unsigned long long size() const { return static_cast<unsigned long long>(m_bytes.size()); }

private:
    QByteArray m_bytes;
};

Result<QString> computeHash(const Secret &secret, const PasswordHasher::Cost &cost)
{
    char text[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(text, secret.data(), secret.size(), cost.passes, cost.memoryBytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return Error::unavailable(u"There is too little memory to check passwords right now."_s, 1000);
    return QString::fromLatin1(text);
}

/// True where the hash names less memory or fewer passes. A hash that costs more stays: lowering the cost for a test
/// must not weaken what is stored.
bool isOutdated(const QString &hash, const PasswordHasher::Cost &cost)
{
    static const QRegularExpression pattern(u"^\\$argon2id\\$v=\\d+\\$m=(\\d+),t=(\\d+),"_s);
    const auto match = pattern.match(hash);
    return !match.hasMatch() || match.captured(1).toULongLong() < cost.memoryBytes / 1024 ||
           match.captured(2).toULongLong() < cost.passes;
}

} // namespace

PasswordHasher::PasswordHasher(BoundedPool &pool, Cost cost)
    : m_pool(pool), m_cost{std::max<size_t>(cost.memoryBytes, crypto_pwhash_MEMLIMIT_MIN),
                           std::max<unsigned>(cost.passes, crypto_pwhash_OPSLIMIT_MIN)}
{
    requireSodium();
}

Task<QString> PasswordHasher::hash(QString password)
{
    const auto work = [this, secret = Secret(password)]() -> Result<QString> {
        ++m_count;
        const Stopwatch stopwatch;
        Result<QString> hashed = computeHash(secret, m_cost);
        m_durations.record(stopwatch.nanoseconds());
        return hashed;
    };
    Completion<QString> completion = m_pool.tryRun(work);
    co_return co_await completion;
}

Task<PasswordVerdict> PasswordHasher::verify(QString password, QString hash)
{
    const auto work = [this, secret = Secret(password), stored = hash.toLatin1()] {
        ++m_count;
        const Stopwatch stopwatch;
        const bool matches = crypto_pwhash_str_verify(stored.constData(), secret.data(), secret.size()) == 0;
        m_durations.record(stopwatch.nanoseconds());
        return matches;
    };
    Completion<bool> completion = m_pool.tryRun(work);
    const Result<bool> matches = co_await completion;
    if (!matches)
        co_return matches.error();
    co_return PasswordVerdict{*matches, *matches && isOutdated(hash, m_cost)};
}

Task<PasswordVerdict> PasswordHasher::verifyNobody(QString password)
{
    const Result<QString> hashed = co_await hash(password);
    if (!hashed)
        co_return hashed.error();
    co_return PasswordVerdict{};
}

} // namespace confab::server
