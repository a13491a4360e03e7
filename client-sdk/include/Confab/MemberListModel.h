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
class MemberListModelPrivate;

/// The people of one conversation, by name. Lives in its client's thread; never waits for storage or network.
class CONFAB_CLIENT_EXPORT MemberListModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(confab::client::Client *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString conversationId READ conversationIdText WRITE setConversationIdText NOTIFY conversationIdChanged)
    Q_PROPERTY(qint64 messageId READ messageId WRITE setMessageId NOTIFY messageIdChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(QStringList userIds READ userIds NOTIFY countChanged)
    Q_PROPERTY(QString myRole READ myRole NOTIFY myRoleChanged)
    Q_PROPERTY(bool canManage READ canManage NOTIFY myRoleChanged)

public:
    /// What a row can tell. Ids are given as text, times as QDateTime.
    enum class Role {
        UserId = Qt::UserRole + 1,
        DisplayName, ///< Empty while the person is not known yet.
        Handle,
        Role, ///< `member`, `admin`, `owner`.
        IsMe,
        JoinedAt,
        Receipt, ///< How far they are with messageId: `read`, `delivered`, `sent`; empty without one.
    };
    Q_ENUM(Role)

    explicit MemberListModel(QObject *parent = nullptr);
    ~MemberListModel() override;

    Client *client() const;
    void setClient(Client *client);
    ConversationId conversationId() const;
    void setConversationId(ConversationId conversationId);
    QString conversationIdText() const;
    void setConversationIdText(const QString &text);
    /// Names one of one's own messages: the rows then are the others alone, first those who read it, then those whose
    /// devices have it. 0, the default: everybody, by name.
    MessageId messageId() const;
    void setMessageId(MessageId messageId);
    int count() const;
    QStringList userIds() const;
    /// One's own role in the conversation; empty while it is not known.
    QString myRole() const;
    /// Whether one may add and remove people.
    bool canManage() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// All roles of a row by name; empty outside of the model.
    Q_INVOKABLE QVariantMap get(int row) const;

    /// For the SDK and its tests: listens to a source without a client.
    void setSource(ModelSource *source);

Q_SIGNALS:
    void clientChanged();
    void conversationIdChanged();
    void messageIdChanged();
    void countChanged();
    void myRoleChanged();

private:
    friend class MemberListModelPrivate;
    std::unique_ptr<MemberListModelPrivate> d;
};

} // namespace confab::client
