// SPDX-License-Identifier: MIT
#include "client-sdk/src/models/ConversationListModelPrivate.h"

#include "client-sdk/src/models/Roles.h"
#include "client-sdk/src/models/TimelineItem.h"
#include <Confab/WhenDone.h>

#include <algorithm>

namespace confab::client {

using Role = ConversationListModel::Role;

namespace {
/// Letter case and combining marks aside.
QString folded(const QString &text)
{
    const QString decomposed = text.normalized(QString::NormalizationForm_KD).toCaseFolded();
    QString plain;
    plain.reserve(decomposed.size());
    for (const QChar c : decomposed) {
        if (!c.isMark())
            plain.append(c);
    }
    return plain;
}
} // namespace

void ConversationListModelPrivate::listenTo(ModelSource *newSource)
{
    if (source == newSource)
        return;
    if (source)
        source->disconnect(&q);
    source = newSource;
    m_names.clear();
    m_askedNames.clear();
    clear();
    if (!source)
        return;
    QObject::connect(source, &ModelSource::conversationsChanged, &q, [this](const QList<ConversationRow> &rows) {
        if (loaded)
            upsert(rows);
    });
    QObject::connect(source, &ModelSource::conversationsRemoved, &q, [this](const QList<ConversationId> &ids) {
        if (loaded)
            remove(ids);
    });
    QObject::connect(source, &ModelSource::conversationsReset, &q, [this] {
        clear();
        load();
    });
    QObject::connect(source, &ModelSource::usersChanged, &q, [this](const QList<User> &users) { applyUsers(users); });
    QObject::connect(source, &ModelSource::typingChanged, &q, [this](ConversationId id) {
        tellChanged(id, {Role::TypingCount, Role::TypingName});
    });
    load();
}

void ConversationListModelPrivate::load()
{
    const quint64 generation = ++m_generation;
    whenDone(source->loadConversations(), &q, [this, generation](const Result<QList<ConversationRow>> &rows) {
        if (generation != m_generation || !rows)
            return;
        q.beginResetModel();
        all.clear();
        shown.clear();
        for (const ConversationRow &found : *rows) {
            const ConversationRow row = named(found);
            all.insert(row.conversation.id, row);
            if (matches(row))
                shown.append(row.conversation.id);
        }
        std::sort(shown.begin(), shown.end(), [this](ConversationId a, ConversationId b) {
            return isBefore(*all.constFind(a), *all.constFind(b));
        });
        loaded = true;
        q.endResetModel();
        Q_EMIT q.countChanged();
        Q_EMIT q.loadedChanged();
        countUnread();
        askForNames();
    });
}

void ConversationListModelPrivate::clear()
{
    ++m_generation;
    q.beginResetModel();
    all.clear();
    shown.clear();
    q.endResetModel();
    Q_EMIT q.countChanged();
    if (std::exchange(loaded, false))
        Q_EMIT q.loadedChanged();
    countUnread();
}

void ConversationListModelPrivate::upsert(const QList<ConversationRow> &rows)
{
    for (const ConversationRow &row : rows) {
        show(named(row));
        Q_EMIT q.conversationChanged(row.conversation.id.toString());
    }
    countUnread();
    askForNames();
}

/// Stores a row and brings what is shown into line: one insert, move, removal or change of data.
void ConversationListModelPrivate::show(ConversationRow row)
{
    const ConversationId id = row.conversation.id;
    const int from = shownRowOf(id);
    const bool wanted = matches(row);
    if (from < 0) {
        all.insert(id, row);
        if (!wanted)
            return;
        const int at = insertionRow(row);
        q.beginInsertRows({}, at, at);
        shown.insert(at, id);
        q.endInsertRows();
        Q_EMIT q.countChanged();
        return;
    }
    if (!wanted) {
        hide(from);
        all.insert(id, row);
        return;
    }
    const ConversationRow before = all.value(id);
    const int to = insertionRow(row);
    if (from != to) {
        q.beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
        shown.move(from, to);
        q.endMoveRows();
    }
    QList<int> roles;
    const QMetaEnum meta = QMetaEnum::fromType<Role>();
    for (int i = 0; i < meta.keyCount(); ++i) {
        const auto role = static_cast<Role>(meta.value(i));
        if (value(before, role) != value(row, role))
            roles.append(meta.value(i));
    }
    all.insert(id, std::move(row));
    if (!roles.isEmpty())
        Q_EMIT q.dataChanged(q.index(to), q.index(to), roles);
}

/// What stands beside a conversation's row has changed.
void ConversationListModelPrivate::tellChanged(ConversationId id, const QList<Role> &changed)
{
    if (!all.contains(id))
        return;
    const int row = shownRowOf(id);
    if (row >= 0) {
        QList<int> roles;
        for (const Role role : changed)
            roles.append(static_cast<int>(role));
        Q_EMIT q.dataChanged(q.index(row), q.index(row), roles);
    }
    Q_EMIT q.conversationChanged(id.toString());
}

void ConversationListModelPrivate::hide(int row)
{
    q.beginRemoveRows({}, row, row);
    shown.removeAt(row);
    q.endRemoveRows();
    Q_EMIT q.countChanged();
}

void ConversationListModelPrivate::remove(const QList<ConversationId> &ids)
{
    for (const ConversationId id : ids) {
        const int row = shownRowOf(id);
        if (row >= 0)
            hide(row);
        if (all.remove(id) > 0)
            Q_EMIT q.conversationGone(id.toString());
    }
    countUnread();
}

void ConversationListModelPrivate::applyUsers(const QList<User> &users)
{
    QSet<UserId> changed;
    for (const User &user : users) {
        if (m_names.value(user.id) == user.displayName)
            continue;
        m_names.insert(user.id, user.displayName);
        changed.insert(user.id);
    }
    if (changed.isEmpty())
        return;
    const QList<ConversationId> ids = all.keys();
    for (const ConversationId id : ids) {
        ConversationRow row = all.value(id);
        const bool other = changed.contains(row.otherUserId);
        const bool sender = row.hasLastMessage && changed.contains(row.lastMessage.senderId);
        if (!other && !sender)
            continue;
        if (other && row.conversation.title.isEmpty())
            row.title = m_names.value(row.otherUserId);
        if (sender)
            row.lastMessage.senderName = m_names.value(row.lastMessage.senderId);
        show(std::move(row));
        Q_EMIT q.conversationChanged(id.toString());
    }
}

void ConversationListModelPrivate::applyFilter(const QString &text)
{
    filter = text;
    m_wanted = folded(text.trimmed());
    for (int row = static_cast<int>(shown.size()) - 1; row >= 0; --row) {
        if (!matches(all.value(shown.at(row))))
            hide(row);
    }
    const QList<ConversationRow> rows = all.values();
    for (const ConversationRow &row : rows) {
        if (shownRowOf(row.conversation.id) < 0)
            show(row);
    }
}

bool ConversationListModelPrivate::matches(const ConversationRow &row) const
{
    return m_wanted.isEmpty() || folded(titleOf(row)).contains(m_wanted);
}

bool ConversationListModelPrivate::isBefore(const ConversationRow &a, const ConversationRow &b) const
{
    if (a.lastActivity != b.lastActivity)
        return a.lastActivity > b.lastActivity;
    return b.conversation.id < a.conversation.id;
}

/// The row at which a conversation belongs, itself aside.
int ConversationListModelPrivate::insertionRow(const ConversationRow &row) const
{
    int at = 0;
    for (const ConversationId id : shown) {
        if (id == row.conversation.id)
            continue;
        if (isBefore(row, *all.constFind(id)))
            break;
        ++at;
    }
    return at;
}

int ConversationListModelPrivate::shownRowOf(ConversationId id) const
{
    return static_cast<int>(shown.indexOf(id));
}

bool ConversationListModelPrivate::isSelf(const ConversationRow &row) const
{
    return source && !row.otherUserId.isNull() && row.otherUserId == source->myId();
}

QString ConversationListModelPrivate::titleOf(const ConversationRow &row) const
{
    if (isSelf(row))
        return ConversationListModel::tr("Notes to self");
    return row.title;
}

/// The row with the names that came without it.
ConversationRow ConversationListModelPrivate::named(ConversationRow row) const
{
    if (row.title.isEmpty())
        row.title = m_names.value(row.otherUserId);
    if (row.hasLastMessage && row.lastMessage.senderName.isEmpty())
        row.lastMessage.senderName = m_names.value(row.lastMessage.senderId);
    return row;
}

/// Asks once for each person whose name did not come with the rows.
void ConversationListModelPrivate::askForNames()
{
    QList<UserId> unknown;
    const auto ask = [this, &unknown](UserId id) {
        if (!id.isNull() && !m_names.contains(id) && !m_askedNames.contains(id)) {
            m_askedNames.insert(id);
            unknown.append(id);
        }
    };
    for (const ConversationRow &row : std::as_const(all)) {
        if (row.title.isEmpty())
            ask(row.otherUserId);
        if (row.hasLastMessage && row.lastMessage.senderName.isEmpty())
            ask(row.lastMessage.senderId);
    }
    if (unknown.isEmpty() || !source)
        return;
    whenDone(source->loadUsers(unknown), &q, [this](const Result<QList<User>> &users) {
        if (users)
            applyUsers(*users);
    });
}

void ConversationListModelPrivate::countUnread()
{
    const auto total = static_cast<int>(std::count_if(
        all.begin(), all.end(), [](const ConversationRow &row) { return row.unread > 0 || row.markedUnread; }));
    if (std::exchange(unreadTotal, total) != total)
        Q_EMIT q.unreadTotalChanged();
}

QVariant ConversationListModelPrivate::value(const ConversationRow &row, Role role) const
{
    const TimelineRow &last = row.lastMessage;
    switch (role) {
    case Role::ConversationId:
        return idText(row.conversation.id);
    case Role::Title:
        return titleOf(row);
    case Role::Kind:
        return wireNameOf(row.conversation.kind);
    case Role::AvatarSeed:
        return row.otherUserId.isNull() ? idText(row.conversation.id) : idText(row.otherUserId);
    case Role::LastMessageText:
        return row.hasLastMessage ? last.text : QString();
    case Role::LastMessageSender:
        return row.hasLastMessage ? last.senderName : QString();
    case Role::LastMessageOwn:
        return row.hasLastMessage && last.state != DeliveryState::Received;
    case Role::LastMessageState:
        return row.hasLastMessage ? nameOf(stateOf(last, row.others)) : QString();
    case Role::LastMessageAt:
        return timeOf(row.lastActivity);
    case Role::UnreadCount:
        return row.unread;
    case Role::MarkedUnread:
        return row.markedUnread;
    case Role::PendingCount:
        return row.pendingCount;
    case Role::FailedCount:
        return row.failedCount;
    case Role::Draft:
        return row.draft;
    case Role::OtherUserId:
        return idText(row.otherUserId);
    case Role::IsSelf:
        return isSelf(row);
    case Role::MemberCount:
        return static_cast<int>(row.conversation.memberCount);
    case Role::MyRole:
        return wireNameOf(row.membership.role);
    case Role::TypingCount:
        return source ? static_cast<int>(source->typing(row.conversation.id).size()) : 0;
    case Role::TypingName:
        return source ? namesOf(source->typing(row.conversation.id)).value(0) : QString();
    }
    return {};
}

} // namespace confab::client
