// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Client.h>
#include <Confab/Export.h>
#include <Confab/Types.h>

#include <QtCore/QAbstractListModel>
#include <QtCore/QVariantMap>

#include <memory>

namespace confab::client {

class ModelSource;
class ConversationListModelPrivate;

/// A person's conversations, the one with the latest activity first.
///
/// A conversation that gets a message moves to the top by a row move. The model is reset only when the whole list
/// became void (signed out, restored server). Lives in its client's thread; never waits for storage or network.
class CONFAB_CLIENT_EXPORT ConversationListModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(confab::client::Client *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool loaded READ isLoaded NOTIFY loadedChanged)
    Q_PROPERTY(int unreadTotal READ unreadTotal NOTIFY unreadTotalChanged)

public:
    /// What a row can tell. Ids are given as text, times as QDateTime.
    enum class Role {
        ConversationId = Qt::UserRole + 1,
        Title,             ///< Of a direct conversation the other person's name; empty while that is not known yet.
        Kind,              ///< `direct`, `group`, `channel`; `unknown` for a newer server's kind.
        AvatarSeed,        ///< What pictures are made from: the other person's id, otherwise the conversation's.
        LastMessageText,   ///< Empty where there is no message.
        LastMessageSender, ///< Display name; empty where there is no message.
        LastMessageOwn,
        LastMessageState, ///< The name of a TimelineModel::State; empty where there is no message.
        LastMessageAt,    ///< Or when the conversation was made.
        UnreadCount,      ///< Exact up to 100.
        MarkedUnread,
        PendingCount, ///< What waits to be sent.
        FailedCount,  ///< What was refused and needs a decision.
        Draft,
        OtherUserId, ///< Of a direct conversation (oneself: notes to self); empty otherwise.
        IsSelf,      ///< Notes to self.
        MemberCount,
        MyRole,      ///< `member`, `admin`, `owner`.
        TypingCount, ///< How many write here at this moment.
        TypingName,  ///< The display name of who of them began first; empty while it is not known.
    };
    Q_ENUM(Role)

    explicit ConversationListModel(QObject *parent = nullptr);
    ~ConversationListModel() override;

    Client *client() const;
    void setClient(Client *client);
    /// Shows only conversations whose title contains this, letter case and accents aside. Empty: all.
    QString filter() const;
    void setFilter(const QString &text);
    int count() const;
    /// Whether the store has answered: tells "no conversations" from "not yet known".
    bool isLoaded() const;
    /// Conversations with something unread, filtered out or not.
    int unreadTotal() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// The row of a conversation, -1 where it is not shown.
    Q_INVOKABLE int rowOf(const QString &conversationId) const;
    /// All roles of a row by name; empty outside of the model.
    Q_INVOKABLE QVariantMap get(int row) const;
    /// The same by conversation, filtered out or not; empty where there is none.
    Q_INVOKABLE QVariantMap find(const QString &conversationId) const;

    /// For the SDK and its tests: listens to a source without a client.
    void setSource(ModelSource *source);

Q_SIGNALS:
    void clientChanged();
    void filterChanged();
    void countChanged();
    void loadedChanged();
    void unreadTotalChanged();
    /// Something of this conversation changed that find() tells.
    void conversationChanged(const QString &conversationId);
    /// It is not in the person's list any more.
    void conversationGone(const QString &conversationId);

private:
    friend class ConversationListModelPrivate;
    std::unique_ptr<ConversationListModelPrivate> d;
};

} // namespace confab::client
