// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/limits/Buckets.h"

#include <QtCore/QObject>

namespace confab::test {

/// What all Buckets have to keep, of one node or of several.
class BucketsContract : public QObject
{
    Q_OBJECT

protected:
    using Token = server::Buckets::Token;
    using Taken = server::Buckets::Taken;

    virtual server::Buckets &buckets() = 0;
    /// Returns when so much time has passed for them.
    virtual void letPass(int milliseconds) = 0;

    /// A key that no test before has used.
    QString newKey();
    Result<Taken> take(const QList<Token> &tokens);
    /// Whether they were taken. An error fails the test.
    bool takes(const QList<Token> &tokens);

private Q_SLOTS:
    void giveABurstAndThenNoMore();
    void fillAtTheirRate();
    void giveAllOrNone();
    void nameTheOneToWaitLongestFor();
    void takeBackWhatWasTaken();
    void takeBackNoMoreThanTheyHold();
    void giveNoMoreToManyThreads();

private:
    int m_keys = 0;
};

} // namespace confab::test
