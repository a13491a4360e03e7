// SPDX-License-Identifier: MIT
#include "server/gateway/NodeLimits.h"

#include "server/runtime/AddressKey.h"

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr int kAnsweredRefusals = 32; // at a time and address; more are closed without a word
constexpr qint64 kMsPerMinute = 60'000;

bool isMessageChange(const OperationInfo &operation)
{
    return operation.method != HttpMethod::Get && QByteArrayView(operation.name).startsWith("message.");
}
} // namespace

NodeLimits::Place::~Place()
{
    if (m_limits)
        m_limits->giveBack(m_key);
}

std::optional<NodeLimits::Place> NodeLimits::takePlace(const QHostAddress &address)
{
    const int most = m_options.connectionsPerAddress;
    if (most <= 0 || (address.isLoopback() && !m_options.countsLoopback))
        return Place();
    const QString key = addressKey(address);
    const std::lock_guard lock(m_mutex);
    int &count = m_connections[key];
    if (count >= most)
        ++m_refused.connections;
    if (count >= most + kAnsweredRefusals)
        return std::nullopt;
    ++count;
    return Place(this, key, count > most);
}

void NodeLimits::giveBack(const QString &key)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_connections.find(key);
    if (found != m_connections.end() && --*found <= 0)
        m_connections.erase(found);
}

Error NodeLimits::tooManyConnections() const
{
    constexpr qint64 kRetryMs = 5'000;
    return Error::rateLimited(
        u"At most %1 connections at a time from one address."_s.arg(m_options.connectionsPerAddress), kRetryMs);
}

Result<Done> NodeLimits::admit(const UserId &userId, const OperationInfo &operation)
{
    const bool isMessage = isMessageChange(operation);
    const bool isTyping = QByteArrayView(operation.name) == SetTyping::kInfo.name;
    if (m_options.requestsPerMinute <= 0 && (m_options.messagesPerMinute <= 0 || !isMessage) &&
        (m_options.typingPerMinute <= 0 || !isTyping))
        return Done{};
    const std::lock_guard lock(m_mutex);
    if (m_people.size() >= m_options.maxPeople && !m_people.contains(userId))
        forgetTheIdle();
    Person &person = m_people[userId];
    const qint64 requestWait = waitMs(person.requests, m_options.requestsPerMinute);
    const qint64 messageWait = isMessage ? waitMs(person.messages, m_options.messagesPerMinute) : 0;
    const qint64 typingWait = isTyping ? waitMs(person.typing, m_options.typingPerMinute) : 0;
    if (typingWait > 0) {
        ++m_refused.typing;
        return Error::rateLimited(u"Typing is told at most %1 times a minute."_s.arg(m_options.typingPerMinute),
                                  typingWait);
    }
    if (messageWait > 0 && messageWait >= requestWait) {
        ++m_refused.messages;
        return Error::rateLimited(u"At most %1 messages a minute."_s.arg(m_options.messagesPerMinute), messageWait);
    }
    if (requestWait > 0) {
        ++m_refused.requests;
        return Error::rateLimited(u"At most %1 requests a minute."_s.arg(m_options.requestsPerMinute), requestWait);
    }
    person.requests.take();
    if (isMessage)
        person.messages.take();
    if (isTyping)
        person.typing.take();
    return Done{};
}

/// How long until the bucket holds a token; 0: it does, or there is no limit.
qint64 NodeLimits::waitMs(TokenBucket &bucket, int perMinute) const
{
    return perMinute > 0 ? bucket.waitMs({perMinute, perMinute}, m_clock.monotonicMs()) : 0;
}

/// Whose buckets are full again is as good as new. Where nobody is idle all begin anew: memory is bounded first.
void NodeLimits::forgetTheIdle()
{
    const qint64 fullSinceMs = m_clock.monotonicMs() - kMsPerMinute;
    m_people.removeIf([&](auto entry) {
        return entry.value().requests.isIdleSince(fullSinceMs) && entry.value().messages.isIdleSince(fullSinceMs) &&
               entry.value().typing.isIdleSince(fullSinceMs);
    });
    if (m_people.size() >= m_options.maxPeople)
        m_people.clear();
}

} // namespace confab::server
