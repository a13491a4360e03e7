// SPDX-License-Identifier: MIT
#include "tests/contract/limits/BucketsContract.h"

#include "shared/core/FunctionThread.h"
#include "tests/support/Await.h"

#include <QtTest/QTest>

#include <atomic>

namespace confab::test {

using namespace Qt::StringLiterals;

namespace {
/// So slow that no test sees a token come back.
constexpr int kSlow = 6;
constexpr int kSlowStepMs = 10'000;
} // namespace

QString BucketsContract::newKey()
{
    return u"bucket %1"_s.arg(++m_keys);
}

Result<BucketsContract::Taken> BucketsContract::take(const QList<Token> &tokens)
{
    return await(buckets().take(tokens));
}

bool BucketsContract::takes(const QList<Token> &tokens)
{
    const Result<Taken> taken = take(tokens);
    if (!taken)
        QTest::qFail(qPrintable(taken.error().message), __FILE__, __LINE__);
    return taken && !taken->isRefused();
}

void BucketsContract::giveABurstAndThenNoMore()
{
    const Token token{newKey(), {3, kSlow}};
    for (int i = 0; i < 3; ++i)
        QVERIFY(takes({token}));
    for (int i = 0; i < 3; ++i) {
        const Result<Taken> taken = take({token});
        QVERIFY(taken);
        QCOMPARE(taken->refusedBy, 0);
        QVERIFY2(taken->waitMs > kSlowStepMs / 2 && taken->waitMs <= kSlowStepMs, QByteArray::number(taken->waitMs));
    }
    QVERIFY(takes({{newKey(), {3, kSlow}}}));
}

void BucketsContract::fillAtTheirRate()
{
    const Token token{newKey(), {2, 600}};
    Result<Taken> taken = take({token});
    for (int i = 0; i < 100 && !taken->isRefused(); ++i)
        taken = take({token});
    QVERIFY(taken->isRefused());
    QVERIFY(taken->waitMs > 0 && taken->waitMs <= 100);
    letPass(static_cast<int>(taken->waitMs));
    QVERIFY(takes({token}));
    letPass(1000);
    QVERIFY(takes({token}));
    QVERIFY(takes({token}));
}

void BucketsContract::giveAllOrNone()
{
    const Token large{newKey(), {5, kSlow}};
    const Token small{newKey(), {1, kSlow}};
    QVERIFY(takes({large, small}));
    for (int i = 0; i < 5; ++i) {
        const Result<Taken> taken = take({large, small});
        QVERIFY(taken);
        QCOMPARE(taken->refusedBy, 1);
    }
    for (int i = 0; i < 4; ++i)
        QVERIFY(takes({large}));
    QVERIFY(!takes({large}));
}

void BucketsContract::nameTheOneToWaitLongestFor()
{
    const Token quick{newKey(), {1, 2 * kSlow}};
    const Token slow{newKey(), {1, kSlow}};
    QVERIFY(takes({quick, slow}));
    QCOMPARE(take({quick, slow})->refusedBy, 1);
    const Result<Taken> taken = take({slow, quick});
    QVERIFY(taken);
    QCOMPARE(taken->refusedBy, 0);
    QVERIFY(taken->waitMs > kSlowStepMs / 2);
}

void BucketsContract::takeBackWhatWasTaken()
{
    const Token token{newKey(), {2, kSlow}};
    QVERIFY(takes({token}) && takes({token}) && !takes({token}));
    buckets().giveBack(token);
    QVERIFY(takes({token}));
    QVERIFY(!takes({token}));
}

void BucketsContract::takeBackNoMoreThanTheyHold()
{
    const Token token{newKey(), {1, kSlow}};
    for (int i = 0; i < 10; ++i)
        buckets().giveBack(token);
    QVERIFY(takes({token}));
    buckets().giveBack(token);
    buckets().giveBack(token);
    QVERIFY(takes({token}));
    QVERIFY(!takes({token}));
}

void BucketsContract::giveNoMoreToManyThreads()
{
    const Token token{newKey(), {50, 1}};
    const Token other{newKey(), {1000, 1}};
    std::atomic<int> taken = 0;
    std::atomic<int> errors = 0;
    std::vector<std::unique_ptr<FunctionThread>> threads;
    for (int i = 0; i < 4; ++i) {
        threads.push_back(std::make_unique<FunctionThread>([&] {
            for (int attempt = 0; attempt < 40; ++attempt) {
                const Result<Taken> result = take({token, other});
                errors += result ? 0 : 1;
                taken += result && !result->isRefused() ? 1 : 0;
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(60'000));
    QCOMPARE(errors, 0);
    QCOMPARE(taken, 50);
}

} // namespace confab::test
