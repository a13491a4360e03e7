// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/support/faults/Seed.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"
#include "tests/system/cluster/Cluster.h"
#include "tests/system/cluster/PresenceSocket.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;
using State = Presence::State;

namespace {

// As documented (docs/limits.md), and what a loaded machine may take beyond it.
constexpr int kGraceMs = 10'000;
constexpr int kLeaseMs = 15'000;
constexpr int kBoundMs = 15'000 + 5'000 + 1'000;
constexpr int kSlackMs = 10'000;

} // namespace

/// Who is there, as somebody at the first of two nodes sees it, while the second or Redis breaks.
class tst_PresenceOfNodes : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;
    QList<SignedIn> m_people; // the first is the one who watches
    std::unique_ptr<PresenceSocket> m_watcher;
    std::vector<std::unique_ptr<PresenceSocket>> m_others; // at the second node

    static constexpr qsizetype kOthers = 20;

    UserId idOf(qsizetype person) const { return m_people.at(person).user.id; }
    std::unique_ptr<PresenceSocket> connectTo(int node, qsizetype person, const QList<UserId> &watched = {})
    {
        return std::make_unique<PresenceSocket>(m_cluster->node(node).socketUrl(), m_people.at(person).token, watched);
    }
    /// True when all are greeted, the one who watches too.
    bool connectOthersTo(int node)
    {
        m_others.clear();
        for (qsizetype person = 1; person <= kOthers; ++person)
            m_others.push_back(connectTo(node, person));
        return waitUntil([&] {
            return m_watcher->isGreeted() &&
                   std::all_of(m_others.begin(), m_others.end(), [](const auto &other) { return other->isGreeted(); });
        });
    }
    /// How many the node vouches for.
    int peopleAt(int node)
    {
        const QByteArray page = RestClient(m_cluster->node(node).url()).request("GET", u"/metrics"_s).body;
        const QByteArray name = "\nconfab_presence_people ";
        const qsizetype at = page.indexOf(name);
        return at < 0 ? -1 : page.mid(at + name.size()).split('\n').first().toInt();
    }
    bool seesAll(State state) const
    {
        for (qsizetype person = 1; person <= kOthers; ++person) {
            if (m_watcher->state(idOf(person)) != state)
                return false;
        }
        return true;
    }
    bool waitUntilAllAre(State state, int timeoutMs = 60'000)
    {
        return waitUntil([&] { return seesAll(state); }, timeoutMs);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_cluster = std::make_unique<Cluster>();
        const QString trouble = m_cluster->open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        RestClient rest(m_cluster->node(0).url());
        QList<UserId> all;
        QJsonArray others;
        for (qsizetype i = 0; i <= kOthers; ++i) {
            const Result<SignedIn> person = signUp(rest, u"person%1"_s.arg(i));
            QVERIFY(person);
            m_people.append(*person);
            all.append(person->user.id);
            if (i > 0)
                others.append(person->user.id.toString());
        }
        rest.setToken(m_people.first().token);
        const RestReply made = rest.request("POST", u"/v1/conversations"_s,
                                            {{u"clientId"_s, ClientId(QUuid::createUuid()).toString()},
                                             {u"kind"_s, u"group"_s},
                                             {u"title"_s, u"Everybody"_s},
                                             {u"memberIds"_s, others}});
        QCOMPARE(made.status, 201);
        m_watcher = connectTo(0, 0, all);
        QVERIFY(waitUntil([&] { return m_watcher->state(idOf(0)) == State::Online; }));
        QVERIFY(waitUntilAllAre(State::Offline));
    }
    void cleanupTestCase()
    {
        m_others.clear();
        m_watcher.reset();
        m_cluster.reset();
    }

    /// Case E2.
    void comingAndGoingInHasteLeavesNobodyThere()
    {
        const int keysBefore = m_cluster->redis.run({u"DBSIZE"_s}).toInt();
        quint32 random = 1;
        int greeted = 0;
        for (int i = 0; i < scaled(200); ++i) {
            random = random * 1664525 + 1013904223;
            const auto socket = connectTo(1, 1);
            waitUntil([life = QDeadlineTimer(5 + static_cast<int>((random >> 16) % 46))] { return life.hasExpired(); });
            greeted += socket->isGreeted();
        }
        qInfo("%d of the sockets lived long enough to be greeted", greeted);
        QVERIFY(greeted > 0);
        QVERIFY(waitUntil([&] { return m_watcher->state(idOf(1)) == State::Online; }));
        QVERIFY(waitUntil([&] { return m_watcher->state(idOf(1)) == State::Offline; }, kGraceMs + kSlackMs));
        // Nothing is vouched for any more, nor stored.
        QCOMPARE(peopleAt(1), 0);
        QVERIFY(m_cluster->redis.run({u"DBSIZE"_s}).toInt() <= keysBefore);
    }

    /// Nobody who comes back soon was ever gone.
    void aRestartInOrderIsNotSeen()
    {
        QVERIFY(connectOthersTo(1));
        QVERIFY(waitUntilAllAre(State::Online));
        m_watcher->everOffline.clear();
        QCOMPARE(m_cluster->node(1).terminate(), 0);
        QVERIFY(connectOthersTo(0));
        QVERIFY(m_cluster->node(1).start());
        // The lease of the node before ends meanwhile.
        QVERIFY(!waitUntil([&] { return !m_watcher->everOffline.isEmpty(); }, kBoundMs + 2000));
        QVERIFY(m_watcher->isGreeted() && seesAll(State::Online));
    }

    /// Case E3.
    void peopleOfAKilledNodeGoOfflineByItsLease()
    {
        QVERIFY(connectOthersTo(1));
        QVERIFY(waitUntil([&] { return peopleAt(0) == 1; })); // who vouched for them before does no more
        QVERIFY(waitUntilAllAre(State::Online));
        const qint64 killedAt = QDateTime::currentMSecsSinceEpoch();
        QElapsedTimer since;
        since.start();
        const qint64 events = m_watcher->events;
        m_cluster->node(1).kill9();
        QVERIFY(waitUntilAllAre(State::Offline, kBoundMs + kSlackMs));
        const qint64 gone = since.elapsed();
        qInfo("everybody offline %lld ms after the kill, in %lld events", gone, m_watcher->events - events);
        QVERIFY(gone > kLeaseMs - 6'000); // not by the connections' end, which nobody noticed
        for (qsizetype person = 1; person <= kOthers; ++person) {
            const qint64 lastSeen = m_watcher->seen(idOf(person)).lastSeenAt; // by their sessions
            QVERIFY(lastSeen > 0 && lastSeen <= killedAt + 1000);
        }
        QVERIFY(m_cluster->node(1).start());
        QVERIFY(connectOthersTo(1));
        QVERIFY(waitUntilAllAre(State::Online));
    }

    /// Cases P5, P6: what is told over Redis takes none of its memory.
    void aFullAndAnEmptiedRedisChangeNothing()
    {
        RedisServer &redis = m_cluster->redis;
        for (const QString &policy : {u"noeviction"_s, u"allkeys-lru"_s}) {
            redis.run({u"CONFIG"_s, u"SET"_s, u"maxmemory-policy"_s, policy});
            redis.run({u"CONFIG"_s, u"SET"_s, u"maxmemory"_s, u"1"_s}); // less than it has
            QVERIFY(redis.run({u"SET"_s, u"key"_s, u"value"_s}).startsWith("OOM"));
            m_others.front()->setAway(true);
            QVERIFY(waitUntil([&] { return m_watcher->state(idOf(1)) == State::Away; }));
            m_others.front()->setAway(false);
            QVERIFY(waitUntil([&] { return m_watcher->state(idOf(1)) == State::Online; }));
            RestClient rest(m_cluster->node(1).url());
            QVERIFY(signIn(rest, u"person1"_s));
        }
        redis.run({u"CONFIG"_s, u"SET"_s, u"maxmemory"_s, u"0"_s});
        redis.run({u"FLUSHALL"_s});
        m_others.front()->setAway(true);
        QVERIFY(waitUntil([&] { return m_watcher->state(idOf(1)) == State::Away; }));
        m_others.front()->setAway(false);
        QVERIFY(waitUntilAllAre(State::Online));
    }

    /// Case P5: presence degrades and comes back.
    void withoutRedisEachNodeKnowsItsOwn()
    {
        m_watcher->everOffline.clear();
        m_cluster->redis.kill9();
        QVERIFY(waitUntilAllAre(State::Offline, kBoundMs + kSlackMs));
        QCOMPARE(m_watcher->state(idOf(0)), State::Online);
        QVERIFY(m_cluster->redis.start());
        QElapsedTimer since;
        since.start();
        QVERIFY(waitUntilAllAre(State::Online));
        qInfo("everybody is there again %lld ms after Redis was", since.elapsed());
        QVERIFY(!m_watcher->everOffline.contains(idOf(0)));
    }
};

CONFAB_TEST_CLASS(tst_PresenceOfNodes)
#include "tst_PresenceOfNodes.moc"
