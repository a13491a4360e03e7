// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/Answer.h"
#include <Confab/WhenDone.h>

#include "shared/core/FunctionThread.h"
#include "tests/support/TestClass.h"

#include <QtCore/QThread>

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;

class tst_Answer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBeforeWhatIsSignalledAfterIt()
    {
        const auto relay = std::make_shared<QObject>();
        QStringList order;
        {
            const Answer<int> answer(relay);
            whenDone(answer.future(), this, [&order](const Result<int> &) { order.append(u"answer"_s); });
            const auto engine = std::make_unique<FunctionThread>([this, &order, &answer] {
                QMetaObject::invokeMethod(
                    this, [&order] { order.append(u"before"_s); }, Qt::QueuedConnection);
                answer(1);
                QMetaObject::invokeMethod(
                    this, [&order] { order.append(u"after"_s); }, Qt::QueuedConnection);
            });
            engine->start();
            QVERIFY(engine->wait());
        }
        QTRY_COMPARE(order, (QStringList{u"before"_s, u"answer"_s, u"after"_s}));
    }

    void withoutAnAnswerItIsUnavailable()
    {
        QFuture<Result<int>> future;
        {
            const Answer<int> answer(std::make_shared<QObject>());
            future = answer.future();
            QVERIFY(!future.isFinished());
        }
        QVERIFY(future.isFinished());
        QCOMPARE(future.result().error().code, ErrorCode::Unavailable);
    }
};

CONFAB_TEST_CLASS(tst_Answer)
#include "tst_Answer.moc"
