// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/RowReader.h"

#include <algorithm>

namespace confab::client {

using namespace Qt::StringLiterals;
using Kind = OutboxItem::Kind;
using State = OutboxItem::State;

namespace {

// Above any message's id, and exact in a double.
constexpr qint64 kPendingPosition = 1LL << 52;

void layOver(TimelineRow &row, const OutboxItem &change)
{
    const bool failed = change.state == State::Failed;
    if (change.kind == Kind::Edit) {
        row.text = change.text;
        row.pendingChange = failed ? PendingChange::EditFailed : PendingChange::Editing;
    } else {
        row.pendingChange = failed ? PendingChange::DeleteFailed : PendingChange::Deleting;
        if (!failed) {
            row.deleted = true;
            row.text.clear();
        }
    }
    if (failed)
        row.error = change.error;
}

} // namespace

TimelineRow RowReader::rowOf(const Message &message, const QList<OutboxItem> &changes)
{
    TimelineRow row;
    row.key =
        message.clientId.isNull() ? u"id/"_s + QString::number(message.id) : rowKey(message.senderId, message.clientId);
    row.position = row.messageId = message.id;
    row.clientId = message.clientId;
    row.senderId = message.senderId;
    row.senderName = nameOf(message.senderId);
    row.text = message.content.text;
    row.createdAt = message.createdAt;
    row.editedAt = message.editedAt;
    row.deleted = message.deleted;
    row.state = message.senderId == m_store.me().id ? DeliveryState::Sent : DeliveryState::Received;
    row.replyTo = message.content.replyTo;
    row.revision = message.revision;
    for (const OutboxItem &change : changes) {
        if (change.messageId == message.id && !message.deleted)
            layOver(row, change);
    }
    return row;
}

TimelineRow RowReader::rowOf(const OutboxItem &send, const QList<OutboxItem> &changes)
{
    const UserId me = m_store.me().id;
    TimelineRow row;
    row.key = rowKey(me, send.clientId);
    row.position = kPendingPosition + send.seq;
    row.clientId = send.clientId;
    row.senderId = me;
    row.senderName = nameOf(me);
    row.text = send.text;
    row.createdAt = send.createdAt;
    row.state = send.state == State::Failed ? DeliveryState::Failed : DeliveryState::Pending;
    row.error = send.state == State::Failed ? send.error : Error{};
    row.replyTo = send.replyTo;
    for (const OutboxItem &change : changes) {
        if (change.clientId == send.clientId)
            layOver(row, change);
    }
    return row;
}

QList<TimelineRow> RowReader::pendingRows(ConversationId conversationId, const QList<OutboxItem> &changes)
{
    QList<TimelineRow> rows;
    for (const OutboxItem &item : m_store.outbox().items(conversationId)) {
        if (item.kind == Kind::Send)
            rows.prepend(rowOf(item, changes));
    }
    return rows;
}

void RowReader::fillFrame(TimelineSlice &slice, ConversationId conversationId)
{
    slice.holes = m_store.messages().holes(conversationId);
    if (const auto row = m_store.conversations().find(conversationId))
        slice.readUpTo = readUpTo(*row);
    slice.others = m_store.people().furthest(conversationId, m_store.me().id);
}

TimelineSlice RowReader::timelineBefore(ConversationId conversationId, qint64 before, int limit)
{
    TimelineSlice slice;
    const QList<OutboxItem> changes = m_store.outbox().changes(conversationId);
    for (const TimelineRow &row : pendingRows(conversationId, changes)) {
        if ((before == 0 || row.position < before) && slice.rows.size() <= limit)
            slice.rows.append(row);
    }
    const int room = limit + 1 - static_cast<int>(slice.rows.size());
    if (room > 0) {
        for (const Message &message : m_store.messages().before(conversationId, before, room))
            slice.rows.append(rowOf(message, changes));
    }
    slice.more = slice.rows.size() > limit;
    if (slice.more)
        slice.rows.resize(limit);
    fillFrame(slice, conversationId);
    return slice;
}

TimelineSlice RowReader::timelineAfter(ConversationId conversationId, qint64 after, int limit)
{
    TimelineSlice slice;
    const QList<OutboxItem> changes = m_store.outbox().changes(conversationId);
    for (const Message &message : m_store.messages().after(conversationId, after, limit))
        slice.rows.prepend(rowOf(message, changes));
    const QList<TimelineRow> pending = pendingRows(conversationId, changes);
    for (auto row = pending.crbegin(); row != pending.crend() && slice.rows.size() < limit; ++row) {
        if (row->position > after)
            slice.rows.prepend(*row);
    }
    slice.more = after > 0;
    fillFrame(slice, conversationId);
    return slice;
}

QList<TimelineRow> RowReader::rows(ConversationId conversationId, const QSet<MessageId> &messages,
                                   const QSet<ClientId> &pending)
{
    QList<TimelineRow> rows;
    const QList<OutboxItem> changes = m_store.outbox().changes(conversationId);
    QSet<MessageId> wanted = messages;
    for (const ClientId &clientId : pending) {
        if (const auto send = m_store.outbox().send(conversationId, clientId))
            rows.append(rowOf(*send, changes));
        else if (const auto message = m_store.messages().find(conversationId, m_store.me().id, clientId))
            wanted.insert(message->id);
    }
    for (const MessageId id : wanted) {
        if (const auto message = m_store.messages().find(conversationId, id))
            rows.append(rowOf(*message, changes));
    }
    std::sort(rows.begin(), rows.end(),
              [](const TimelineRow &a, const TimelineRow &b) { return a.position < b.position; });
    return rows;
}

std::optional<ConversationRow> RowReader::conversation(ConversationId id)
{
    const std::optional<StoredConversation> stored = m_store.conversations().find(id);
    if (!stored)
        return std::nullopt;
    const UserId me = m_store.me().id;
    ConversationRow row;
    row.conversation = stored->conversation;
    row.membership = stored->membership;
    row.membership.readUpTo = readUpTo(*stored);
    row.title = stored->conversation.title;
    if (stored->conversation.kind == Conversation::Kind::Direct) {
        row.otherUserId = me;
        for (const UserId &userId : stored->conversation.directUserIds) {
            if (userId != me)
                row.otherUserId = userId;
        }
        row.title = nameOf(row.otherUserId);
    }

    const QList<OutboxItem> changes = m_store.outbox().changes(id);
    if (const auto pending = m_store.outbox().newestSend(id)) {
        row.lastMessage = rowOf(*pending, changes);
        row.hasLastMessage = true;
    } else {
        // The server's word for the newest counts only while its row is not held, or lies in a hole.
        std::optional<Message> newest = m_store.messages().newestLive(id);
        const std::optional<Message> &named = stored->lastMessage;
        if (named && (named->id > stored->cursor || m_store.messages().isInHole(id, named->id)) &&
            (!newest || newest->id < named->id))
            newest = named;
        if (newest) {
            row.lastMessage = rowOf(*newest, changes);
            row.hasLastMessage = true;
        }
    }
    row.lastActivity = row.hasLastMessage ? row.lastMessage.createdAt : stored->conversation.createdAt;

    const std::optional<ReadMark> mark = m_store.notes().readMark(id);
    row.unread = unread(*stored, m_store.messages().holes(id));
    row.markedUnread = mark ? mark->markUnread : stored->membership.markedUnread;
    row.failedCount = m_store.outbox().count(id, true);
    row.pendingCount = m_store.outbox().count(id, false);
    row.draft = m_store.notes().draft(id);
    row.others = m_store.people().furthest(id, me);
    return row;
}

QList<ConversationRow> RowReader::conversations()
{
    QList<ConversationRow> rows;
    for (const ConversationId &id : m_store.conversations().ids()) {
        if (const auto row = conversation(id))
            rows.append(*row);
    }
    return rows;
}

QList<MemberRow> RowReader::members(ConversationId conversationId)
{
    QList<MemberRow> rows;
    for (const Member &member : m_store.people().members(conversationId)) {
        MemberRow row;
        row.member = member;
        row.user = m_store.people().user(member.userId).value_or(User{});
        row.user.id = member.userId;
        row.reached = m_store.people().reached(conversationId, member.userId);
        rows.append(row);
    }
    return rows;
}

std::optional<MemberRow> RowReader::member(ConversationId conversationId, UserId userId)
{
    const std::optional<Member> member = m_store.people().member(conversationId, userId);
    if (!member)
        return std::nullopt;
    MemberRow row;
    row.member = *member;
    row.user = m_store.people().user(userId).value_or(User{});
    row.user.id = userId;
    row.reached = m_store.people().reached(conversationId, userId);
    return row;
}

MessageId RowReader::readUpTo(const StoredConversation &row)
{
    const std::optional<ReadMark> mark = m_store.notes().readMark(row.conversation.id);
    return qMax(row.membership.readUpTo, mark ? mark->messageId : 0);
}

// Where everything above the read position is held, it is counted. Otherwise the server's number stands as of the
// revision it was counted at, less what was read or deleted since and more what came since. It is never changed by
// events: the same number may come again after them.
int RowReader::unread(const StoredConversation &row, const QList<Hole> &holes)
{
    const ConversationId id = row.conversation.id;
    const UserId me = m_store.me().id;
    const MessageId read = readUpTo(row);
    const bool holesAbove =
        std::any_of(holes.begin(), holes.end(), [read](const Hole &hole) { return hole.before - 1 > read; });
    const bool isWhole = row.cursor > 0 && row.catchUpBase < 0 && row.cursor >= row.head && !holesAbove;
    if (isWhole)
        return m_store.messages().countOthers(id, me, read, kUnreadCap);

    MessageTable &messages = m_store.messages();
    const MessageId told = row.membership.readUpTo;
    qint64 count = 0;
    if (read < row.unreadAt) {
        count = row.membership.unread - messages.countDeletedSince(id, me, told, row.unreadAt) -
                messages.countOthersBetween(id, me, told, read, kUnreadCap);
    }
    count = qMax<qint64>(0, count) + messages.countOthers(id, me, qMax(read, row.unreadAt), kUnreadCap);
    return static_cast<int>(qMin<qint64>(count, kUnreadCap));
}

QString RowReader::nameOf(UserId id)
{
    const std::optional<User> user = m_store.people().user(id);
    return user ? user->displayName : QString();
}

} // namespace confab::client
