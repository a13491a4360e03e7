// SPDX-License-Identifier: MIT
#include "client-sdk/src/presence/TypingPeople.h"

#include <algorithm>

namespace confab::client {

namespace {
constexpr qsizetype kMostShown = 20; // of one conversation
} // namespace

TypingPeople::TypingPeople(LocalStore &store, const Clock &clock, const TypingTimings &timings, QObject *parent)
    : QObject(parent), m_store(store), m_clock(clock), m_timings(timings), m_timer(this)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &TypingPeople::expire);
}

void TypingPeople::take(const Typing &typing)
{
    if (typing.userId == m_store.me().id || !m_store.conversations().contains(typing.conversationId))
        return;
    if (typing.expiresInMs <= 0) {
        remove(typing.conversationId, typing.userId);
        return;
    }
    const qint64 untilMs = m_clock.monotonicMs() + qMin<qint64>(typing.expiresInMs, m_timings.longestMs);
    QList<Writer> &writers = m_writers[typing.conversationId];
    const auto known = std::find_if(writers.begin(), writers.end(),
                                    [&](const Writer &writer) { return writer.userId == typing.userId; });
    if (known != writers.end()) {
        known->untilMs = untilMs;
    } else if (writers.size() < kMostShown) {
        writers.append({typing.userId, untilMs});
        tell(typing.conversationId);
    }
    schedule();
}

void TypingPeople::messageCame(const Message &message)
{
    remove(message.conversationId, message.senderId);
}

void TypingPeople::clear()
{
    const QList<ConversationId> ids = m_writers.keys();
    m_writers.clear();
    m_timer.stop();
    for (const ConversationId &id : ids)
        tell(id);
}

void TypingPeople::remove(ConversationId conversationId, UserId userId)
{
    const auto found = m_writers.find(conversationId);
    if (found == m_writers.end())
        return;
    if (found->removeIf([&](const Writer &writer) { return writer.userId == userId; }) == 0)
        return;
    if (found->isEmpty())
        m_writers.erase(found);
    tell(conversationId);
    schedule();
}

void TypingPeople::expire()
{
    const qint64 now = m_clock.monotonicMs();
    const QList<ConversationId> ids = m_writers.keys();
    for (const ConversationId &id : ids) {
        QList<Writer> &writers = m_writers[id];
        const bool some = writers.removeIf([now](const Writer &writer) { return writer.untilMs <= now; }) > 0;
        if (writers.isEmpty())
            m_writers.remove(id);
        if (some)
            tell(id);
    }
    schedule();
}

void TypingPeople::schedule()
{
    if (m_writers.isEmpty()) {
        m_timer.stop();
        return;
    }
    qint64 next = std::numeric_limits<qint64>::max();
    for (const QList<Writer> &writers : std::as_const(m_writers)) {
        for (const Writer &writer : writers)
            next = qMin(next, writer.untilMs);
    }
    m_timer.start(static_cast<int>(qMax<qint64>(next - m_clock.monotonicMs(), 1)));
}

void TypingPeople::tell(ConversationId conversationId)
{
    QList<User> people;
    const QList<Writer> writers = m_writers.value(conversationId);
    for (const Writer &writer : writers) {
        User unknown;
        unknown.id = writer.userId;
        people.append(m_store.people().user(writer.userId).value_or(unknown));
    }
    Q_EMIT changed(conversationId, people);
}

} // namespace confab::client
