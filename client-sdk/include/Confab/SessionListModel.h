// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Action.h>
#include <Confab/Client.h>
#include <Confab/Export.h>
#include <Confab/Types.h>

#include <QtCore/QAbstractListModel>
#include <QtCore/QVariantMap>

#include <functional>
#include <memory>

namespace confab::client {

class SessionListModelPrivate;

/// The devices a person is signed in on; this one first, then the latest seen. Asks the server by refresh().
class CONFAB_CLIENT_EXPORT SessionListModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(confab::client::Client *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)
    Q_PROPERTY(QString errorMessage READ errorMessage NOTIFY errorMessageChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    /// What a row can tell. Ids are given as text, times as QDateTime.
    enum class Role { SessionId = Qt::UserRole + 1, DeviceName, Current, CreatedAt, LastActiveAt };
    Q_ENUM(Role)

    /// What the model asks instead of a client, for the SDK's tests.
    struct Backend
    {
        std::function<QFuture<Result<QList<Session>>>()> list;
        std::function<QFuture<Result<Done>>(SessionId)> revoke;
    };

    explicit SessionListModel(QObject *parent = nullptr);
    ~SessionListModel() override;

    Client *client() const;
    void setClient(Client *client);
    void setBackend(Backend backend);
    bool isRunning() const;
    /// Why the last refresh() gave nothing new; empty where nothing is wrong.
    QString errorMessage() const;
    int count() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// Asks the server for the list. Rows stay until the answer is there.
    Q_INVOKABLE void refresh();
    /// Signs another device out; its row disappears when the server has done it.
    Q_INVOKABLE confab::client::Action *revoke(const QString &sessionId);
    /// All roles of a row by name; empty outside of the model.
    Q_INVOKABLE QVariantMap get(int row) const;

Q_SIGNALS:
    void clientChanged();
    void runningChanged();
    void errorMessageChanged();
    void countChanged();

private:
    friend class SessionListModelPrivate;
    std::unique_ptr<SessionListModelPrivate> d;
};

} // namespace confab::client
