// SPDX-License-Identifier: MIT
#include "server/app/move/StoreMove.h"

namespace confab::server {

using namespace Qt::StringLiterals;
using State = MoveTarget::Standing::State;

namespace {

// What one transaction copies, whichever is reached first: it bounds what an interruption has to do again.
constexpr qint64 kBatchRows = 10'000;
constexpr qint64 kBatchBytes = 4 * 1024 * 1024;
constexpr qint64 kTellEveryMs = 2000;

QString nameOf(const TableShape &table)
{
    return QString::fromUtf8(table.name);
}

} // namespace

Result<Done> StoreMove::run()
{
    const Result<MoveTarget::Standing> found = m_target.standing();
    if (!found)
        return found.error();
    const bool isOurs = found->generation == m_source.generation();
    if (const std::optional<MovedMark> &mark = m_source.mark()) {
        if (found->state == State::HalfDone && found->moveId == mark->moveId)
            return finish();
        if (found->state == State::Whole && isOurs) {
            m_tell(u"Nothing is left to do: the store was moved there before."_s);
            return Done{};
        }
        return Error::conflict({}, mark->refusal().message);
    }
    if (found->state == State::Foreign || (found->state != State::Empty && !isOurs)) {
        return Error::conflict({},
                               u"The database is not empty, and what is in it is not this store. Make a new one for "
                               u"it (createdb)."_s);
    }
    if (found->state == State::Whole) {
        return Error::conflict({}, u"The database holds this store already, as a whole; --check compares the two. To "
                                   u"move once more, empty it."_s);
    }
    const QUuid moveId = found->state == State::HalfDone ? found->moveId : IdGenerator(m_clock).makeUuid();
    if (found->state == State::HalfDone)
        m_tell(u"Going on with the move that was interrupted."_s);
    Result<Done> done = m_target.begin(moveId, m_source.generation());
    if (done)
        done = copy();
    if (done)
        done = compare();
    if (!done)
        return done;
    const MovedMark mark{m_targetName, m_clock.utcMs(), moveId};
    done = m_source.setMark(mark);
    return done ? finish() : done;
}

Result<Done> StoreMove::finish()
{
    Result<Done> done = m_target.finish();
    if (done)
        m_tell(
            u"The store is in PostgreSQL now: set database.url and start confabd. The old one does not start again."_s);
    return done;
}

Result<Done> StoreMove::check()
{
    const Result<MoveTarget::Standing> found = m_target.standing();
    if (!found)
        return found.error();
    if (found->state == State::Foreign || (found->state != State::Empty && found->generation != m_source.generation()))
        return Error::conflict({}, u"What is in the database is not this store."_s);
    if (found->state == State::Whole)
        return compare();
    for (const TableShape &table : m_source.tables()) {
        const Result<qint64> rows = m_source.count(table);
        if (!rows)
            return rows.error();
        const Result<qint64> there = found->state == State::Empty ? Result<qint64>(0) : m_target.count(table);
        if (!there)
            return there.error();
        m_tell(u"%1: %2 rows, %3 of them copied"_s.arg(nameOf(table)).arg(*rows).arg(*there));
    }
    m_tell(found->state == State::Empty ? u"The database is empty: the store can be moved into it."_s
                                        : u"A move into it was interrupted and can go on."_s);
    return Done{};
}

Result<Done> StoreMove::copy()
{
    for (const TableShape &table : m_source.tables()) {
        Result<Done> copied = copyTable(table);
        if (!copied)
            return copied;
    }
    return Done{};
}

Result<Done> StoreMove::copyTable(const TableShape &table)
{
    const Result<std::optional<Row>> lastKey = m_target.lastKey(table);
    if (!lastKey)
        return lastKey.error();
    qint64 rows = 0;
    qint64 batchRows = 0;
    qint64 batchBytes = 0;
    Result<Done> done = m_target.beginRows(table);
    if (!done)
        return done;
    done = m_source.read(table, *lastKey, [&](const Row &row) -> Result<Done> {
        const Result<QByteArray> tuple = copyTuple(table.columns, row);
        if (!tuple)
            return Error::internal(
                u"The store's table %1 cannot be copied: %2."_s.arg(nameOf(table), tuple.error().message));
        Result<Done> put = m_target.put(*tuple);
        batchBytes += tuple->size();
        ++rows;
        if (!put || (++batchRows < kBatchRows && batchBytes < kBatchBytes))
            return put;
        batchRows = batchBytes = 0;
        put = m_target.commitRows();
        tellNowAndThen(table, "copied", rows);
        return put ? m_target.beginRows(table) : put;
    });
    if (done)
        done = m_target.commitRows();
    if (done)
        m_tell(u"%1: %2 rows copied"_s.arg(nameOf(table)).arg(rows));
    return done;
}

Result<Done> StoreMove::compare()
{
    Result<Done> done = compareStores();
    for (const TableShape &table : m_source.tables()) {
        if (done)
            done = compareTable(table);
    }
    if (done)
        m_tell(u"Both hold the same."_s);
    return done;
}

Result<Done> StoreMove::compareStores()
{
    const Result<MoveTarget::Standing> found = m_target.standing();
    if (!found)
        return found.error();
    if (found->schemaVersion != m_source.schemaVersion() || found->generation != m_source.generation()) {
        return Error::conflict({},
                               u"The two are of different schemas: %1 here, %2 there."_s.arg(m_source.schemaVersion())
                                   .arg(found->schemaVersion));
    }
    return Done{};
}

Result<Done> StoreMove::compareTable(const TableShape &table)
{
    Result<Done> done = m_target.beginReading(table);
    if (!done)
        return done;
    qint64 rows = 0;
    done = m_source.read(table, std::nullopt, [&](const Row &row) -> Result<Done> {
        const Result<std::optional<QByteArray>> there = m_target.next();
        if (!there)
            return there.error();
        const Result<QByteArray> here = copyTuple(table.columns, row);
        if (!here)
            return here.error();
        if (!*there)
            return differs(table, row, "is missing in PostgreSQL");
        if (**there != *here)
            return differs(table, row, "is not the same in PostgreSQL");
        tellNowAndThen(table, "compared", ++rows);
        return Done{};
    });
    if (!done)
        return done;
    const Result<std::optional<QByteArray>> more = m_target.next();
    if (!more)
        return more.error();
    if (*more)
        return Error::conflict({}, u"PostgreSQL holds more rows of %1 than the store does."_s.arg(nameOf(table)));
    m_tell(u"%1: %2 rows compared"_s.arg(nameOf(table)).arg(rows));
    return Done{};
}

void StoreMove::tellNowAndThen(const TableShape &table, const char *what, qint64 rows)
{
    const qint64 now = m_clock.monotonicMs();
    if (now - m_toldAt < kTellEveryMs)
        return;
    m_toldAt = now;
    m_tell(u"%1: %2 rows %3 so far"_s.arg(nameOf(table)).arg(rows).arg(QLatin1StringView(what)));
}

Error StoreMove::differs(const TableShape &table, const Row &row, const char *how) const
{
    QStringList key;
    for (qsizetype i = 0; i < table.keyColumns; ++i) {
        const Value &value = row.at(i);
        switch (table.columns.at(i).type) {
        case ColumnType::Number:
            key.append(QString::number(value.toInt()));
            break;
        case ColumnType::Uuid:
            key.append(value.toUuid().toString(QUuid::WithoutBraces));
            break;
        case ColumnType::Text:
        case ColumnType::Bytes:
            key.append(u"…"_s); // what people wrote
            break;
        }
    }
    return Error::conflict({},
                           u"A row of %1 (%2) %3. If the store was served since the move began, make a new database "
                           u"and move once more."_s.arg(nameOf(table), key.join(u", "), QLatin1StringView(how)));
}

} // namespace confab::server
