// SPDX-License-Identifier: MIT
#include <Confab/SessionListModel.h>

#include "client-sdk/src/models/Roles.h"
#include <Confab/Client.h>
#include <Confab/WhenDone.h>

#include <QtCore/QPointer>

#include <algorithm>

namespace confab::client {

/// What a SessionListModel asks and found.
class SessionListModelPrivate
{
public:
    explicit SessionListModelPrivate(SessionListModel &model) : q(model) { }

    void clear()
    {
        ++m_generation;
        setRunning(false);
        setError({});
        show({});
    }

    void refresh()
    {
        if (!backend.list)
            return;
        setRunning(true);
        whenDone(backend.list(), &q, [this, generation = ++m_generation](const Result<QList<Session>> &found) {
            if (generation != m_generation)
                return;
            if (found)
                show(*found);
            setError(found ? QString() : found.error().message);
            setRunning(false);
        });
    }

    void remove(SessionId id)
    {
        for (int row = 0; row < sessions.size(); ++row) {
            if (sessions.at(row).id != id)
                continue;
            q.beginRemoveRows({}, row, row);
            sessions.removeAt(row);
            q.endRemoveRows();
            Q_EMIT q.countChanged();
            return;
        }
    }

    SessionListModel &q;
    QPointer<Client> client;
    SessionListModel::Backend backend;
    QList<Session> sessions;
    bool running = false;
    QString error;

private:
    void show(QList<Session> found)
    {
        std::stable_sort(found.begin(), found.end(), [](const Session &a, const Session &b) {
            return a.current != b.current ? a.current : a.lastSeenAt > b.lastSeenAt;
        });
        if (found == sessions)
            return;
        q.beginResetModel();
        sessions = std::move(found);
        q.endResetModel();
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

    quint64 m_generation = 0;
};

SessionListModel::SessionListModel(QObject *parent)
    : QAbstractListModel(parent), d(std::make_unique<SessionListModelPrivate>(*this))
{
}

SessionListModel::~SessionListModel() = default;

Client *SessionListModel::client() const
{
    return d->client;
}

void SessionListModel::setClient(Client *client)
{
    if (d->client == client)
        return;
    d->client = client;
    Backend backend;
    if (client) {
        const QPointer<Client> guarded(client);
        const Error gone = Error::unavailable(tr("Nobody is signed in."));
        backend.list = [guarded, gone] {
            return guarded ? guarded->sessions() : QtFuture::makeReadyFuture(Result<QList<Session>>(gone));
        };
        backend.revoke = [guarded, gone](SessionId id) {
            return guarded ? guarded->revokeSession(id) : QtFuture::makeReadyFuture(Result<Done>(gone));
        };
    }
    setBackend(std::move(backend));
    Q_EMIT clientChanged();
}

void SessionListModel::setBackend(Backend backend)
{
    d->backend = std::move(backend);
    d->clear();
}

bool SessionListModel::isRunning() const
{
    return d->running;
}

QString SessionListModel::errorMessage() const
{
    return d->error;
}

int SessionListModel::count() const
{
    return static_cast<int>(d->sessions.size());
}

int SessionListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant SessionListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Session &session = d->sessions.at(index.row());
    if (role == Qt::DisplayRole)
        return session.deviceName;
    switch (static_cast<Role>(role)) {
    case Role::SessionId:
        return idText(session.id);
    case Role::DeviceName:
        return session.deviceName;
    case Role::Current:
        return session.current;
    case Role::CreatedAt:
        return timeOf(session.createdAt);
    case Role::LastActiveAt:
        return timeOf(session.lastSeenAt);
    }
    return {};
}

QHash<int, QByteArray> SessionListModel::roleNames() const
{
    return roleNamesOf<Role>();
}

void SessionListModel::refresh()
{
    d->refresh();
}

Action *SessionListModel::revoke(const QString &sessionId)
{
    const std::optional<SessionId> id = SessionId::fromString(sessionId);
    if (!id || !d->backend.revoke)
        return Action::failing(Error::notFound(tr("There is no such session.")));
    Action *action = Action::of(d->backend.revoke(*id));
    if (action->isOk())
        d->remove(*id);
    connect(action, &Action::succeeded, this, [this, id = *id] { d->remove(id); });
    return action;
}

QVariantMap SessionListModel::get(int row) const
{
    return rowAsMap(*this, row);
}

} // namespace confab::client
