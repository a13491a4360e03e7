// SPDX-License-Identifier: MIT
#include <Confab/ConversationListModel.h>

#include "client-sdk/src/models/ConversationListModelPrivate.h"
#include "client-sdk/src/models/Roles.h"
#include <Confab/Client.h>

namespace confab::client {

ConversationListModel::ConversationListModel(QObject *parent)
    : QAbstractListModel(parent), d(std::make_unique<ConversationListModelPrivate>(*this))
{
}

ConversationListModel::~ConversationListModel() = default;

Client *ConversationListModel::client() const
{
    return d->client;
}

void ConversationListModel::setClient(Client *client)
{
    if (d->client == client)
        return;
    d->client = client;
    d->listenTo(client ? ModelSource::of(*client) : nullptr);
    Q_EMIT clientChanged();
}

void ConversationListModel::setSource(ModelSource *source)
{
    d->listenTo(source);
}

QString ConversationListModel::filter() const
{
    return d->filter;
}

void ConversationListModel::setFilter(const QString &text)
{
    if (d->filter == text)
        return;
    d->applyFilter(text);
    Q_EMIT filterChanged();
}

int ConversationListModel::count() const
{
    return static_cast<int>(d->shown.size());
}

bool ConversationListModel::isLoaded() const
{
    return d->loaded;
}

int ConversationListModel::unreadTotal() const
{
    return d->unreadTotal;
}

int ConversationListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ConversationListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ConversationRow row = d->all.value(d->shown.at(index.row()));
    return d->value(row, role == Qt::DisplayRole ? Role::Title : static_cast<Role>(role));
}

QHash<int, QByteArray> ConversationListModel::roleNames() const
{
    return roleNamesOf<Role>();
}

int ConversationListModel::rowOf(const QString &conversationId) const
{
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    return id ? d->shownRowOf(*id) : -1;
}

QVariantMap ConversationListModel::get(int row) const
{
    return rowAsMap(*this, row);
}

QVariantMap ConversationListModel::find(const QString &conversationId) const
{
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    QVariantMap map;
    if (!id || !d->all.contains(*id))
        return map;
    const ConversationRow row = d->all.value(*id);
    const QHash<int, QByteArray> names = roleNames();
    for (auto role = names.begin(); role != names.end(); ++role)
        map.insert(QString::fromLatin1(role.value()), d->value(row, static_cast<Role>(role.key())));
    return map;
}

} // namespace confab::client
