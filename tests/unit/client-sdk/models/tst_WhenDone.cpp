// SPDX-License-Identifier: MIT
#include <Confab/WhenDone.h>

#include "tests/support/TestClass.h"

#include <QtCore/QPromise>

#include <memory>

using namespace confab::client;

class tst_WhenDone : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aResultThatIsThereIsDeliveredAtOnce()
    {
        QPromise<int> promise;
        promise.start();
        promise.addResult(7);
        promise.finish();
        int got = 0;
        whenDone(promise.future(), this, [&got](int value) { got = value; });
        QCOMPARE(got, 7);
    }

    void aLaterResultIsDeliveredOnce()
    {
        QPromise<int> promise;
        promise.start();
        QList<int> got;
        whenDone(promise.future(), this, [&got](int value) { got.append(value); });
        QVERIFY(got.isEmpty());
        promise.addResult(7);
        promise.finish();
        QTRY_COMPARE(got, QList<int>{7});
        QTRY_VERIFY(findChildren<QFutureWatcher<int> *>().isEmpty());
        QCOMPARE(got, QList<int>{7});
    }

    void nothingIsDeliveredToAContextThatIsGone()
    {
        QPromise<int> promise;
        promise.start();
        auto context = std::make_unique<QObject>();
        QList<int> late;
        QList<int> witness;
        whenDone(promise.future(), context.get(), [&late](int value) { late.append(value); });
        whenDone(promise.future(), this, [&witness](int value) { witness.append(value); });
        context.reset();
        promise.addResult(7);
        promise.finish();
        QTRY_COMPARE(witness, QList<int>{7});
        QCOMPARE(late, QList<int>{});
    }

    void aDroppedPromiseDeliversNothing()
    {
        QList<int> got;
        {
            QPromise<int> promise;
            promise.start();
            whenDone(promise.future(), this, [&got](int value) { got.append(value); });
        } // an unfinished QPromise cancels its future
        QTRY_VERIFY(findChildren<QFutureWatcher<int> *>().isEmpty());
        QCOMPARE(got, QList<int>{});
    }
};

CONFAB_TEST_CLASS(tst_WhenDone)
#include "tst_WhenDone.moc"
