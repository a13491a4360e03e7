// SPDX-License-Identifier: MIT
#include "client-sdk/src/models/TimelineModelPrivate.h"

#include <Confab/WhenDone.h>
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

TimelineModelPrivate::TimelineModelPrivate(TimelineModel &model) : q(model), rows(model), m_zone(currentZone())
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
                         [this, ours](ConversationId id, const QList<TimelineRow> &changed) {
                             if (ours(id))
                                 upsert(changed);
                         });
        QObject::connect(source, &ModelSource::timelineRowsRemoved, &q,
                         [this, ours](ConversationId id, const QStringList &keys) {
                             if (ours(id))
                                 rows.removeKeys(keys);
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
        QObject::connect(source, &ModelSource::othersReached, &q,
                         [this, ours](ConversationId id, const Reached &reached) {
                             if (ours(id))
                                 setOthers(reached);
                         });
        QObject::connect(source, &ModelSource::typingChanged, &q, [this](ConversationId id) {
            if (id == conversationId)
                Q_EMIT q.typingNamesChanged();
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
    Q_EMIT q.typingNamesChanged();
    reload();
}

void TimelineModelPrivate::clear()
{
    ++m_generation;
    q.beginResetModel();
    const bool had = !rows.items.isEmpty();
    rows.items.clear();
    m_holes.clear();
    rows.olderExist = false;
    m_readerIsUp = false;
    rows.others = {};
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
    whenDone(source->loadTimeline(conversationId, 0, kFirstPage), &q,
             [this, generation](const Result<TimelineSlice> &slice) {
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
    rows.items.clear();
    rows.items.reserve(slice.rows.size());
    for (const TimelineRow &row : slice.rows)
        rows.items.append(itemOf(row));
    m_holes = slice.holes;
    rows.olderExist = slice.more;
    m_readerIsUp = false;
    rows.others = slice.others;
    atNewest = true;
    if (first) {
        const bool unread = std::any_of(slice.rows.begin(), slice.rows.end(), [&](const TimelineRow &row) {
            return row.state == DeliveryState::Received && !row.deleted && row.messageId > slice.readUpTo;
        });
        rows.unreadAboveId = unread ? slice.readUpTo : -1;
    }
    const QList<Hole> holes = visibleHoles();
    for (const Hole &hole : holes) {
        const TimelineItem item = TimelineItem::ofHole(hole);
        rows.items.insert(rows.insertionRow(item), item);
    }
    rows.settle();
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
    const int oldest = rows.oldestRow();
    m_readerIsUp = true;
    if (!rows.olderExist) {
        if (oldest >= 0 && rows.items.at(oldest).isHole)
            fillHole(oldest);
        return;
    }
    qint64 before = 0;
    if (oldest >= 0)
        before =
            rows.items.at(oldest).isHole ? rows.items.at(oldest).hole.after + 1 : rows.items.at(oldest).row.position;
    setLoading(true);
    whenDone(source->loadTimeline(conversationId, before, kPage), &q,
             [this, generation = m_generation](const Result<TimelineSlice> &slice) {
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
    rows.others = furthestOf(rows.others, slice.others);
    QList<TimelineItem> fresh;
    for (const TimelineRow &row : slice.rows) {
        if (rows.rowOf(row.key) < 0)
            fresh.append(itemOf(row));
    }
    rows.insertNew(std::move(fresh));
    rows.olderExist = slice.more;
    showHoles();
    dropNewestSurplus();
    updateEnds();
    askForNames();
}

void TimelineModelPrivate::loadNewer()
{
    if (!source || !loaded || loading || atNewest)
        return;
    const int newest = rows.newestServerRow();
    if (newest < 0) {
        reload();
        return;
    }
    m_readerIsUp = false;
    setLoading(true);
    whenDone(source->loadTimelineAfter(conversationId, rows.items.at(newest).row.position, kPage), &q,
             [this, generation = m_generation](const Result<TimelineSlice> &slice) {
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
    rows.others = furthestOf(rows.others, slice.others);
    QList<TimelineItem> fresh;
    for (const TimelineRow &row : slice.rows) {
        if (rows.rowOf(row.key) < 0)
            fresh.append(itemOf(row));
    }
    const bool reached = slice.rows.size() < limit;
    rows.insertNew(std::move(fresh));
    if (reached && !std::exchange(atNewest, true))
        Q_EMIT q.atNewestChanged();
    showHoles();
    dropOldestSurplus();
    updateEnds();
    askForNames();
}

void TimelineModelPrivate::fillHole(int row)
{
    if (!source || row < 0 || row >= rows.items.size() || !rows.items.at(row).isHole || rows.items.at(row).holeLoading)
        return;
    const QString key = rows.items.at(row).row.key;
    const Hole hole = rows.items.at(row).hole;
    updateHole(key, true, {});
    whenDone(source->fillHole(conversationId, hole), &q,
             [this, key, generation = m_generation](const Result<Done> &filled) {
                 if (generation == m_generation)
                     updateHole(key, false, filled ? QString() : filled.error().message);
             });
}

void TimelineModelPrivate::updateHole(const QString &key, bool holeLoading, const QString &error)
{
    const int row = rows.rowOf(key);
    if (row < 0)
        return;
    TimelineItem item = rows.items.at(row);
    item.holeLoading = holeLoading;
    item.holeError = error;
    rows.replace(row, std::move(item));
}

void TimelineModelPrivate::refillFailedHoles()
{
    for (int row = 0; row < rows.items.size(); ++row) {
        if (rows.items.at(row).isHole && !rows.items.at(row).holeError.isEmpty())
            fillHole(row);
    }
}

void TimelineModelPrivate::upsert(const QList<TimelineRow> &changed)
{
    QList<TimelineItem> fresh;
    for (const TimelineRow &row : changed) {
        TimelineItem item = itemOf(row);
        const int known = rows.rowOf(row.key);
        if (known >= 0)
            rows.replace(known, std::move(item));
        else if (isInWindow(item))
            fresh.append(std::move(item));
    }
    rows.announce(rows.settle());
    rows.insertNew(std::move(fresh));
    if (rows.items.size() > kWindowWithLiveRows) {
        if (m_readerIsUp)
            dropNewestSurplus();
        else
            dropOldestSurplus();
        updateEnds();
    }
    askForNames();
}

/// The holes that lie within what the window shows.
QList<Hole> TimelineModelPrivate::visibleHoles() const
{
    qint64 oldest = std::numeric_limits<qint64>::max();
    qint64 newest = 0;
    for (const TimelineItem &item : rows.items) {
        if (item.isHole)
            continue;
        oldest = qMin(oldest, item.row.position);
        newest = qMax(newest, item.row.position);
    }
    QList<Hole> visible;
    for (const Hole &hole : m_holes) {
        const bool notTooOld = !rows.olderExist || hole.before >= oldest;
        const bool notTooNew = atNewest || hole.before <= newest;
        if (!hole.isNull() && notTooOld && notTooNew)
            visible.append(hole);
    }
    return visible;
}

void TimelineModelPrivate::showHoles()
{
    QList<Hole> wanted = visibleHoles();
    for (int row = static_cast<int>(rows.items.size()) - 1; row >= 0; --row) {
        if (!rows.items.at(row).isHole)
            continue;
        const qint64 after = rows.items.at(row).hole.after;
        const auto same =
            std::find_if(wanted.begin(), wanted.end(), [after](const Hole &hole) { return hole.after == after; });
        if (same == wanted.end()) {
            rows.removeRange(row, row);
            continue;
        }
        if (rows.items.at(row).hole != *same) {
            TimelineItem item = TimelineItem::ofHole(*same);
            item.holeLoading = rows.items.at(row).holeLoading;
            item.holeError = rows.items.at(row).holeError;
            rows.replace(row, std::move(item));
        }
        wanted.erase(same);
    }
    QList<TimelineItem> fresh;
    for (const Hole &hole : wanted)
        fresh.append(TimelineItem::ofHole(hole));
    rows.insertNew(std::move(fresh));
}

void TimelineModelPrivate::setOthers(const Reached &reached)
{
    const Reached furthest = furthestOf(rows.others, reached);
    if (furthest == rows.others)
        return;
    rows.others = furthest;
    rows.announce(rows.settle());
}

void TimelineModelPrivate::applyUsers(const QList<User> &users)
{
    for (const User &user : users) {
        m_names.insert(user.id, user.displayName);
        for (int row = 0; row < rows.items.size(); ++row) {
            TimelineItem &item = rows.items[row];
            if (item.isHole || item.row.senderId != user.id || item.row.senderName == user.displayName)
                continue;
            item.row.senderName = user.displayName;
            rows.announce({{row, {static_cast<int>(TimelineModel::Role::SenderName)}}});
        }
    }
}

/// Asks once for each sender whose name did not come with the rows.
void TimelineModelPrivate::askForNames()
{
    QList<UserId> unknown;
    for (const TimelineItem &item : std::as_const(rows.items)) {
        if (item.isHole || !item.row.senderName.isEmpty() || m_askedNames.contains(item.row.senderId))
            continue;
        m_askedNames.insert(item.row.senderId);
        unknown.append(item.row.senderId);
    }
    if (unknown.isEmpty() || !source)
        return;
    whenDone(source->loadUsers(unknown), &q, [this](const Result<QList<User>> &users) {
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
    const int surplus = static_cast<int>(rows.items.size()) - kWindow;
    if (surplus <= 0)
        return;
    if (std::exchange(atNewest, false))
        Q_EMIT q.atNewestChanged();
    rows.removeRange(0, surplus - 1);
}

void TimelineModelPrivate::dropOldestSurplus()
{
    if (rows.items.size() <= kWindow)
        return;
    rows.olderExist = true;
    rows.removeRange(kWindow, static_cast<int>(rows.items.size()) - 1);
}

void TimelineModelPrivate::updateEnds()
{
    const int oldest = rows.oldestRow();
    const bool now = loaded && !rows.olderExist && (oldest < 0 || !rows.items.at(oldest).isHole);
    if (std::exchange(atOldest, now) != now)
        Q_EMIT q.atOldestChanged();
}

void TimelineModelPrivate::refreshLocalDays()
{
    const QByteArray zone = currentZone();
    if (std::exchange(m_zone, zone) == zone)
        return;
    rows.announce(rows.settle());
    if (!rows.items.isEmpty())
        Q_EMIT q.dataChanged(q.index(0), q.index(static_cast<int>(rows.items.size()) - 1),
                             {static_cast<int>(TimelineModel::Role::CreatedAt)});
}

/// Whether a row that was changed belongs to the stretch the window holds; others are loaded when the reader gets
/// there.
bool TimelineModelPrivate::isInWindow(const TimelineItem &item) const
{
    const int newest = rows.newestServerRow();
    if (!atNewest && (newest < 0 || item.isNewerThan(rows.items.at(newest))))
        return false;
    const int oldest = rows.oldestRow();
    if (!rows.olderExist || oldest < 0)
        return true;
    const TimelineItem &end = rows.items.at(oldest);
    return item.row.position > (end.isHole ? end.hole.after : end.row.position);
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
    if (std::exchange(rows.unreadAboveId, id) != id)
        Q_EMIT q.unreadAboveIdChanged();
}

} // namespace confab::client
