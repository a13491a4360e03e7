// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Client.h>
#include <Confab/Export.h>
#include <Confab/Types.h>

#include <QtCore/QAbstractListModel>
#include <QtCore/QFuture>
#include <QtCore/QVariantMap>

#include <functional>
#include <memory>

namespace confab::client {

class UserSearchModelPrivate;

/// People found by the beginning of a handle or of a word of a name, while one types.
///
/// Asks the server when typing pauses; an answer to an older query is dropped. Rows stay until the next answer.
class CONFAB_CLIENT_EXPORT UserSearchModel : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(confab::client::Client *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
    Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged)
    Q_PROPERTY(QString errorMessage READ errorMessage NOTIFY errorMessageChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    /// What a row can tell. Ids are given as text.
    enum class Role { UserId = Qt::UserRole + 1, DisplayName, Handle, IsMe };
    Q_ENUM(Role)

    explicit UserSearchModel(QObject *parent = nullptr);
    ~UserSearchModel() override;

    Client *client() const;
    void setClient(Client *client);
    QString query() const;
    void setQuery(const QString &query);
    bool isRunning() const;
    /// Why the last search gave nothing; empty where nothing is wrong.
    QString errorMessage() const;
    int count() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// All roles of a row by name; empty outside of the model.
    Q_INVOKABLE QVariantMap get(int row) const;

    /// For the SDK and its tests: asks this instead of a client.
    using Search = std::function<QFuture<Result<QList<User>>>(const QString &query)>;
    void setSearch(Search search);

Q_SIGNALS:
    void clientChanged();
    void queryChanged();
    void runningChanged();
    void errorMessageChanged();
    void countChanged();

private:
    friend class UserSearchModelPrivate;
    std::unique_ptr<UserSearchModelPrivate> d;
};

} // namespace confab::client
