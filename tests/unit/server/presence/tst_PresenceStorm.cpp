// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceDesk.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/TestStore.h"

#include "server/backends/bus/local/LocalBus.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;
using State = Presence::State;

namespace {

constexpr qsizetype kPeople = 5'000;
constexpr qsizetype kOnScreen = 50;
constexpr BoardTimings kBoard{.gatherMs = 20, .beatMs = 500, .leaseMs = 3'600'000, .listMs = 10};
constexpr DeskTimings kDesk{.tickMs = 100, .graceMs = 10'000, .roundMs = 60'000};

} // namespace

/// Everybody of a channel of 5,000 comes back at once, over two shards.
class tst_PresenceStorm : public QObject
{
    Q_OBJECT

    struct ShardOfSockets
    {
        ShardOfSockets(TestStore &store, LocalBus &bus)
            : rows(store.database()), board(bus.makeEndpoint(), store.clock(), kBoard),
              desk(rows, board, store.clock(), kDesk)
        {
            desk.setSink([this](const UserId &, const SessionId &, const QByteArray &frame) { bytes += frame.size(); });
        }

        PresenceRows rows;
        PresenceBoard board;
        PresenceDesk desk;
        qint64 bytes = 0;
    };

    std::unique_ptr<TestStore> m_store;
    std::unique_ptr<LocalBus> m_bus;
    std::unique_ptr<ShardOfSockets> m_shards[2];
    QList<Caller> m_callers;
    qint64 m_socketNumber = 0;

    PresenceDesk &deskOf(qsizetype person) { return m_shards[person % 2]->desk; }

    void addPeople()
    {
        Batch batch;
        for (qsizetype i = 0; i < kPeople; ++i) {
            const UserId id = m_store->ids().make<UserId>();
            m_callers.append({id, SessionId(QUuid::createUuid()), {}});
            const QString name = u"person%1"_s.arg(i);
            batch += {"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) VALUES "
                      "(?, ?, ?, ?, '', 0)",
                      {id, name, name, name},
                      1};
        }
        QVERIFY(await(m_store->database().commit(batch)));
    }

    /// One after another, each asking for whom they see, somebody else than the others do.
    void connectAll()
    {
        ++m_socketNumber;
        for (qsizetype i = 0; i < kPeople; ++i) {
            deskOf(i).socketOpened(m_callers.at(i), m_socketNumber, false);
            QList<UserId> onScreen;
            for (qsizetype k = 0; k < kOnScreen; ++k)
                onScreen.append(m_callers.at((i * 31 + k * 97) % kPeople).userId);
            const quint64 turn = deskOf(i).beginWatching(m_callers.at(i).sessionId);
            QVERIFY(await(deskOf(i).watch(m_callers.at(i), turn, onScreen)));
        }
    }
    void disconnectAll()
    {
        for (qsizetype i = 0; i < kPeople; ++i)
            deskOf(i).socketClosed(m_callers.at(i), m_socketNumber);
    }

    PresenceDesk::Counts counts() const
    {
        PresenceDesk::Counts sum;
        for (const auto &shard : m_shards) {
            sum.events += shard->desk.counts().events;
            sum.people += shard->desk.counts().people;
            sum.ticks += shard->desk.counts().ticks;
        }
        return sum;
    }
    void waitForTicks(quint64 ticks)
    {
        const quint64 before = counts().ticks;
        QTRY_VERIFY(counts().ticks >= before + 2 * ticks);
    }
    /// Until nothing is told for several ticks.
    void settle()
    {
        quint64 before = 0;
        do {
            before = counts().people;
            waitForTicks(5);
        } while (counts().people != before);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_store = std::make_unique<TestStore>();
        m_bus = std::make_unique<LocalBus>();
        for (auto &shard : m_shards)
            shard = std::make_unique<ShardOfSockets>(*m_store, *m_bus);
        addPeople();
        connectAll();
        settle();
    }
    void cleanupTestCase()
    {
        for (auto &shard : m_shards)
            shard.reset();
    }

    /// Case A6.
    void whoComesBackSoonWasNeverGone()
    {
        const PresenceDesk::Counts before = counts();
        disconnectAll();
        m_store->clock().advance(9'000);
        waitForTicks(3);
        connectAll();
        settle();
        QCOMPARE(counts().people - before.people, 0U);
    }

    /// Case A6.
    void aLongOutageCostsWhatIsOnScreenAndNotEverybody()
    {
        const PresenceDesk::Counts before = counts();
        disconnectAll();
        m_store->clock().advance(20'000);
        settle();
        for (const auto &shard : m_shards)
            QCOMPARE(shard->desk.hereCount(), 0);
        QElapsedTimer time;
        time.start();
        connectAll();
        settle();
        const qint64 ticks = time.elapsed() / kDesk.tickMs + 1;
        const quint64 people = counts().people - before.people;
        const quint64 events = counts().events - before.events;
        qInfo("%llu events with %llu people, %lld kB, in %lld ticks; %lld for everybody", events, people,
              (m_shards[0]->bytes + m_shards[1]->bytes) / 1000, ticks, qint64(kPeople) * kPeople);
        QVERIFY(people > 0);
        // Nobody hears of anybody whom they do not watch, nor of one of those more than once.
        QVERIFY(people <= quint64(kPeople) * kOnScreen);
        QVERIFY(events <= quint64(kPeople) * quint64(ticks));
    }

    void oneWhoComesCostsWhoWatchesThem()
    {
        const PresenceDesk::Counts before = counts();
        deskOf(0).setAway(m_callers.at(0), true);
        QTRY_VERIFY(counts().people > before.people);
        settle();
        const quint64 people = counts().people - before.people;
        QVERIFY2(people >= 1 && people <= 2 * kOnScreen, qPrintable(QString::number(people)));
        QCOMPARE(counts().events - before.events, people);
    }
};

CONFAB_TEST_CLASS(tst_PresenceStorm)
#include "tst_PresenceStorm.moc"
