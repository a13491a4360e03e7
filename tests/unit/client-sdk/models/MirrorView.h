// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QAbstractItemModel>
#include <QtTest/QAbstractItemModelTester>

namespace confab::client::test {

/// What a view would hold: follows a model by its signals alone, reading only the roles that a change names.
class MirrorView : public QObject
{
public:
    explicit MirrorView(QAbstractItemModel &model)
        : m_model(model), m_tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest)
    {
        readAll();
        connect(&model, &QAbstractItemModel::modelReset, this, [this] {
            ++resets;
            readAll();
        });
        connect(&model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            ++inserts;
            for (int row = first; row <= last; ++row)
                rows.insert(row, read(row));
        });
        connect(&model, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
            ++removals;
            rows.remove(first, last - first + 1);
        });
        connect(&model, &QAbstractItemModel::rowsMoved, this,
                [this](const QModelIndex &, int first, int, const QModelIndex &, int to) {
                    ++moves;
                    rows.move(first, to > first ? to - 1 : to);
                });
        connect(&model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &from, const QModelIndex &to, const QList<int> &roles) {
                    ++changes;
                    lastRoles = roles;
                    for (int row = from.row(); row <= to.row(); ++row) {
                        for (const int role : roles)
                            rows[row].insert(role, m_model.index(row, 0).data(role));
                    }
                });
    }

    /// Whether what the signals told is all there is.
    bool isUpToDate() const
    {
        if (rows.size() != m_model.rowCount())
            return false;
        for (int row = 0; row < rows.size(); ++row) {
            if (rows.at(row) != read(row))
                return false;
        }
        return true;
    }
    void forget() { resets = inserts = removals = moves = changes = 0; }

    QList<QHash<int, QVariant>> rows;
    int resets = 0;
    int inserts = 0;
    int removals = 0;
    int moves = 0;
    int changes = 0;
    QList<int> lastRoles;

private:
    QHash<int, QVariant> read(int row) const
    {
        QHash<int, QVariant> values;
        const QList<int> roles = m_model.roleNames().keys();
        for (const int role : roles)
            values.insert(role, m_model.index(row, 0).data(role));
        return values;
    }
    void readAll()
    {
        rows.clear();
        for (int row = 0; row < m_model.rowCount(); ++row)
            rows.append(read(row));
    }

    QAbstractItemModel &m_model;
    QAbstractItemModelTester m_tester;
};

} // namespace confab::client::test
