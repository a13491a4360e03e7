// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/ModelSource.h"

#include <QtCore/QPromise>

#include <functional>
#include <memory>

namespace confab::client::test {

/// An id that tells its number.
template<typename AnyId>
AnyId idOf(int number)
{
    return AnyId(QUuid(0x018bcfe5, 0x687b, 0x7abc, 0x8a, 0xbc, 0, 0, 0, 0, static_cast<uchar>(number >> 8),
                       static_cast<uchar>(number & 0xff)));
}

inline const UserId kMe = idOf<UserId>(1);
inline const UserId kGrace = idOf<UserId>(2);
inline const ConversationId kChat = idOf<ConversationId>(100);
/// 2023-11-14 12:00 UTC.
inline constexpr qint64 kNoon = 1'699'963'200'000;

/// A message of somebody else, a minute after the one before.
inline TimelineRow received(MessageId id, const QString &text = {}, UserId sender = kGrace)
{
    TimelineRow row;
    row.key = QStringLiteral("m%1").arg(id);
    row.position = id;
    row.messageId = id;
    row.clientId = idOf<ClientId>(static_cast<int>(id));
    row.senderId = sender;
    row.senderName = QStringLiteral("Grace");
    row.text = text.isEmpty() ? QStringLiteral("text %1").arg(id) : text;
    row.createdAt = kNoon + id * 60'000;
    row.revision = id;
    return row;
}

/// A message of one's own that waits to be sent, the number-th.
inline TimelineRow pending(int number, const QString &text = {})
{
    TimelineRow row = received(0, text.isEmpty() ? QStringLiteral("mine %1").arg(number) : text, kMe);
    row.key = QStringLiteral("c%1").arg(number);
    row.position = (1LL << 62) + number;
    row.clientId = idOf<ClientId>(10'000 + number);
    row.senderName = QStringLiteral("Ada");
    row.createdAt = kNoon;
    row.state = DeliveryState::Pending;
    row.revision = 0;
    return row;
}

/// The same after the server took it.
inline TimelineRow acknowledged(TimelineRow row, MessageId id)
{
    row.position = id;
    row.messageId = id;
    row.createdAt = kNoon + id * 60'000;
    row.state = DeliveryState::Sent;
    row.revision = id;
    return row;
}

/// A store in memory that answers when the test says so, or at once.
class FakeSource final : public ModelSource
{
public:
    UserId myId() const override { return kMe; }

    QFuture<Result<TimelineSlice>> loadTimeline(ConversationId, qint64 before, int limit) override
    {
        return answer<TimelineSlice>([this, before, limit] { return olderThan(before, limit); });
    }
    QFuture<Result<TimelineSlice>> loadTimelineAfter(ConversationId, qint64 after, int limit) override
    {
        return answer<TimelineSlice>([this, after, limit] { return newerThan(after, limit); });
    }
    QFuture<Result<Done>> fillHole(ConversationId, Hole hole) override
    {
        asked.append(hole);
        auto promise = std::make_shared<QPromise<Result<Done>>>();
        promise->start();
        fills.append(promise);
        return promise->future();
    }
    QFuture<Result<QList<ConversationRow>>> loadConversations() override
    {
        return answer<QList<ConversationRow>>([this] { return conversations; });
    }
    QFuture<Result<ConversationRow>> loadConversation(ConversationId) override
    {
        return QtFuture::makeReadyFuture(Result<ConversationRow>(Error::notFound({})));
    }
    QFuture<Result<QList<MemberRow>>> loadMembers(ConversationId) override
    {
        return answer<QList<MemberRow>>([this] { return members; });
    }
    QFuture<Result<QList<User>>> loadUsers(const QList<UserId> &ids) override
    {
        askedUsers += ids;
        return QtFuture::makeReadyFuture(Result<QList<User>>(QList<User>()));
    }

    QList<User> typing(ConversationId conversationId) const override { return writers.value(conversationId); }

    void watchPresence(UserId userId) override { ++watched[userId]; }
    void unwatchPresence(UserId userId) override { --watched[userId]; }
    Presence presence(UserId userId) const override { return presences.value(userId); }

    void setPresence(const Presence &presence)
    {
        presences.insert(presence.userId, presence);
        Q_EMIT presenceChanged({presence.userId});
    }

    void setTyping(ConversationId conversationId, const QStringList &names)
    {
        QList<User> people;
        for (const QString &name : names) {
            people.append(User());
            people.last().displayName = name;
        }
        writers.insert(conversationId, people);
        Q_EMIT typingChanged(conversationId);
    }

    /// Changes the store and tells.
    void put(const QList<TimelineRow> &rows)
    {
        for (const TimelineRow &row : rows) {
            const auto same =
                std::find_if(store.begin(), store.end(), [&](const TimelineRow &r) { return r.key == row.key; });
            if (same == store.end())
                store.append(row);
            else
                *same = row;
        }
        std::sort(store.begin(), store.end(),
                  [](const TimelineRow &a, const TimelineRow &b) { return a.position > b.position; });
        Q_EMIT timelineRowsChanged(kChat, rows);
    }
    void putHoles(const QList<Hole> &newHoles)
    {
        holes = newHoles;
        Q_EMIT holesChanged(kChat, holes);
    }
    void take(const QString &key)
    {
        store.removeIf([&](const TimelineRow &row) { return row.key == key; });
        Q_EMIT timelineRowsRemoved(kChat, {key});
    }
    /// Fills the store with messages first to last without telling.
    void fill(MessageId first, MessageId last)
    {
        for (MessageId id = first; id <= last; ++id)
            store.prepend(received(id));
    }
    /// Gives the answers held back since `holdAnswers`.
    void release()
    {
        const QList<std::function<void()>> held = std::exchange(m_held, {});
        for (const auto &give : held)
            give();
    }

    QList<TimelineRow> store; ///< Newest first.
    QList<Hole> holes;
    MessageId readUpTo = 0;
    Reached others;
    QList<ConversationRow> conversations;
    QList<MemberRow> members;
    bool holdAnswers = false;
    QList<Hole> asked;
    QList<std::shared_ptr<QPromise<Result<Done>>>> fills;
    QList<UserId> askedUsers;
    QHash<ConversationId, QList<User>> writers;
    QHash<UserId, int> watched;
    QHash<UserId, Presence> presences;

private:
    template<typename T>
    QFuture<Result<T>> answer(std::function<T()> make)
    {
        if (!holdAnswers)
            return QtFuture::makeReadyFuture(Result<T>(make()));
        auto promise = std::make_shared<QPromise<Result<T>>>();
        promise->start();
        m_held.append([promise, make] {
            promise->addResult(Result<T>(make()));
            promise->finish();
        });
        return promise->future();
    }

    TimelineSlice slice() const
    {
        TimelineSlice result;
        result.holes = holes;
        result.readUpTo = readUpTo;
        result.others = others;
        return result;
    }
    TimelineSlice olderThan(qint64 before, int limit) const
    {
        TimelineSlice result = slice();
        for (const TimelineRow &row : store) {
            if (before != 0 && row.position >= before)
                continue;
            if (result.rows.size() == limit) {
                result.more = true;
                break;
            }
            result.rows.append(row);
        }
        return result;
    }
    TimelineSlice newerThan(qint64 after, int limit) const
    {
        TimelineSlice result = slice();
        for (auto row = store.rbegin(); row != store.rend() && result.rows.size() < limit; ++row) {
            if (row->position > after)
                result.rows.prepend(*row);
        }
        return result;
    }

    QList<std::function<void()>> m_held;
};

} // namespace confab::client::test
