// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/ModelSource.h"
#include <Confab/ConversationListModel.h>

#include <QtCore/QPointer>
#include <QtCore/QSet>

namespace confab::client {

/// The rows behind a ConversationListModel: all that are known, and those shown in their order.
class ConversationListModelPrivate
{
public:
    explicit ConversationListModelPrivate(ConversationListModel &model) : q(model) { }

    void listenTo(ModelSource *newSource);
    void load();
    void clear();
    void upsert(const QList<ConversationRow> &rows);
    void remove(const QList<ConversationId> &ids);
    void applyUsers(const QList<User> &users);
    void applyFilter(const QString &text);
    QVariant value(const ConversationRow &row, ConversationListModel::Role role) const;
    int shownRowOf(ConversationId id) const;

    ConversationListModel &q;
    QPointer<Client> client;
    QPointer<ModelSource> source;
    QHash<ConversationId, ConversationRow> all;
    QList<ConversationId> shown; ///< Latest activity first.
    QString filter;
    bool loaded = false;
    int unreadTotal = 0;

private:
    void show(ConversationRow row);
    void tellChanged(ConversationId id, const QList<ConversationListModel::Role> &changed);
    ConversationRow named(ConversationRow row) const;
    void hide(int row);
    bool matches(const ConversationRow &row) const;
    bool isBefore(const ConversationRow &a, const ConversationRow &b) const;
    int insertionRow(const ConversationRow &row) const;
    QString titleOf(const ConversationRow &row) const;
    bool isSelf(const ConversationRow &row) const;
    void askForNames();
    void countUnread();

    QHash<UserId, QString> m_names;
    QSet<UserId> m_askedNames;
    QString m_wanted; ///< The filter as it is compared.
    quint64 m_generation = 0;
};

} // namespace confab::client
