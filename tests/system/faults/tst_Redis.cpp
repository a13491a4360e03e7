// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"
#include "tests/system/faults/FaultScene.h"

#include <QtCore/QElapsedTimer>

#include <csignal>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// Two nodes on one PostgreSQL and one Redis: Ada is at the first, Joan at the second.
struct TwoNodes
{
    explicit TwoNodes(const QStringList &arguments) : TwoNodes(arguments, arguments) { }
    TwoNodes(const QStringList &ofFirst, const QStringList &arguments)
        : scene(ofFirst), second(cheapServer() + QStringList{u"--heartbeat-seconds"_s, u"1"_s} + arguments)
    {
    }

    QString open()
    {
        if (!second.start())
            return u"the second node does not start"_s;
        scene.putJoanOn(second.url());
        return scene.open();
    }

    QByteArray readiness(const QUrl &node) { return RestClient(node).request("GET", u"/readyz"_s).body.trimmed(); }

    /// The value of a metric of the second node.
    double metric(const QByteArray &name)
    {
        const QByteArray page = RestClient(second.url()).request("GET", u"/metrics"_s).body;
        for (const QByteArray &line : page.split('\n')) {
            if (line.startsWith(name + ' ') || line.startsWith(name + '{'))
                return line.sliced(line.lastIndexOf(' ') + 1).toDouble();
        }
        return -1;
    }
    bool isRedisUp() { return metric("confab_redis_up") == 1.0; }

    /// Whether Joan's device shows what Ada typed.
    bool reachesJoan(const QString &text)
    {
        return waitUntil(
            [this, text] {
                const QList<Message> shown = scene.joan->timeline(scene.conversation, false);
                return std::any_of(shown.begin(), shown.end(),
                                   [&](const Message &message) { return message.content.text == text; });
            },
            20'000);
    }

    FaultScene scene;
    ConfabdProcess second;
};

} // namespace

/// Two nodes that tell each other through Redis, which is killed, stopped, or not there.
class tst_Redis : public QObject
{
    Q_OBJECT

    PostgresServer m_postgres;
    RedisServer m_redis;
    int m_count = 0;

    QStringList together()
    {
        const QByteArray name = "nodes" + QByteArray::number(++m_count);
        m_postgres.makeDatabase(name);
        return {u"--database-url"_s, QString::fromLatin1(m_postgres.url(name)),
                u"--redis-url"_s,    m_redis.url() + u'/' + QString::number(m_count),
                u"--shards"_s,       u"2"_s};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_postgres.start());
        QVERIFY(m_redis.start());
    }

    void changesCrossByTheBus()
    {
        TwoNodes nodes(together());
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        QVERIFY(nodes.isRedisUp());
        QCOMPARE(nodes.readiness(nodes.second.url()), "ready");
        nodes.scene.chat(30);
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QVERIFY(nodes.metric("confab_redis_received_total") > 10);
        QCOMPARE(nodes.metric("confab_healed_total"), 0.0); // nothing had to be found by comparing
    }

    void aSessionRevokedAtOneNodeClosesAtTheOther()
    {
        TwoNodes nodes(together());
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        RestClient rest(nodes.scene.server.url());
        const Result<SignedIn> other = signIn(rest, u"joan"_s);
        QVERIFY(other);
        rest.setToken(other->token);
        const Result<SessionList> sessions = rest.call<SessionList>("GET", u"/v1/sessions"_s);
        QVERIFY(sessions);
        for (const Session &session : sessions->sessions) {
            if (!session.current)
                QCOMPARE(rest.request("DELETE", u"/v1/sessions/"_s + session.id.toString()).status, 204);
        }
        QVERIFY(waitUntil([&] { return nodes.scene.joan->client().state() == client::Client::State::SessionOver; }));
    }

    /// Case P2: what was published while Redis was away is read from the database.
    void aRedisThatIsKilledCostsSeconds()
    {
        TwoNodes nodes(together());
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (int round = 0; round < scaled(2); ++round) {
            nodes.scene.chat(3);
            m_redis.kill9();
            const auto text = u"typed while Redis was away, %1"_s.arg(round);
            QVERIFY(nodes.scene.type(u"ada"_s, text));
            QVERIFY(nodes.reachesJoan(text));
            QVERIFY(!nodes.isRedisUp());
            QVERIFY(nodes.readiness(nodes.second.url()).startsWith("ready, but Redis"));
            nodes.scene.chat(3);
            QVERIFY(m_redis.start());
            QVERIFY(waitUntil([&] { return nodes.isRedisUp(); }));
        }
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QCOMPARE(nodes.readiness(nodes.second.url()), "ready");
    }

    /// A network that drops instead of closing: Redis neither answers nor fails.
    void aRedisThatIsSilentCostsSeconds()
    {
        TwoNodes nodes(together());
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        m_redis.signal(SIGSTOP);
        const auto text = u"typed while Redis was silent"_s;
        QVERIFY(nodes.scene.type(u"ada"_s, text));
        QVERIFY(nodes.reachesJoan(text));
        m_redis.signal(SIGCONT);
        QVERIFY(waitUntil([&] { return nodes.isRedisUp(); }));
        nodes.scene.chat(5);
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// The second node has Redis all the time, and hears from the database that the first one has not.
    void aRedisThatOneNodeAloneLosesCostsSeconds()
    {
        const QStringList arguments = together();
        FaultProxy proxy(m_redis.port());
        QStringList ofFirst = arguments;
        ofFirst[3] = u"redis://127.0.0.1:%1/%2"_s.arg(proxy.port()).arg(m_count);
        TwoNodes nodes(ofFirst, arguments);
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        nodes.scene.chat(3);
        QCOMPARE(nodes.scene.checker->settle(), QString()); // nothing is left under way that would bring it along
        proxy.refuse();
        QElapsedTimer since;
        since.start();
        const auto text = u"typed where Redis was away"_s;
        QVERIFY(nodes.scene.type(u"ada"_s, text));
        QVERIFY(nodes.reachesJoan(text)); // the comparison of a minute would be too late for this
        qInfo("a message from a node that alone had lost Redis came after %lld ms", since.elapsed());
        QVERIFY(nodes.isRedisUp());
        QVERIFY(waitUntil([&] { return nodes.metric("confab_nodes_unheard") == 1.0; }));
        proxy.heal();
        QVERIFY(waitUntil([&] { return nodes.metric("confab_nodes_unheard") == 0.0; }));
        nodes.scene.chat(5);
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// Case P5: nobody needs Redis to sign in or to send.
    void withoutRedisAtItsStartANodeServes()
    {
        RedisServer later;
        QStringList arguments = together();
        arguments[3] = u"redis://127.0.0.1:%1"_s.arg(later.port());
        TwoNodes nodes(arguments);
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        QVERIFY(!nodes.isRedisUp());
        // That there is a group comes to her node by a comparison, too.
        QVERIFY(waitUntil([&] { return nodes.scene.type(u"ada"_s, u"anybody there?"_s); }));
        QVERIFY(nodes.reachesJoan(u"anybody there?"_s));
        QVERIFY(later.start());
        QVERIFY(waitUntil([&] { return nodes.isRedisUp(); }));
        nodes.scene.chat(5);
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void aRedisThatIsOfNoUseKeepsNobodyOut_data()
    {
        QTest::addColumn<QStringList>("fault");
        QTest::addColumn<int>("signal");
        const QStringList full{u"CONFIG"_s, u"SET"_s, u"maxmemory"_s, u"1"_s, u"maxmemory-policy"_s};
        QTest::newRow("full, and evicts nothing") << full + QStringList{u"noeviction"_s} << 0;
        QTest::newRow("full, and evicts anything") << full + QStringList{u"allkeys-lru"_s} << 0;
        QTest::newRow("emptied") << QStringList{u"FLUSHALL"_s} << 0;
        QTest::newRow("silent") << QStringList() << SIGSTOP;
        QTest::newRow("killed") << QStringList() << SIGKILL;
    }
    /// Case P5: where the attempts that nodes count together cannot be counted, either.
    void aRedisThatIsOfNoUseKeepsNobodyOut()
    {
        QFETCH(QStringList, fault);
        QFETCH(int, signal);
        RedisServer redis;
        QVERIFY(redis.start());
        QStringList arguments = together() + QStringList{u"--limits-auth-attempts-per-minute"_s, u"600"_s};
        arguments[3] = redis.url();
        TwoNodes nodes(arguments);
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        nodes.scene.chat(3);
        if (signal == 0)
            redis.run(fault);
        else
            redis.signal(signal);
        for (const QUrl &node : {nodes.scene.server.url(), nodes.second.url()}) {
            RestClient rest(node);
            QElapsedTimer since;
            since.start();
            QVERIFY(signIn(rest, u"ada"_s));
            const qint64 took = since.elapsed();
            QVERIFY2(took < 2000, QByteArray::number(took));
            QVERIFY(signUp(rest, u"somebody-%1"_s.arg(node.port())));
        }
        if (fault.value(0) == "CONFIG"_L1)
            QVERIFY(nodes.metric("confab_auth_attempts_judged_alone_total") >= 2);
        QVERIFY(nodes.scene.type(u"ada"_s, u"good morning"_s));
        QVERIFY(nodes.reachesJoan(u"good morning"_s));
        if (signal == SIGSTOP)
            redis.signal(SIGCONT);
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void nodesCountAttemptsTogether()
    {
        const QStringList arguments =
            together() + QStringList{u"--limits-auth-attempts-per-minute"_s, u"18"_s}; // three of an account
        ConfabdProcess one(cheapServer() + arguments);
        ConfabdProcess two(cheapServer() + arguments);
        QVERIFY(one.start() && two.start());
        RestClient atOne(one.url());
        RestClient atTwo(two.url());
        for (RestClient *node : {&atOne, &atTwo})
            QVERIFY(waitUntil([node] { return node->request("GET", u"/readyz"_s).body.trimmed() == "ready"; }));
        QVERIFY(signUp(atOne, u"ann"_s));
        const QJsonObject wrong{{u"handle"_s, u"ann"_s}, {u"password"_s, u"not her password"_s}};
        QCOMPARE(atTwo.request("POST", u"/v1/sessions"_s, wrong).status, 401);
        QCOMPARE(atOne.request("POST", u"/v1/sessions"_s, wrong).status, 401);
        for (RestClient *node : {&atOne, &atTwo}) {
            const RestReply refused = node->request("POST", u"/v1/sessions"_s, wrong);
            QCOMPARE(refused.status, 429);
            QVERIFY(refused.json().value(u"retryAfterMs"_s).toInt() > 5000);
        }
        QVERIFY(!m_redis.run({u"KEYS"_s, u"*"_s}).contains("ann"));
    }

    void aMasterThatSentinelsReplaceCostsSeconds()
    {
        RedisServer master;
        RedisServer replica;
        RedisServer sentinel;
        QVERIFY(master.start());
        QVERIFY(replica.startAsReplicaOf(master.port()));
        QVERIFY(sentinel.startAsSentinel(u"chat"_s, master.port(), 1));
        QVERIFY(waitUntil([&] {
            return sentinel.run({u"SENTINEL"_s, u"MASTER"_s, u"chat"_s}).contains("\nnum-slaves\n1\n");
        }));
        QStringList arguments = together();
        arguments[3] = u"redis+sentinel://127.0.0.1:%1/chat"_s.arg(sentinel.port());
        TwoNodes nodes(arguments);
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        QVERIFY(nodes.isRedisUp());
        nodes.scene.chat(5);
        master.kill9();
        QVERIFY(nodes.scene.type(u"ada"_s, u"typed while there was no master"_s));
        QVERIFY(nodes.reachesJoan(u"typed while there was no master"_s));
        QVERIFY(waitUntil([&] {
            return nodes.readiness(nodes.scene.server.url()) == "ready" &&
                   nodes.readiness(nodes.second.url()) == "ready";
        }));
        const double before = nodes.metric("confab_redis_received_total");
        nodes.scene.chat(10);
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QVERIFY(nodes.metric("confab_redis_received_total") > before); // by the new one
    }

    void aKilledNodesPeopleGoOn()
    {
        TwoNodes nodes(together());
        const QString trouble = nodes.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (int round = 0; round < scaled(3); ++round)
            QCOMPARE(nodes.scene.killServerAmidChat(), QString());
        const QString complaints = nodes.scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    void refusesARedisWithoutADatabaseToShare()
    {
        QByteArray errors;
        const int code = ConfabdProcess::run({u"--redis-url"_s, u"redis://:secret-word@127.0.0.1"_s}, nullptr, &errors);
        QCOMPARE(code, 78);
        QVERIFY(errors.contains("database.url"));
        QCOMPARE(ConfabdProcess::run({u"--check-config"_s, u"--redis-url"_s, u"redis://secret-word@127.0.0.1"_s},
                                     nullptr, &errors),
                 78);
        QVERIFY(errors.contains("redis.url"));
        QVERIFY(!errors.contains("secret-word"));
        QCOMPARE(
            ConfabdProcess::run({u"--check-config"_s, u"--redis-url"_s, u"rediss://127.0.0.1"_s}, nullptr, &errors),
            78);
        QVERIFY(errors.contains("TLS"));
        QCOMPARE(ConfabdProcess::run({u"--database-url"_s, u"postgresql://h/d"_s, u"--redis-url"_s,
                                      u"redis://127.0.0.1"_s, u"--redis-sentinel-password"_s, u"secret-word"_s},
                                     nullptr, &errors),
                 78);
        QVERIFY(errors.contains("redis.sentinel_password"));
        QVERIFY(!errors.contains("secret-word"));
    }
};

CONFAB_TEST_CLASS(tst_Redis)
#include "tst_Redis.moc"
