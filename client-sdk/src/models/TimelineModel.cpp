// SPDX-License-Identifier: MIT
#include <Confab/TimelineModel.h>

#include "client-sdk/src/models/Roles.h"
#include "client-sdk/src/models/TimelineModelPrivate.h"

namespace confab::client {

TimelineModel::TimelineModel(QObject *parent)
    : QAbstractListModel(parent), d(std::make_unique<TimelineModelPrivate>(*this))
{
}

TimelineModel::~TimelineModel() = default;

Client *TimelineModel::client() const
{
    return d->client;
}

void TimelineModel::setClient(Client *client)
{
    if (d->client == client)
        return;
    if (d->client)
        d->client->disconnect(this);
    d->client = client;
    if (client) {
        connect(client, &Client::stateChanged, this, [this] {
            if (d->client && d->client->state() == Client::State::Online)
                d->refillFailedHoles();
        });
    }
    d->listenTo(client ? ModelSource::of(*client) : nullptr);
    Q_EMIT clientChanged();
}

void TimelineModel::setSource(ModelSource *source)
{
    d->listenTo(source);
}

ConversationId TimelineModel::conversationId() const
{
    return d->conversationId;
}

void TimelineModel::setConversationId(ConversationId conversationId)
{
    if (d->conversationId == conversationId)
        return;
    d->conversationId = conversationId;
    d->start();
    Q_EMIT conversationIdChanged();
}

QString TimelineModel::conversationIdText() const
{
    return d->conversationId.isNull() ? QString() : d->conversationId.toString();
}

void TimelineModel::setConversationIdText(const QString &text)
{
    setConversationId(ConversationId::fromString(text).value_or(ConversationId()));
}

int TimelineModel::count() const
{
    return static_cast<int>(d->rows.items.size());
}

bool TimelineModel::isLoading() const
{
    return d->loading;
}

bool TimelineModel::isLoaded() const
{
    return d->loaded;
}

bool TimelineModel::isAtNewest() const
{
    return d->atNewest;
}

bool TimelineModel::isAtOldest() const
{
    return d->atOldest;
}

qint64 TimelineModel::unreadAboveId() const
{
    return d->rows.unreadAboveId;
}

QString TimelineModel::loadError() const
{
    return d->loadError;
}

QStringList TimelineModel::typingNames() const
{
    return d->source ? namesOf(d->source->typing(d->conversationId)) : QStringList();
}

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TimelineItem &item = d->rows.items.at(index.row());
    const TimelineRow &row = item.row;
    if (role == Qt::DisplayRole)
        return row.text;
    switch (static_cast<Role>(role)) {
    case Role::Key:
        return row.key;
    case Role::MessageId:
        return row.messageId;
    case Role::ClientId:
        return idText(row.clientId);
    case Role::Text:
        return row.text;
    case Role::SenderId:
        return idText(row.senderId);
    case Role::SenderName:
        return row.senderName;
    case Role::IsOwn:
        return !item.isHole && row.state != DeliveryState::Received;
    case Role::CreatedAt:
        return timeOf(row.createdAt);
    case Role::Edited:
        return row.editedAt != 0;
    case Role::Deleted:
        return row.deleted;
    case Role::State:
        return nameOf(item.state);
    case Role::ErrorText:
        return item.isHole ? item.holeError : row.error.message;
    case Role::FirstOfGroup:
        return item.layout.firstOfGroup;
    case Role::LastOfGroup:
        return item.layout.lastOfGroup;
    case Role::DaySeparator:
        return item.layout.daySeparator.toString(Qt::ISODate);
    case Role::IsHole:
        return item.isHole;
    case Role::HoleLoading:
        return item.holeLoading;
    case Role::ReplyTo:
        return row.replyTo;
    case Role::FirstUnread:
        return item.firstUnread;
    }
    return {};
}

QHash<int, QByteArray> TimelineModel::roleNames() const
{
    return roleNamesOf<Role>();
}

void TimelineModel::loadOlder()
{
    d->loadOlder();
}

void TimelineModel::loadNewer()
{
    d->loadNewer();
}

void TimelineModel::jumpToNewest()
{
    if (!d->atNewest)
        d->reload();
}

void TimelineModel::fillHole(int row)
{
    d->fillHole(row);
}

Action *TimelineModel::send(const QString &text, qint64 replyTo)
{
    if (!d->client || d->conversationId.isNull())
        return Action::failing(Error::unavailable(tr("No conversation is open.")));
    Action *action = Action::of(d->client->sendMessage(d->conversationId, text, replyTo));
    jumpToNewest();
    return action;
}

Action *TimelineModel::edit(const QString &key, const QString &text)
{
    const TimelineItem *item = d->rows.find(key);
    if (!d->client || !item || item->isHole)
        return Action::failing(Error::notFound(tr("The message is not shown any more.")));
    if (item->row.state == DeliveryState::Received)
        return Action::failing(Error::denied(tr("Only your own messages can be edited.")));
    return Action::of(d->client->editMessage(d->conversationId, item->row.clientId, text));
}

Action *TimelineModel::remove(const QString &key)
{
    const TimelineItem *item = d->rows.find(key);
    if (!d->client || !item || item->isHole)
        return Action::failing(Error::notFound(tr("The message is not shown any more.")));
    // Another person's client made the ClientId of their message: only the server's id names it for certain.
    if (item->row.state == DeliveryState::Received)
        return Action::of(d->client->deleteMessage(d->conversationId, item->row.messageId));
    return Action::of(d->client->deleteMessage(d->conversationId, item->row.clientId));
}

Action *TimelineModel::retry(const QString &key)
{
    const TimelineItem *item = d->rows.find(key);
    if (!d->client || !item || item->isHole)
        return Action::failing(Error::notFound(tr("The message is not shown any more.")));
    return Action::of(d->client->retry(d->conversationId, item->row.clientId));
}

Action *TimelineModel::discard(const QString &key)
{
    const TimelineItem *item = d->rows.find(key);
    if (!d->client || !item || item->isHole)
        return Action::failing(Error::notFound(tr("The message is not shown any more.")));
    return Action::of(d->client->discard(d->conversationId, item->row.clientId));
}

void TimelineModel::markReadUpTo(qint64 messageId)
{
    if (!d->client || d->conversationId.isNull() || messageId <= d->saidReadUpTo)
        return;
    d->saidReadUpTo = messageId;
    d->client->markRead(d->conversationId, messageId);
}

void TimelineModel::markAllRead()
{
    for (const TimelineItem &item : std::as_const(d->rows.items)) {
        if (!item.isHole && item.row.messageId != 0) {
            markReadUpTo(item.row.messageId);
            return;
        }
    }
}

QString TimelineModel::lastOwnEditable() const
{
    for (const TimelineItem &item : std::as_const(d->rows.items)) {
        if (!item.isHole && item.row.state != DeliveryState::Received && !item.row.deleted)
            return item.row.key;
    }
    return {};
}

int TimelineModel::rowOf(const QString &key) const
{
    return d->rows.rowOf(key);
}

QVariantMap TimelineModel::get(int row) const
{
    return rowAsMap(*this, row);
}

void TimelineModel::refreshLocalDays()
{
    d->refreshLocalDays();
}

} // namespace confab::client
