// SPDX-License-Identifier: MIT
#include "tests/contract/database/DatabaseContract.h"

#include "tests/support/Await.h"

#include <QtTest/QTest>

namespace confab::test {

using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kInsert = "INSERT INTO things (id, amount) VALUES (?, ?)";
const QByteArray kAdd = "UPDATE things SET amount = amount + ? WHERE id = ?";

} // namespace

Result<BatchOutcome> DatabaseContract::commit(const Batch &batch)
{
    return await(database().commit(batch));
}

Result<Rows> DatabaseContract::query(const Statement &statement)
{
    return await(database().query(statement));
}

void DatabaseContract::makeTable()
{
    const auto made = commit({{"CREATE TABLE things (id bigint PRIMARY KEY, amount bigint NOT NULL)", {}, {}}});
    QVERIFY(made.has_value());
}

qint64 DatabaseContract::valueOf(int id)
{
    const auto rows = query({"SELECT amount FROM things WHERE id = ?", {id}, {}});
    return rows && !rows->isEmpty() ? rows->first().at(0).toInt() : -1;
}

void DatabaseContract::returnsEveryKindOfValueAsStored()
{
    QVERIFY(commit({{"CREATE TABLE kinds (id bigint PRIMARY KEY, n bigint, t text, b bytea, u uuid)", {}, {}}}));
    const QUuid uuid = QUuid::createUuid();
    const QByteArray bytes("a\0b\xff", 4);
    const QString text = u"Grüße 👩🏽‍🚀"_s;
    const QByteArray insert = "INSERT INTO kinds (id, n, t, b, u) VALUES (?, ?, ?, ?, ?)";
    QVERIFY(commit({{insert, {1, Q_INT64_C(9'007'199'254'740'993), text, bytes, uuid}, 1},
                    {insert, {2, Value(), Value(), Value(), Value()}, 1},
                    {insert, {3, 0, QString(), QByteArray(), QUuid()}, 1}}));

    const auto rows = query({"SELECT n, t, b, u FROM kinds ORDER BY id", {}, {}});
    QVERIFY(rows);
    QCOMPARE(rows->rows.size(), 3);
    const Row full = rows->rows.at(0);
    QCOMPARE(full.at(0).toInt(), Q_INT64_C(9'007'199'254'740'993));
    QCOMPARE(full.at(1).toText(), text);
    QCOMPARE(full.at(2).toBytes(), bytes);
    QCOMPARE(full.at(3).toUuid(), uuid);
    for (const Value &value : rows->rows.at(1)) {
        QVERIFY(value.isNull());
        QCOMPARE(value.toInt(), 0);
        QCOMPARE(value.toText(), QString());
        QCOMPARE(value.toUuid(), QUuid());
    }
    for (const Value &value : rows->rows.at(2))
        QVERIFY(!value.isNull());
    QCOMPARE(rows->rows.at(2).at(3).toUuid(), QUuid());
}

void DatabaseContract::keepsTextsAsTheyAre()
{
    QVERIFY(commit({{"CREATE TABLE texts (id bigint PRIMARY KEY, t text NOT NULL)", {}, {}}}));
    const QStringList texts = {u"\uFEFFmark first"_s, u"\uFEFF\uFEFF"_s,       u"mark \uFEFF inside"_s,
                               u"a\u0308 \u00E4"_s,   u"\u0001\u001b\u0085"_s, u" \r\n\t "_s,
                               u"👩🏽‍🚀"_s,  u"\U000E0067"_s,         u"%_'\"\\;--"_s};
    for (int i = 0; i < texts.size(); ++i)
        QVERIFY(commit({{"INSERT INTO texts (id, t) VALUES (?, ?)", {i, texts.at(i)}, 1}}));
    for (int i = 0; i < texts.size(); ++i) {
        const auto rows = query({"SELECT t FROM texts WHERE id = ? AND t = ?", {i, texts.at(i)}, {}});
        QVERIFY(rows && !rows->isEmpty());
        QCOMPARE(rows->first().first().toText(), texts.at(i));
    }
}

void DatabaseContract::readsWhatWasCommittedBefore()
{
    makeTable();
    QVERIFY(commit({{kInsert, {1, 0}, 1}}));
    for (int i = 1; i <= 50; ++i) {
        QVERIFY(commit({{kAdd, {1, 1}, 1}}));
        QCOMPARE(valueOf(1), i);
    }
}

void DatabaseContract::commitsAllStatementsOfABatchOrNone()
{
    makeTable();
    const auto outcome = commit({{kInsert, {1, 10}, 1}, {kInsert, {2, 20}, 1}, {kAdd, {5, 1}, 1}});
    QVERIFY(outcome);
    QVERIFY(outcome->committed());
    QCOMPARE(outcome->results.size(), 3);
    QCOMPARE(valueOf(1), 15);
    QCOMPARE(valueOf(2), 20);

    const auto broken = commit({{kAdd, {100, 1}, 1}, {kInsert, {2, 0}, 1}});
    QVERIFY(!broken);
    QCOMPARE(broken.error().code, ErrorCode::Internal);
    QCOMPARE(valueOf(1), 15);
}

void DatabaseContract::undoesTheBatchWhoseStatementMissed()
{
    makeTable();
    QVERIFY(commit({{kInsert, {1, 10}, 1}}));
    const auto outcome = commit({{kAdd, {5, 1}, 1}, {kAdd, {5, 99}, 1}, {kAdd, {5, 1}, 1}});
    QVERIFY(outcome);
    QVERIFY(!outcome->committed());
    QCOMPARE(outcome->missed, 1);
    QCOMPARE(valueOf(1), 10);

    // Too many is a miss too, and so is a single statement's.
    QVERIFY(commit({{kInsert, {2, 10}, 1}}));
    const auto tooMany = commit({{"UPDATE things SET amount = 0", {}, 1}});
    QVERIFY(tooMany);
    QCOMPARE(tooMany->missed, 0);
    QCOMPARE(valueOf(1), 10);
}

void DatabaseContract::countsRowsOfReturningAndOfSelectsAsAffected()
{
    makeTable();
    const auto outcome = commit({{kInsert, {1, 10}, 1},
                                 {"UPDATE things SET amount = amount + 1 WHERE id = ? RETURNING amount", {1}, 1},
                                 {"SELECT amount FROM things WHERE amount = 11", {}, 1}});
    QVERIFY(outcome);
    QVERIFY(outcome->committed());
    QCOMPARE(outcome->results.at(1).first().at(0).toInt(), 11);

    const auto missed = commit({{kAdd, {1, 1}, 1}, {"SELECT 1 FROM things WHERE amount > 100", {}, 1}});
    QVERIFY(missed);
    QCOMPARE(missed->missed, 1);
    QCOMPARE(valueOf(1), 11);
}

void DatabaseContract::undoesAFaultyBatchAlone()
{
    makeTable();
    QVERIFY(commit({{kInsert, {0, 0}, 1}}));
    std::vector<QCoro::Task<Result<BatchOutcome>>> tasks;
    for (int i = 1; i <= 60; ++i) {
        const int id = i % 3 == 0 ? 0 : i; // every third collides with row 0
        tasks.push_back(database().commit({{kAdd, {1, 0}, 1}, {kInsert, {id, i}, 1}}));
    }
    for (int i = 1; i <= 60; ++i) {
        const auto outcome = await(std::move(tasks[size_t(i - 1)]));
        QCOMPARE(outcome.has_value(), i % 3 != 0);
    }
    QCOMPARE(valueOf(0), 40);
    const auto count = query({"SELECT count(*) FROM things", {}, {}});
    QVERIFY(count);
    QCOMPARE(count->first().at(0).toInt(), 41);
}

void DatabaseContract::refusesWritesInQueries()
{
    makeTable();
    QVERIFY(commit({{kInsert, {1, 10}, 1}}));
    QVERIFY(!query({kAdd, {1, 1}, {}}));
    QVERIFY(!query({"SELECT nonsense FROM nowhere", {}, {}}));
    QCOMPARE(valueOf(1), 10);
}

void DatabaseContract::keepsConcurrentIncrementsApart()
{
    makeTable();
    QVERIFY(commit({{kInsert, {1, 0}, 1}}));
    std::vector<QCoro::Task<Result<BatchOutcome>>> tasks;
    for (int i = 0; i < 400; ++i)
        tasks.push_back(
            database().commit({{"UPDATE things SET amount = amount + 1 WHERE id = 1 RETURNING amount", {}, 1}}));
    QSet<qint64> seen;
    for (auto &task : tasks) {
        const auto outcome = await(std::move(task));
        QVERIFY(outcome);
        seen.insert(outcome->results.first().first().at(0).toInt());
    }
    QCOMPARE(seen.size(), 400);
    QCOMPARE(valueOf(1), 400);
}

} // namespace confab::test
