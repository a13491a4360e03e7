// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/Database.h"

#include <QtCore/QObject>

namespace confab::test {

/// What every Database has to keep, whatever the engine.
class DatabaseContract : public QObject
{
    Q_OBJECT

protected:
    /// A database without tables of the test's, valid until the test ends.
    virtual server::Database &database() = 0;

private Q_SLOTS:
    void returnsEveryKindOfValueAsStored();
    void keepsTextsAsTheyAre();
    void readsWhatWasCommittedBefore();
    void commitsAllStatementsOfABatchOrNone();
    void undoesTheBatchWhoseStatementMissed();
    void countsRowsOfReturningAndOfSelectsAsAffected();
    void undoesAFaultyBatchAlone();
    void refusesWritesInQueries();
    void keepsConcurrentIncrementsApart();

private:
    void makeTable();
    Result<server::BatchOutcome> commit(const server::Batch &batch);
    Result<server::Rows> query(const server::Statement &statement);
    qint64 valueOf(int id);
};

} // namespace confab::test
