// SPDX-License-Identifier: MIT
#include "client-sdk/src/models/TimelineModelPrivate.h"

#include <QtCore/QTimeZone>

#include <algorithm>

namespace confab::client {

using namespace std::chrono_literals;

namespace {
constexpr int kFirstPage = 60;
constexpr int kPage = 100;
constexpr int kWindow = 500;
/// Live rows may let the window grow to this before its far end is let go.
constexpr int kWindowWithLiveRows = 2 * kWindow;

QByteArray currentZone()
{
    const int offset = QDateTime::currentDateTime().offsetFromUtc();
    return QTimeZone::systemTimeZoneId() + ' ' + QByteArray::number(offset);
}
} // namespace

TimelineModelPrivate::TimelineModelPrivate(TimelineModel &model) : q(model), m_zone(currentZone())
{
    m_zoneTimer.setInterval(60s);
    m_zoneTimer.setTimerType(Qt::VeryCoarseTimer);
    QObject::connect(&m_zoneTimer, &QTimer::timeout, &q, [this] { refreshLocalDays(); });
    m_zoneTimer.start();
}

void TimelineModelPrivate::listenTo(ModelSource *newSource)
{
    if (source == newSource)
        return;
    if (source)
        source->disconnect(&q);
    source = newSource;
    m_names.clear();
    m_askedNames.clear();
    if (source) {
        const auto ours = [this](ConversationId id) { return loaded && id == conversationId; };
        QObject::connect(source, &ModelSource::timelineRowsChanged, &q,
                         [this, ours](ConversationId id, const QList<TimelineRow> &rows) {
                             if (ours(id))
                                 upsert(rows);
                         });
        QObject::connect(source, &ModelSource::timelineRowsRemoved, &q,
                         [this, ours](ConversationId id, const QStringList &keys) {
                             if (ours(id))
                                 removeKeys(keys);
                         });
        QObject::connect(source, &ModelSource::holesChanged, &q,
                         [this, ours](ConversationId id, const QList<Hole> &holes) {
                             if (ours(id)) {
                                 m_holes = holes;
                                 showHoles();
                                 updateEnds();
                             }
                         });
        QObject::connect(source, &ModelSource::timelineReset, &q, [this](ConversationId id) {
            if (id == conversationId)
                reload();
        });
        QObject::connect(source, &ModelSource::othersReadUpToChanged, &q,
                         [this, ours](ConversationId id, MessageId messageId) {
                             if (ours(id))
                                 setOthersReadUpTo(messageId);
                         });
        QObject::connect(source, &ModelSource::usersChanged, &q,
                         [this](const QList<User> &users) { applyUsers(users); });
    }
    start();
}

void TimelineModelPrivate::start()
{
    clear();
    setUnreadAboveId(-1);
    saidReadUpTo = 0;
    reload();
}

void TimelineModelPrivate::clear()
{
    ++m_generation;
    q.beginResetModel();
    const bool had = !items.isEmpty();
    items.clear();
    m_holes.clear();
    m_storeHasOlder = false;
    m_readerIsUp = false;
    m_othersReadUpTo = 0;
    q.endResetModel();
    if (had)
        Q_EMIT q.countChanged();
    if (std::exchange(loaded, false))
        Q_EMIT q.loadedChanged();
    if (!std::exchange(atNewest, true))
        Q_EMIT q.atNewestChanged();
    setLoading(false);
    setLoadError({});
    updateEnds();
}

void TimelineModelPrivate::reload()
{
    const quint64 generation = ++m_generation;
    if (!source || conversationId.isNull()) {
        setLoading(false);
        return;
    }
    setLoading(true);
    source->loadTimeline(conversationId, 0, kFirstPage)
        .then(&q, [this, generation](const Result<TimelineSlice> &slice) {
            if (generation != m_generation)
                return;
            if (slice)
                showFirst(*slice);
            setLoadError(slice ? QString() : slice.error().message);
            setLoading(false);
        });
}

void TimelineModelPrivate::showFirst(const TimelineSlice &slice)
{
    const bool first = !loaded;
    q.beginResetModel();
    items.clear();
    items.reserve(slice.rows.size());
    for (const TimelineRow &row : slice.rows)
        items.append(itemOf(row));
    m_holes = slice.holes;
    m_storeHasOlder = slice.more;
    m_readerIsUp = false;
    m_othersReadUpTo = slice.othersReadUpTo;
    atNewest = true;
    if (first) {
        const bool unread = std::any_of(slice.rows.begin(), slice.rows.end(), [&](const TimelineRow &row) {
            return row.state == DeliveryState::Received && !row.deleted && row.messageId > slice.readUpTo;
        });
        unreadAboveId = unread ? slice.readUpTo : -1;
    }
    const QList<Hole> holes = visibleHoles();
    for (const Hole &hole : holes) {
        const TimelineItem item = TimelineItem::ofHole(hole);
        items.insert(insertionRow(item), item);
    }
    settleRows();
    loaded = true;
    q.endResetModel();
    Q_EMIT q.countChanged();
    Q_EMIT q.atNewestChanged();
    if (first) {
        Q_EMIT q.loadedChanged();
        Q_EMIT q.unreadAboveIdChanged();
    }
    updateEnds();
    askForNames();
}

void TimelineModelPrivate::loadOlder()
{
    if (!source || !loaded || loading)
        return;
    const int oldest = oldestRow();
    m_readerIsUp = true;
    if (!m_storeHasOlder) {
        if (oldest >= 0 && items.at(oldest).isHole)
            fillHole(oldest);
        return;
    }
    qint64 before = 0;
    if (oldest >= 0)
        before = items.at(oldest).isHole ? items.at(oldest).hole.after + 1 : items.at(oldest).row.position;
    setLoading(true);
    source->loadTimeline(conversationId, before, kPage)
        .then(&q, [this, generation = m_generation](const Result<TimelineSlice> &slice) {
            if (generation != m_generation)
                return;
            if (slice)
                addOlder(*slice);
            setLoadError(slice ? QString() : slice.error().message);
            setLoading(false);
        });
}

void TimelineModelPrivate::addOlder(const TimelineSlice &slice)
{
    m_holes = slice.holes;
    m_othersReadUpTo = qMax(m_othersReadUpTo, slice.othersReadUpTo);
    QList<TimelineItem> fresh;
    for (const TimelineRow &row : slice.rows) {
        if (rowOf(row.key) < 0)
            fresh.append(itemOf(row));
    }
    insertNew(std::move(fresh));
    m_storeHasOlder = slice.more;
    showHoles();
    dropNewestSurplus();
    updateEnds();
    askForNames();
}

void TimelineModelPrivate::loadNewer()
{
    if (!source || !loaded || loading || atNewest)
        return;
    const int newest = newestServerRow();
    if (newest < 0) {
        reload();
        return;
    }
    m_readerIsUp = false;
    setLoading(true);
    source->loadTimelineAfter(conversationId, items.at(newest).row.position, kPage)
        .then(&q, [this, generation = m_generation](const Result<TimelineSlice> &slice) {
            if (generation != m_generation)
                return;
            if (slice)
                addNewer(*slice, kPage);
            setLoadError(slice ? QString() : slice.error().message);
            setLoading(false);
        });
}

void TimelineModelPrivate::addNewer(const TimelineSlice &slice, int limit)
{
    m_holes = slice.holes;
    m_othersReadUpTo = qMax(m_othersReadUpTo, slice.othersReadUpTo);
    QList<TimelineItem> fresh;
    for (const TimelineRow &row : slice.rows) {
        if (rowOf(row.key) < 0)
            fresh.append(itemOf(row));
    }
    const bool reached = slice.rows.size() < limit;
    insertNew(std::move(fresh));
    if (reached && !std::exchange(atNewest, true))
        Q_EMIT q.atNewestChanged();
    showHoles();
    dropOldestSurplus();
    updateEnds();
    askForNames();
}

void TimelineModelPrivate::fillHole(int row)
{
    if (!source || row < 0 || row >= items.size() || !items.at(row).isHole || items.at(row).holeLoading)
        return;
    const QString key = items.at(row).row.key;
    const Hole hole = items.at(row).hole;
    updateHole(key, true, {});
    source->fillHole(conversationId, hole).then(&q, [this, key, generation = m_generation](const Result<Done> &filled) {
        if (generation == m_generation)
            updateHole(key, false, filled ? QString() : filled.error().message);
    });
}

void TimelineModelPrivate::updateHole(const QString &key, bool holeLoading, const QString &error)
{
    const int row = rowOf(key);
    if (row < 0)
        return;
    TimelineItem item = items.at(row);
    item.holeLoading = holeLoading;
    item.holeError = error;
    replace(row, std::move(item));
}

void TimelineModelPrivate::refillFailedHoles()
{
    for (int row = 0; row < items.size(); ++row) {
        if (items.at(row).isHole && !items.at(row).holeError.isEmpty())
            fillHole(row);
    }
}

void TimelineModelPrivate::upsert(const QList<TimelineRow> &rows)
{
    QList<TimelineItem> fresh;
    for (const TimelineRow &row : rows) {
        TimelineItem item = itemOf(row);
        const int known = rowOf(row.key);
        if (known >= 0)
            replace(known, std::move(item));
        else if (isInWindow(item))
            fresh.append(std::move(item));
    }
    announce(settleRows());
    insertNew(std::move(fresh));
    if (items.size() > kWindowWithLiveRows) {
        if (m_readerIsUp)
            dropNewestSurplus();
        else
            dropOldestSurplus();
        updateEnds();
    }
    askForNames();
}

/// Inserts rows that the window does not hold yet, neighbours together.
void TimelineModelPrivate::insertNew(QList<TimelineItem> fresh)
{
    if (fresh.isEmpty())
        return;
    std::stable_sort(fresh.begin(), fresh.end(),
                     [](const TimelineItem &a, const TimelineItem &b) { return a.isNewerThan(b); });
    qsizetype next = 0;
    while (next < fresh.size()) {
        const int first = insertionRow(fresh.at(next));
        qsizetype end = next + 1;
        while (end < fresh.size() && insertionRow(fresh.at(end)) == first)
            ++end;
        const int last = first + static_cast<int>(end - next) - 1;
        q.beginInsertRows({}, first, last);
        items.insert(first, end - next, {});
        std::move(fresh.begin() + next, fresh.begin() + end, items.begin() + first);
        const QList<RowChange> changes = settleRows();
        q.endInsertRows();
        announce(changes, first, last);
        next = end;
    }
    Q_EMIT q.countChanged();
}

/// Puts a newer version of a row in its place, which may be another one. What it means for its neighbours is settled
/// by the caller, once for all rows.
void TimelineModelPrivate::replace(int row, TimelineItem item)
{
    const TimelineItem before = items.at(row);
    item.layout = before.layout;
    item.firstUnread = before.firstUnread;
    item.state = item.isHole ? before.state : stateOf(item.row, m_othersReadUpTo);
    const int target = insertionRow(item, row);
    if (target != row) {
        q.beginMoveRows({}, row, row, {}, target > row ? target + 1 : target);
        items.move(row, target);
        items[target].row.position = item.row.position;
        items[target].hole = item.hole;
        const QList<RowChange> changes = settleRows();
        q.endMoveRows();
        announce(changes);
        item.layout = items.at(target).layout;
        item.firstUnread = items.at(target).firstUnread;
    }
    const QList<int> roles = changedRoles(items.at(target), item);
    items[target] = std::move(item);
    if (!roles.isEmpty())
        announce({{target, roles}});
}

void TimelineModelPrivate::removeRange(int first, int last)
{
    if (first > last)
        return;
    q.beginRemoveRows({}, first, last);
    items.remove(first, last - first + 1);
    const QList<RowChange> changes = settleRows();
    q.endRemoveRows();
    announce(changes);
    Q_EMIT q.countChanged();
}

void TimelineModelPrivate::removeKeys(const QStringList &keys)
{
    for (const QString &key : keys) {
        const int row = rowOf(key);
        if (row >= 0)
            removeRange(row, row);
    }
}

/// The holes that lie within what the window shows.
QList<Hole> TimelineModelPrivate::visibleHoles() const
{
    qint64 oldest = std::numeric_limits<qint64>::max();
    qint64 newest = 0;
    for (const TimelineItem &item : items) {
        if (item.isHole)
            continue;
        oldest = qMin(oldest, item.row.position);
        newest = qMax(newest, item.row.position);
    }
    QList<Hole> visible;
    for (const Hole &hole : m_holes) {
        const bool notTooOld = !m_storeHasOlder || hole.before >= oldest;
        const bool notTooNew = atNewest || hole.before <= newest;
        if (!hole.isNull() && notTooOld && notTooNew)
            visible.append(hole);
    }
    return visible;
}

void TimelineModelPrivate::showHoles()
{
    QList<Hole> wanted = visibleHoles();
    for (int row = static_cast<int>(items.size()) - 1; row >= 0; --row) {
        if (!items.at(row).isHole)
            continue;
        const qint64 after = items.at(row).hole.after;
        const auto same =
            std::find_if(wanted.begin(), wanted.end(), [after](const Hole &hole) { return hole.after == after; });
        if (same == wanted.end()) {
            removeRange(row, row);
            continue;
        }
        if (items.at(row).hole != *same) {
            TimelineItem item = TimelineItem::ofHole(*same);
            item.holeLoading = items.at(row).holeLoading;
            item.holeError = items.at(row).holeError;
            replace(row, std::move(item));
        }
        wanted.erase(same);
    }
    QList<TimelineItem> fresh;
    for (const Hole &hole : wanted)
        fresh.append(TimelineItem::ofHole(hole));
    insertNew(std::move(fresh));
}

void TimelineModelPrivate::setOthersReadUpTo(MessageId messageId)
{
    if (messageId <= m_othersReadUpTo)
        return;
    m_othersReadUpTo = messageId;
    announce(settleRows());
}

void TimelineModelPrivate::applyUsers(const QList<User> &users)
{
    for (const User &user : users) {
        m_names.insert(user.id, user.displayName);
        for (int row = 0; row < items.size(); ++row) {
            TimelineItem &item = items[row];
            if (item.isHole || item.row.senderId != user.id || item.row.senderName == user.displayName)
                continue;
            item.row.senderName = user.displayName;
            announce({{row, {static_cast<int>(TimelineModel::Role::SenderName)}}});
        }
    }
}

/// Asks once for each sender whose name did not come with the rows.
void TimelineModelPrivate::askForNames()
{
    QList<UserId> unknown;
    for (const TimelineItem &item : std::as_const(items)) {
        if (item.isHole || !item.row.senderName.isEmpty() || m_askedNames.contains(item.row.senderId))
            continue;
        m_askedNames.insert(item.row.senderId);
        unknown.append(item.row.senderId);
    }
    if (unknown.isEmpty() || !source)
        return;
    source->loadUsers(unknown).then(&q, [this](const Result<QList<User>> &users) {
        if (users)
            applyUsers(*users);
    });
}

/// The row with the name that came without it.
TimelineItem TimelineModelPrivate::itemOf(const TimelineRow &row) const
{
    TimelineItem item;
    item.row = row;
    if (row.senderName.isEmpty())
        item.row.senderName = m_names.value(row.senderId);
    return item;
}

void TimelineModelPrivate::dropNewestSurplus()
{
    const int surplus = static_cast<int>(items.size()) - kWindow;
    if (surplus <= 0)
        return;
    if (std::exchange(atNewest, false))
        Q_EMIT q.atNewestChanged();
    removeRange(0, surplus - 1);
}

void TimelineModelPrivate::dropOldestSurplus()
{
    if (items.size() <= kWindow)
        return;
    m_storeHasOlder = true;
    removeRange(kWindow, static_cast<int>(items.size()) - 1);
}

void TimelineModelPrivate::updateEnds()
{
    const int oldest = oldestRow();
    const bool now = loaded && !m_storeHasOlder && (oldest < 0 || !items.at(oldest).isHole);
    if (std::exchange(atOldest, now) != now)
        Q_EMIT q.atOldestChanged();
}

QList<TimelineModelPrivate::RowChange> TimelineModelPrivate::settleRows()
{
    QList<LayoutInput> inputs;
    inputs.reserve(items.size());
    for (const TimelineItem &item : std::as_const(items))
        inputs.append({item.row.senderId, item.row.createdAt, item.isHole});
    const QList<RowLayout> layouts = layoutOf(inputs);

    int firstUnread = -1;
    bool olderIsKnown = !m_storeHasOlder;
    for (int row = static_cast<int>(items.size()) - 1; unreadAboveId >= 0 && row >= 0; --row) {
        const TimelineItem &item = items.at(row);
        if (item.isHole || item.row.messageId == 0)
            continue;
        if (item.row.messageId <= unreadAboveId) {
            olderIsKnown = true;
        } else if (item.row.state == DeliveryState::Received && !item.row.deleted) {
            firstUnread = olderIsKnown ? row : -1;
            break;
        }
    }

    QList<RowChange> changes;
    for (int row = 0; row < items.size(); ++row) {
        TimelineItem &item = items[row];
        TimelineItem settled = item;
        settled.layout = layouts.at(row);
        settled.firstUnread = row == firstUnread;
        if (!item.isHole)
            settled.state = stateOf(item.row, m_othersReadUpTo);
        const QList<int> roles = changedRoles(item, settled);
        if (roles.isEmpty())
            continue;
        item = std::move(settled);
        changes.append({row, roles});
    }
    return changes;
}

/// Tells views what changed: neighbours with the same roles together, rows from exceptFirst to exceptLast not at all.
void TimelineModelPrivate::announce(const QList<RowChange> &changes, int exceptFirst, int exceptLast)
{
    for (qsizetype i = 0; i < changes.size(); ++i) {
        const RowChange &change = changes.at(i);
        if (change.row >= exceptFirst && change.row <= exceptLast)
            continue;
        int last = change.row;
        while (i + 1 < changes.size() && changes.at(i + 1).row == last + 1 && changes.at(i + 1).roles == change.roles &&
               (last + 1 < exceptFirst || last + 1 > exceptLast)) {
            ++last;
            ++i;
        }
        Q_EMIT q.dataChanged(q.index(change.row), q.index(last), change.roles);
    }
}

void TimelineModelPrivate::refreshLocalDays()
{
    const QByteArray zone = currentZone();
    if (std::exchange(m_zone, zone) == zone)
        return;
    announce(settleRows());
    if (!items.isEmpty())
        Q_EMIT q.dataChanged(q.index(0), q.index(static_cast<int>(items.size()) - 1),
                             {static_cast<int>(TimelineModel::Role::CreatedAt)});
}

int TimelineModelPrivate::rowOf(const QString &key) const
{
    for (int row = 0; row < items.size(); ++row) {
        if (items.at(row).row.key == key)
            return row;
    }
    return -1;
}

const TimelineItem *TimelineModelPrivate::find(const QString &key) const
{
    const int row = rowOf(key);
    return row < 0 ? nullptr : &items.at(row);
}

/// Whether a row that was changed belongs to the stretch the window holds; others are loaded when the reader gets
/// there.
bool TimelineModelPrivate::isInWindow(const TimelineItem &item) const
{
    const int newest = newestServerRow();
    if (!atNewest && (newest < 0 || item.isNewerThan(items.at(newest))))
        return false;
    const int oldest = oldestRow();
    if (!m_storeHasOlder || oldest < 0)
        return true;
    const TimelineItem &end = items.at(oldest);
    return item.row.position > (end.isHole ? end.hole.after : end.row.position);
}

/// The row at which an item belongs, once the one at ignoredRow is taken away.
int TimelineModelPrivate::insertionRow(const TimelineItem &item, int ignoredRow) const
{
    int row = 0;
    for (int i = 0; i < items.size(); ++i) {
        if (i == ignoredRow)
            continue;
        if (item.isNewerThan(items.at(i)))
            break;
        ++row;
    }
    return row;
}

int TimelineModelPrivate::newestServerRow() const
{
    for (int row = 0; row < items.size(); ++row) {
        if (!items.at(row).isHole && items.at(row).row.messageId != 0)
            return row;
    }
    return -1;
}

int TimelineModelPrivate::oldestRow() const
{
    return static_cast<int>(items.size()) - 1;
}

void TimelineModelPrivate::setLoading(bool on)
{
    if (std::exchange(loading, on) != on)
        Q_EMIT q.loadingChanged();
}

void TimelineModelPrivate::setLoadError(const QString &text)
{
    if (std::exchange(loadError, text) != text)
        Q_EMIT q.loadErrorChanged();
}

void TimelineModelPrivate::setUnreadAboveId(qint64 id)
{
    if (std::exchange(unreadAboveId, id) != id)
        Q_EMIT q.unreadAboveIdChanged();
}

} // namespace confab::client
