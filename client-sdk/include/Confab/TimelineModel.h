// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Action.h>
#include <Confab/Client.h>
#include <Confab/Export.h>
#include <Confab/Types.h>

#include <QtCore/QAbstractListModel>
#include <QtCore/QVariantMap>

#include <memory>

namespace confab::client {

class ModelSource;
class TimelineModelPrivate;

/// The messages of one conversation. Row 0 is the newest: views lay it out bottom to top.
///
/// Holds a window of some 500 rows of what the store has; rows far from the reader are let go and come back by
/// loadOlder() and loadNewer(). A message keeps its row and key from pending to sent. Stretches that are not on this
/// device are rows too (`isHole`); fillHole() fetches them. The model is reset only when it shows another conversation,
/// when the cache became void, or to jump to the newest; everything else are inserts, moves, removals and data changes.
/// Lives in its client's thread; never waits for storage or network.
class CONFAB_CLIENT_EXPORT TimelineModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(confab::client::Client *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString conversationId READ conversationIdText WRITE setConversationIdText NOTIFY conversationIdChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool loading READ isLoading NOTIFY loadingChanged)
    Q_PROPERTY(bool loaded READ isLoaded NOTIFY loadedChanged)
    Q_PROPERTY(bool atNewest READ isAtNewest NOTIFY atNewestChanged)
    Q_PROPERTY(bool atOldest READ isAtOldest NOTIFY atOldestChanged)
    Q_PROPERTY(qint64 unreadAboveId READ unreadAboveId NOTIFY unreadAboveIdChanged)
    Q_PROPERTY(QString loadError READ loadError NOTIFY loadErrorChanged)
    Q_PROPERTY(QStringList typingNames READ typingNames NOTIFY typingNamesChanged)

public:
    /// What a row can tell. Ids are given as text, times as QDateTime.
    enum class Role {
        Key = Qt::UserRole + 1, ///< Names the row for its whole life.
        MessageId,              ///< 0 while pending and of holes.
        ClientId,
        Text,
        SenderId,
        SenderName, ///< Empty while the person is not known yet.
        IsOwn,
        CreatedAt,
        Edited,
        Deleted,
        State,        ///< The name of a TimelineModel::State.
        ErrorText,    ///< Why a Failed row failed, or why a hole could not be filled.
        FirstOfGroup, ///< The oldest of a run by one sender within five minutes and one day.
        LastOfGroup,  ///< The newest of it.
        DaySeparator, ///< The local day (yyyy-MM-dd) on its oldest row, empty on others.
        IsHole,
        HoleLoading,
        ReplyTo,     ///< A message's id, 0: answers none.
        FirstUnread, ///< The oldest message that was unread when the conversation was opened.
    };
    Q_ENUM(Role)

    /// Where a message stands.
    enum class State {
        Received,  ///< Somebody else's.
        Pending,   ///< One's own, or a change of it, is on its way.
        Sent,      ///< The server has it.
        Delivered, ///< A device of somebody else has it.
        Read,      ///< Somebody else read it.
        Failed,    ///< Refused for good: retry() or discard().
    };
    Q_ENUM(State)

    explicit TimelineModel(QObject *parent = nullptr);
    ~TimelineModel() override;

    Client *client() const;
    void setClient(Client *client);
    ConversationId conversationId() const;
    /// Shows another conversation; a null id none. The rows come as soon as the store has answered.
    void setConversationId(ConversationId conversationId);
    QString conversationIdText() const;
    void setConversationIdText(const QString &text);

    int count() const;
    bool isLoading() const;
    /// Whether the store has answered since the conversation was chosen: tells "empty" from "not yet known".
    bool isLoaded() const;
    /// Whether row 0 is the conversation's newest; new messages appear only then.
    bool isAtNewest() const;
    /// Whether nothing older exists, here or at the server.
    bool isAtOldest() const;
    /// The newest message read when the conversation was opened, while it had unread ones; -1 otherwise. It stays while
    /// the conversation is shown, so that the mark does not run away from the reader.
    qint64 unreadAboveId() const;
    QString loadError() const;
    /// The names of those who write here at this moment, whoever began first in front; empty where one is not known.
    QStringList typingNames() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// Loads a page of older rows, from the store or, where it ends in a hole, from the server. Does nothing while
    /// loading and at the oldest.
    Q_INVOKABLE void loadOlder();
    /// The other way, for a window that let go of the newest rows.
    Q_INVOKABLE void loadNewer();
    /// Shows the newest rows again, by a reset when the window had left them.
    Q_INVOKABLE void jumpToNewest();
    /// Fetches what a hole row stands for. Call it when the row comes into view.
    Q_INVOKABLE void fillHole(int row);

    /// Queues a message; it appears as a pending row at once. Fails for text that the contract does not allow.
    Q_INVOKABLE confab::client::Action *send(const QString &text, qint64 replyTo = 0);
    Q_INVOKABLE confab::client::Action *edit(const QString &key, const QString &text);
    /// Deletes a message; one never sent disappears.
    Q_INVOKABLE confab::client::Action *remove(const QString &key);
    Q_INVOKABLE confab::client::Action *retry(const QString &key);
    Q_INVOKABLE confab::client::Action *discard(const QString &key);
    /// Says that everything up to this message was read. Cheap to call with what was said before.
    Q_INVOKABLE void markReadUpTo(qint64 messageId);
    /// The same for the newest message held.
    Q_INVOKABLE void markAllRead();

    /// The key of the newest of one's own messages that can be edited, empty where there is none.
    Q_INVOKABLE QString lastOwnEditable() const;
    /// The row of a key, -1 where the window does not hold it.
    Q_INVOKABLE int rowOf(const QString &key) const;
    /// All roles of a row by name; empty outside of the model.
    Q_INVOKABLE QVariantMap get(int row) const;

    /// Looks whether the system's time zone changed and moves day separators. Happens by itself each minute.
    Q_INVOKABLE void refreshLocalDays();

    /// For the SDK and its tests: listens to a source without a client; actions then fail.
    void setSource(ModelSource *source);

Q_SIGNALS:
    void clientChanged();
    void conversationIdChanged();
    void countChanged();
    void loadingChanged();
    void loadedChanged();
    void atNewestChanged();
    void atOldestChanged();
    void unreadAboveIdChanged();
    void loadErrorChanged();
    void typingNamesChanged();

private:
    friend class TimelineModelPrivate;
    friend class TimelineRows;
    std::unique_ptr<TimelineModelPrivate> d;
};

} // namespace confab::client
