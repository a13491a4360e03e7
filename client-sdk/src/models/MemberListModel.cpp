// SPDX-License-Identifier: MIT
#include <Confab/MemberListModel.h>

#include "client-sdk/src/engine/ModelSource.h"
#include "client-sdk/src/models/Roles.h"
#include <Confab/Client.h>
#include <Confab/WhenDone.h>

#include <QtCore/QPointer>

namespace confab::client {

using namespace Qt::StringLiterals;
using MemberRole = MemberListModel::Role;

/// The rows behind a MemberListModel, in the order of their names.
class MemberListModelPrivate
{
public:
    explicit MemberListModelPrivate(MemberListModel &model) : q(model) { }

    void listenTo(ModelSource *newSource);
    void load();
    void apply(const MemberRow &row);
    void applyUsers(const QList<User> &users);
    void remove(UserId userId);
    QVariant value(const MemberRow &row, MemberRole role) const;
    int rowOf(UserId userId) const;

    MemberListModel &q;
    QPointer<Client> client;
    QPointer<ModelSource> source;
    ConversationId conversationId;
    MessageId messageId = 0;
    QList<MemberRow> rows;
    bool loaded = false;
    QString myRole;

private:
    enum class Receipt { Read, Delivered, Sent };

    Receipt receiptOf(const MemberRow &row) const;
    bool isBefore(const MemberRow &a, const MemberRow &b) const;
    int insertionRow(const MemberRow &row) const;
    void updateMyRole();

    quint64 m_generation = 0;
};

void MemberListModelPrivate::listenTo(ModelSource *newSource)
{
    if (source == newSource)
        return;
    if (source)
        source->disconnect(&q);
    source = newSource;
    if (source) {
        QObject::connect(source, &ModelSource::membersChanged, &q,
                         [this](ConversationId id, const QList<MemberRow> &changed) {
                             if (!loaded || id != conversationId)
                                 return;
                             for (const MemberRow &row : changed)
                                 apply(row);
                         });
        QObject::connect(source, &ModelSource::usersChanged, &q,
                         [this](const QList<User> &users) { applyUsers(users); });
    }
    load();
}

void MemberListModelPrivate::load()
{
    const quint64 generation = ++m_generation;
    q.beginResetModel();
    rows.clear();
    loaded = false;
    q.endResetModel();
    Q_EMIT q.countChanged();
    updateMyRole();
    if (!source || conversationId.isNull())
        return;
    whenDone(source->loadMembers(conversationId), &q, [this, generation](const Result<QList<MemberRow>> &found) {
        if (generation != m_generation || !found)
            return;
        loaded = true;
        for (const MemberRow &row : *found)
            apply(row);
    });
}

void MemberListModelPrivate::apply(const MemberRow &row)
{
    if (row.member.left) {
        remove(row.member.userId);
        return;
    }
    if (messageId > 0 && row.member.userId == source->myId())
        return;
    const int from = rowOf(row.member.userId);
    const int to = insertionRow(row);
    if (from < 0) {
        q.beginInsertRows({}, to, to);
        rows.insert(to, row);
        q.endInsertRows();
        Q_EMIT q.countChanged();
    } else {
        if (from != to) {
            q.beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
            rows.move(from, to);
            q.endMoveRows();
        }
        QList<int> roles;
        const QMetaEnum meta = QMetaEnum::fromType<MemberRole>();
        for (int i = 0; i < meta.keyCount(); ++i) {
            const auto role = static_cast<MemberRole>(meta.value(i));
            if (value(rows.at(to), role) != value(row, role))
                roles.append(meta.value(i));
        }
        rows[to] = row;
        if (!roles.isEmpty())
            Q_EMIT q.dataChanged(q.index(to), q.index(to), roles);
    }
    updateMyRole();
}

void MemberListModelPrivate::applyUsers(const QList<User> &users)
{
    for (const User &user : users) {
        const int row = rowOf(user.id);
        if (row < 0 || rows.at(row).user == user)
            continue;
        MemberRow changed = rows.at(row);
        changed.user = user;
        apply(changed);
    }
}

void MemberListModelPrivate::remove(UserId userId)
{
    const int row = rowOf(userId);
    if (row < 0)
        return;
    q.beginRemoveRows({}, row, row);
    rows.removeAt(row);
    q.endRemoveRows();
    Q_EMIT q.countChanged();
    updateMyRole();
}

MemberListModelPrivate::Receipt MemberListModelPrivate::receiptOf(const MemberRow &row) const
{
    return messageId <= row.reached.readUpTo        ? Receipt::Read
           : messageId <= row.reached.deliveredUpTo ? Receipt::Delivered
                                                    : Receipt::Sent;
}

bool MemberListModelPrivate::isBefore(const MemberRow &a, const MemberRow &b) const
{
    if (messageId > 0 && receiptOf(a) != receiptOf(b))
        return receiptOf(a) < receiptOf(b);
    // People whose profile is on its way come last.
    if (a.user.displayName.isEmpty() != b.user.displayName.isEmpty())
        return b.user.displayName.isEmpty();
    const int order = QString::localeAwareCompare(a.user.displayName, b.user.displayName);
    return order != 0 ? order < 0 : a.member.userId < b.member.userId;
}

/// The row at which a member belongs, itself aside.
int MemberListModelPrivate::insertionRow(const MemberRow &row) const
{
    int at = 0;
    for (const MemberRow &other : rows) {
        if (other.member.userId == row.member.userId)
            continue;
        if (isBefore(row, other))
            break;
        ++at;
    }
    return at;
}

int MemberListModelPrivate::rowOf(UserId userId) const
{
    for (int row = 0; row < rows.size(); ++row) {
        if (rows.at(row).member.userId == userId)
            return row;
    }
    return -1;
}

void MemberListModelPrivate::updateMyRole()
{
    const int row = source ? rowOf(source->myId()) : -1;
    const QString now = row < 0 ? QString() : wireNameOf(rows.at(row).member.role);
    if (std::exchange(myRole, now) != now)
        Q_EMIT q.myRoleChanged();
}

QVariant MemberListModelPrivate::value(const MemberRow &row, MemberRole role) const
{
    switch (role) {
    case MemberRole::UserId:
        return idText(row.member.userId);
    case MemberRole::DisplayName:
        return row.user.displayName;
    case MemberRole::Handle:
        return row.user.handle;
    case MemberRole::Role:
        return wireNameOf(row.member.role);
    case MemberRole::IsMe:
        return source && row.member.userId == source->myId();
    case MemberRole::JoinedAt:
        return timeOf(row.member.joinedAt);
    case MemberRole::Receipt: {
        if (messageId == 0)
            return QString();
        const Receipt receipt = receiptOf(row);
        return receipt == Receipt::Read ? u"read"_s : receipt == Receipt::Delivered ? u"delivered"_s : u"sent"_s;
    }
    }
    return {};
}

MemberListModel::MemberListModel(QObject *parent)
    : QAbstractListModel(parent), d(std::make_unique<MemberListModelPrivate>(*this))
{
}

MemberListModel::~MemberListModel() = default;

Client *MemberListModel::client() const
{
    return d->client;
}

void MemberListModel::setClient(Client *client)
{
    if (d->client == client)
        return;
    d->client = client;
    d->listenTo(client ? ModelSource::of(*client) : nullptr);
    Q_EMIT clientChanged();
}

void MemberListModel::setSource(ModelSource *source)
{
    d->listenTo(source);
}

ConversationId MemberListModel::conversationId() const
{
    return d->conversationId;
}

void MemberListModel::setConversationId(ConversationId conversationId)
{
    if (d->conversationId == conversationId)
        return;
    d->conversationId = conversationId;
    d->load();
    Q_EMIT conversationIdChanged();
}

QString MemberListModel::conversationIdText() const
{
    return idText(d->conversationId);
}

void MemberListModel::setConversationIdText(const QString &text)
{
    setConversationId(ConversationId::fromString(text).value_or(ConversationId()));
}

MessageId MemberListModel::messageId() const
{
    return d->messageId;
}

void MemberListModel::setMessageId(MessageId messageId)
{
    if (d->messageId == messageId)
        return;
    d->messageId = messageId;
    d->load();
    Q_EMIT messageIdChanged();
}

int MemberListModel::count() const
{
    return static_cast<int>(d->rows.size());
}

QStringList MemberListModel::userIds() const
{
    QStringList ids;
    for (const MemberRow &row : std::as_const(d->rows))
        ids.append(row.member.userId.toString());
    return ids;
}

QString MemberListModel::myRole() const
{
    return d->myRole;
}

bool MemberListModel::canManage() const
{
    const int row = d->source ? d->rowOf(d->source->myId()) : -1;
    return row >= 0 && d->rows.at(row).member.role >= Member::Role::Admin;
}

int MemberListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant MemberListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    return d->value(d->rows.at(index.row()),
                    role == Qt::DisplayRole ? MemberRole::DisplayName : static_cast<MemberRole>(role));
}

QHash<int, QByteArray> MemberListModel::roleNames() const
{
    return roleNamesOf<Role>();
}

QVariantMap MemberListModel::get(int row) const
{
    return rowAsMap(*this, row);
}

} // namespace confab::client
