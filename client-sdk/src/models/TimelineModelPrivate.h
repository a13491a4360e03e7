// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/ModelSource.h"
#include "client-sdk/src/models/TimelineRows.h"
#include <Confab/Client.h>

#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtCore/QTimer>

namespace confab::client {

/// What a TimelineModel loads, hears and lets go of: decides which rows its window holds.
class TimelineModelPrivate
{
public:
    explicit TimelineModelPrivate(TimelineModel &model);

    void listenTo(ModelSource *newSource);
    /// Shows nothing, then loads the newest page of the conversation.
    void start();
    /// Loads the newest page and shows it in place of what is there.
    void reload();
    void loadOlder();
    void loadNewer();
    void fillHole(int row);
    void refillFailedHoles();
    void refreshLocalDays();

    TimelineModel &q;
    QPointer<Client> client;
    QPointer<ModelSource> source;
    ConversationId conversationId;
    TimelineRows rows;
    bool loading = false;
    bool loaded = false;
    bool atNewest = true;
    bool atOldest = false;
    MessageId saidReadUpTo = 0; ///< The last markReadUpTo() since the conversation was chosen.
    QString loadError;

private:
    void clear();
    TimelineItem itemOf(const TimelineRow &row) const;
    void showFirst(const TimelineSlice &slice);
    void addOlder(const TimelineSlice &slice);
    void addNewer(const TimelineSlice &slice, int limit);
    void upsert(const QList<TimelineRow> &changed);
    void showHoles();
    QList<Hole> visibleHoles() const;
    void setOthers(const Reached &reached);
    void applyUsers(const QList<User> &users);
    void askForNames();
    void dropNewestSurplus();
    void dropOldestSurplus();
    void updateEnds();
    void setLoading(bool on);
    void setLoadError(const QString &text);
    void setUnreadAboveId(qint64 id);
    void updateHole(const QString &key, bool holeLoading, const QString &error);

    bool isInWindow(const TimelineItem &item) const;

    QList<Hole> m_holes;       ///< All of the conversation.
    bool m_readerIsUp = false; ///< The reader last went towards older rows.
    QHash<UserId, QString> m_names;
    QSet<UserId> m_askedNames;
    quint64 m_generation = 0; ///< Grows when what was asked for is not wanted any more.
    QTimer m_zoneTimer;
    QByteArray m_zone;
};

} // namespace confab::client
