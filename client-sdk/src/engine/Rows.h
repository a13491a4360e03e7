// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>

// What the models show: plain copies of what the store holds, with the outbox merged in.

namespace confab::client {

/// What a row of a timeline is on its way to.
enum class DeliveryState {
    Received, ///< Somebody else's.
    Pending,  ///< One's own, on disk, not yet acknowledged.
    Sent,     ///< One's own, acknowledged by the server.
    Failed,   ///< One's own, refused for good; `error` says why. Can be retried, edited or discarded.
};

/// A local wish on a message that the server has, still under way.
enum class PendingChange { None, Editing, Deleting, EditFailed, DeleteFailed };

/// One message as a person sees it: the server's row, or a pending one of the outbox, with local wishes applied.
struct TimelineRow
{
    QString key; ///< Names the row for its whole life, pending and sent alike. Opaque.
    /// Rows sort by it, the smaller the older. The message's id; pending ones sort behind all, in their own order.
    qint64 position = 0;
    MessageId messageId = 0; ///< 0 while pending.
    ClientId clientId;
    UserId senderId;
    QString senderName;   ///< Display name; empty while the person is not known yet (usersChanged tells).
    QString text;         ///< With a pending edit already applied; empty when deleted.
    qint64 createdAt = 0; ///< UTC ms. The device's own clock while pending.
    qint64 editedAt = 0;  ///< UTC ms; 0: never.
    bool deleted = false; ///< A tombstone, or a deletion is under way.
    DeliveryState state = DeliveryState::Received;
    PendingChange pendingChange = PendingChange::None;
    Error error;           ///< Of Failed, EditFailed and DeleteFailed.
    MessageId replyTo = 0; ///< 0: answers none.
    Revision revision = 0; ///< Of the server's row; 0 while pending.

    bool operator==(const TimelineRow &) const = default;
};

/// How far messages have come. Both grow only.
struct Reached
{
    MessageId deliveredUpTo = 0; ///< A device holds it; at least readUpTo.
    MessageId readUpTo = 0;      ///< 0: nothing known.

    bool operator==(const Reached &) const = default;
};

inline Reached furthestOf(const Reached &a, const Reached &b)
{
    return {qMax(a.deliveredUpTo, b.deliveredUpTo), qMax(a.readUpTo, b.readUpTo)};
}

/// A stretch of a timeline as it was at one moment.
struct TimelineSlice
{
    QList<TimelineRow> rows; ///< Newest first.
    QList<Hole> holes;       ///< All of the conversation, newest first. A row at `before` follows the hole.
    bool more = false;       ///< The store holds older rows than these.
    MessageId readUpTo = 0;  ///< One's own read position (markRead not yet sent included).
    Reached others;          ///< How far anybody else is.

    bool operator==(const TimelineSlice &) const = default;
};

/// One conversation as a person's list shows it.
struct ConversationRow
{
    Conversation conversation;
    Membership membership;
    QString title;      ///< For display: the title, or the other person's name; empty while unknown.
    UserId otherUserId; ///< Of a direct conversation (oneself: notes to self); null otherwise.
    bool hasLastMessage = false;
    TimelineRow lastMessage; ///< The newest that is not deleted, pending ones included.
    qint64 lastActivity = 0; ///< UTC ms to sort by: the last message's time, or when the conversation was made.
    int unread = 0;          ///< Others' messages not read; exact up to 100.
    bool markedUnread = false;
    int pendingCount = 0; ///< Operations of the outbox that wait or are under way.
    int failedCount = 0;  ///< Operations refused for good: the list shows a mark until they are resolved.
    QString draft;
    Reached others; ///< How far anybody else is.

    bool operator==(const ConversationRow &) const = default;
};

/// One member of a conversation with their profile.
struct MemberRow
{
    Member member;
    User user;       ///< Only the id is set while the profile is not known yet.
    Reached reached; ///< As receipts told.

    bool operator==(const MemberRow &) const = default;
};

} // namespace confab::client

Q_DECLARE_METATYPE(confab::client::TimelineRow)
Q_DECLARE_METATYPE(confab::client::ConversationRow)
Q_DECLARE_METATYPE(confab::client::MemberRow)
Q_DECLARE_METATYPE(confab::client::Reached)
