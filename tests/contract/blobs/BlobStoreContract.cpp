// SPDX-License-Identifier: MIT
#include "tests/contract/blobs/BlobStoreContract.h"

#include "tests/support/Await.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QUuid>
#include <QtTest/QTest>

namespace confab::test {

using namespace server;

namespace {

constexpr qsizetype kMiB = 1024 * 1024;

QByteArray someBytes(qsizetype count)
{
    QByteArray bytes(count, Qt::Uninitialized);
    quint32 state = QRandomGenerator::global()->generate() | 1;
    for (char &byte : bytes) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        byte = static_cast<char>(state);
    }
    return bytes;
}

/// Appends all of it in pieces of \a piece bytes.
Result<UnfinishedBlob> appendAll(BlobStore &store, const BlobKey &key, const QByteArray &bytes, qsizetype piece)
{
    Result<UnfinishedBlob> blob = UnfinishedBlob{};
    for (qsizetype at = 0; blob && at < bytes.size(); at += piece)
        blob = await(store.append(key, *blob, bytes.mid(at, piece)));
    return blob;
}

QByteArray readAll(BlobStore &store, const BlobKey &key)
{
    const Result<qint64> size = await(store.size(key));
    return size ? await(store.read(key, 0, *size)).value_or(QByteArray("not read")) : QByteArray("no size");
}

template<typename T>
ErrorCode codeOf(const Result<T> &result)
{
    return result ? ErrorCode::Unknown : result.error().code;
}

} // namespace

BlobKey BlobStoreContract::newKey()
{
    return QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
}

void BlobStoreContract::finishesWhatWasAppended_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<qsizetype>("piece");
    QTest::newRow("nothing") << qsizetype(0) << kMiB;
    QTest::newRow("one byte") << qsizetype(1) << kMiB;
    QTest::newRow("one piece") << qsizetype(1000) << kMiB;
    QTest::newRow("small pieces") << qsizetype(1000) << qsizetype(7);
    QTest::newRow("exactly a part") << 5 * kMiB << 5 * kMiB;
    QTest::newRow("exactly two parts") << 10 * kMiB << 5 * kMiB;
    QTest::newRow("pieces that do not fit parts") << 13 * kMiB + 5 << 3 * kMiB;
    QTest::newRow("a piece of several parts") << 16 * kMiB + 1 << 16 * kMiB;
}

void BlobStoreContract::finishesWhatWasAppended()
{
    QFETCH(qsizetype, size);
    QFETCH(qsizetype, piece);
    const auto store = makeStore();
    const BlobKey key = newKey();
    const QByteArray bytes = someBytes(size);
    const Result<UnfinishedBlob> blob = appendAll(*store, key, bytes, piece);
    QVERIFY(blob);
    QCOMPARE(blob->size, size);
    QVERIFY(await(store->finish(key, *blob)));
    QCOMPARE(await(store->size(key)).value_or(-1), size);
    QVERIFY(readAll(*store, key) == bytes);
}

void BlobStoreContract::readsNothingOfAnUnfinishedBlob()
{
    const auto store = makeStore();
    const BlobKey key = newKey();
    QVERIFY(appendAll(*store, key, someBytes(6 * kMiB), 2 * kMiB));
    QCOMPARE(codeOf(await(store->size(key))), ErrorCode::NotFound);
    QCOMPARE(codeOf(await(store->read(key, 0, 10))), ErrorCode::NotFound);
}

void BlobStoreContract::goesOnAfterARestart()
{
    const BlobKey key = newKey();
    const QByteArray bytes = someBytes(12 * kMiB);
    Result<UnfinishedBlob> blob = UnfinishedBlob{};
    for (qsizetype at = 0; at < bytes.size(); at += 3 * kMiB) {
        const auto store = makeStore();
        blob = await(store->append(key, *blob, bytes.mid(at, 3 * kMiB)));
        QVERIFY(blob);
    }
    const auto store = makeStore();
    QVERIFY(await(store->finish(key, *blob)));
    QVERIFY(readAll(*store, key) == bytes);
}

void BlobStoreContract::takesAStepAgain()
{
    const auto store = makeStore();
    const BlobKey key = newKey();
    const QByteArray bytes = someBytes(12 * kMiB);
    Result<UnfinishedBlob> blob = UnfinishedBlob{};
    for (qsizetype at = 0; at < bytes.size(); at += 4 * kMiB) {
        QVERIFY(await(store->append(key, *blob, bytes.mid(at, 4 * kMiB))));
        blob = await(store->append(key, *blob, bytes.mid(at, 4 * kMiB)));
        QVERIFY(blob);
    }
    QVERIFY(await(store->finish(key, *blob)));
    QVERIFY(readAll(*store, key) == bytes);
}

void BlobStoreContract::takesAStepAgainWithOtherBytes()
{
    const auto store = makeStore();
    const BlobKey key = newKey();
    const QByteArray bytes = someBytes(9 * kMiB);
    Result<UnfinishedBlob> blob = await(store->append(key, {}, bytes.first(4 * kMiB)));
    QVERIFY(blob);
    // Longer than what is kept in the end, and other bytes.
    QVERIFY(await(store->append(key, *blob, someBytes(3 * kMiB))));
    blob = await(store->append(key, *blob, bytes.mid(4 * kMiB, kMiB)));
    QVERIFY(blob);
    QVERIFY(await(store->append(key, *blob, someBytes(6 * kMiB))));
    blob = await(store->append(key, *blob, bytes.mid(5 * kMiB)));
    QVERIFY(blob);
    QVERIFY(await(store->finish(key, *blob)));
    QVERIFY(readAll(*store, key) == bytes);
}

void BlobStoreContract::finishesTwice()
{
    const auto store = makeStore();
    for (const qsizetype size : {qsizetype(10), 7 * kMiB}) {
        const BlobKey key = newKey();
        const QByteArray bytes = someBytes(size);
        const Result<UnfinishedBlob> blob = appendAll(*store, key, bytes, 5 * kMiB);
        QVERIFY(blob);
        QVERIFY(await(store->finish(key, *blob)));
        QVERIFY(await(store->finish(key, *blob)));
        QVERIFY(readAll(*store, key) == bytes);
    }
}

void BlobStoreContract::saysThatAnAbandonedBlobIsGone()
{
    const auto store = makeStore();
    for (const qsizetype size : {qsizetype(10), 7 * kMiB}) {
        const BlobKey key = newKey();
        const Result<UnfinishedBlob> blob = appendAll(*store, key, someBytes(size), 5 * kMiB);
        QVERIFY(blob);
        QVERIFY(await(store->abandon(key, *blob)));
        QVERIFY(await(store->abandon(key, *blob)));
        QCOMPARE(codeOf(await(store->append(key, *blob, someBytes(6 * kMiB)))), ErrorCode::NotFound);
        QCOMPARE(codeOf(await(store->finish(key, *blob))), ErrorCode::NotFound);
        // Under the same key it begins anew.
        const QByteArray bytes = someBytes(size);
        const Result<UnfinishedBlob> anew = appendAll(*store, key, bytes, 5 * kMiB);
        QVERIFY(anew);
        QVERIFY(await(store->finish(key, *anew)));
        QVERIFY(readAll(*store, key) == bytes);
    }
}

void BlobStoreContract::saysThatWhatWasNeverThereIsGone()
{
    const auto store = makeStore();
    QCOMPARE(codeOf(await(store->size(newKey()))), ErrorCode::NotFound);
    QCOMPARE(codeOf(await(store->read(newKey(), 0, 1))), ErrorCode::NotFound);
    QVERIFY(await(store->abandon(newKey(), {})));
}

void BlobStoreContract::replacesWhatIsPut()
{
    const auto store = makeStore();
    const BlobKey key = newKey() + ".preview";
    QVERIFY(await(store->put(key, "first and long")));
    QCOMPARE(readAll(*store, key), QByteArray("first and long"));
    QVERIFY(await(store->put(key, "second")));
    QCOMPARE(readAll(*store, key), QByteArray("second"));
}

void BlobStoreContract::readsRanges()
{
    const auto store = makeStore();
    const BlobKey key = newKey();
    QVERIFY(await(store->put(key, "0123456789")));
    QCOMPARE(await(store->read(key, 0, 4)).value_or("?"), QByteArray("0123"));
    QCOMPARE(await(store->read(key, 4, 3)).value_or("?"), QByteArray("456"));
    QCOMPARE(await(store->read(key, 8, 100)).value_or("?"), QByteArray("89"));
    QCOMPARE(await(store->read(key, 10, 5)).value_or("?"), QByteArray());
    QCOMPARE(await(store->read(key, 1000, 5)).value_or("?"), QByteArray());
    QCOMPARE(await(store->read(key, 2, 0)).value_or("?"), QByteArray());
}

void BlobStoreContract::removesWhatIsNotThere()
{
    const auto store = makeStore();
    const BlobKey key = newKey();
    QVERIFY(await(store->put(key, "x")));
    QVERIFY(await(store->remove(key)));
    QCOMPARE(codeOf(await(store->size(key))), ErrorCode::NotFound);
    QVERIFY(await(store->remove(key)));
}

void BlobStoreContract::keepsBlobsApartThatGrowTogether()
{
    const auto store = makeStore();
    struct Growing
    {
        BlobKey key = newKey();
        QByteArray bytes = someBytes(6 * kMiB);
        UnfinishedBlob blob = {};
    };
    std::vector<Growing> all(4);
    for (qsizetype at = 0; at < 6 * kMiB; at += 2 * kMiB) {
        std::vector<Task<UnfinishedBlob>> steps;
        for (const Growing &each : all)
            steps.push_back(store->append(each.key, each.blob, each.bytes.mid(at, 2 * kMiB)));
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Result<UnfinishedBlob> blob = await(std::move(steps[i]));
            QVERIFY(blob);
            all[i].blob = *blob;
        }
    }
    for (const Growing &each : all) {
        QVERIFY(await(store->finish(each.key, each.blob)));
        QVERIFY(readAll(*store, each.key) == each.bytes);
    }
}

void BlobStoreContract::isReady()
{
    QVERIFY(await(makeStore()->ready()));
}

} // namespace confab::test
