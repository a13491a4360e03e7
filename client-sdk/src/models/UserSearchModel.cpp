// SPDX-License-Identifier: MIT
#include <Confab/UserSearchModel.h>

#include "client-sdk/src/models/Roles.h"
#include <Confab/Client.h>
#include <Confab/WhenDone.h>

#include <QtCore/QPointer>
#include <QtCore/QTimer>

namespace confab::client {

using namespace std::chrono_literals;

namespace {
/// Longer than the gap between two keys of a person who types on.
constexpr auto kPause = 250ms;
} // namespace

/// What a UserSearchModel was asked, waits for and found.
class UserSearchModelPrivate
{
public:
    explicit UserSearchModelPrivate(UserSearchModel &model) : q(model)
    {
        m_pause.setSingleShot(true);
        m_pause.setInterval(kPause);
        QObject::connect(&m_pause, &QTimer::timeout, &q, [this] { ask(); });
    }

    void start()
    {
        ++m_generation;
        if (query.trimmed().isEmpty() || !search) {
            m_pause.stop();
            setRunning(false);
            setError({});
            show({});
            return;
        }
        setRunning(true);
        m_pause.start();
    }

    UserSearchModel &q;
    QPointer<Client> client;
    UserSearchModel::Search search;
    QString query;
    QList<User> users;
    bool running = false;
    QString error;

private:
    void ask()
    {
        whenDone(search(query.trimmed()), &q, [this, generation = m_generation](const Result<QList<User>> &found) {
            if (generation != m_generation)
                return;
            show(found.value_or({}));
            setError(found ? QString() : found.error().message);
            setRunning(false);
        });
    }

    /// Shows another answer. Rows both answers begin with stay as they are.
    void show(const QList<User> &found)
    {
        int same = 0;
        while (same < users.size() && same < found.size() && users.at(same) == found.at(same))
            ++same;
        if (same < users.size()) {
            q.beginRemoveRows({}, same, static_cast<int>(users.size()) - 1);
            users.resize(same);
            q.endRemoveRows();
        }
        if (same < found.size()) {
            q.beginInsertRows({}, same, static_cast<int>(found.size()) - 1);
            users = found;
            q.endInsertRows();
        }
        Q_EMIT q.countChanged();
    }

    void setRunning(bool on)
    {
        if (std::exchange(running, on) != on)
            Q_EMIT q.runningChanged();
    }

    void setError(const QString &text)
    {
        if (std::exchange(error, text) != text)
            Q_EMIT q.errorMessageChanged();
    }

    QTimer m_pause;
    quint64 m_generation = 0;
};

UserSearchModel::UserSearchModel(QObject *parent)
    : QAbstractListModel(parent), d(std::make_unique<UserSearchModelPrivate>(*this))
{
}

UserSearchModel::~UserSearchModel() = default;

Client *UserSearchModel::client() const
{
    return d->client;
}

void UserSearchModel::setClient(Client *client)
{
    if (d->client == client)
        return;
    d->client = client;
    d->search = {};
    if (client) {
        d->search = [this](const QString &query) {
            // The client may be gone by the time typing pauses.
            return d->client ? d->client->searchUsers(query)
                             : QtFuture::makeReadyFuture(Result<QList<User>>(Error::unavailable({})));
        };
    }
    d->start();
    Q_EMIT clientChanged();
}

void UserSearchModel::setSearch(Search search)
{
    d->search = std::move(search);
    d->start();
}

QString UserSearchModel::query() const
{
    return d->query;
}

void UserSearchModel::setQuery(const QString &query)
{
    if (d->query == query)
        return;
    d->query = query;
    d->start();
    Q_EMIT queryChanged();
}

bool UserSearchModel::isRunning() const
{
    return d->running;
}

QString UserSearchModel::errorMessage() const
{
    return d->error;
}

int UserSearchModel::count() const
{
    return static_cast<int>(d->users.size());
}

int UserSearchModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant UserSearchModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const User &user = d->users.at(index.row());
    if (role == Qt::DisplayRole)
        return user.displayName;
    switch (static_cast<Role>(role)) {
    case Role::UserId:
        return idText(user.id);
    case Role::DisplayName:
        return user.displayName;
    case Role::Handle:
        return user.handle;
    case Role::IsMe:
        return d->client && d->client->me().id == user.id;
    }
    return {};
}

QHash<int, QByteArray> UserSearchModel::roleNames() const
{
    return roleNamesOf<Role>();
}

QVariantMap UserSearchModel::get(int row) const
{
    return rowAsMap(*this, row);
}

} // namespace confab::client
