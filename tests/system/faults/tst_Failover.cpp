// SPDX-License-Identifier: MIT
#include "server/app/ExitCode.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/system/faults/FaultScene.h"

#include <csignal>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// A primary, its standby, and people at a server that knows both; the standby stands first in its address.
struct Cluster
{
    PostgresServer primary;
    PostgresServer standby;
    std::unique_ptr<FaultScene> scene;

    /// What went wrong; empty when nothing did.
    QString open()
    {
        if (!primary.start())
            return u"the primary did not start"_s;
        primary.makeDatabase("scene");
        if (!standby.startAsStandbyOf(primary))
            return u"the standby did not start"_s;
        const QString url = u"postgresql://confab@127.0.0.1:%1,127.0.0.1:%2/scene?connect_timeout=5"_s;
        scene = std::make_unique<FaultScene>(
            QStringList{u"--database-url"_s, url.arg(standby.port()).arg(primary.port()), u"--shards"_s, u"2"_s});
        return scene->open();
    }

    /// From now on nothing is acknowledged that the standby does not have.
    bool makeSynchronous()
    {
        primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.run("SELECT pg_reload_conf()");
        return waitUntil([this] { return primary.run("SELECT sync_state FROM pg_stat_replication") == "sync"; });
    }

    int readiness() const { return RestClient(scene->server.url()).request("GET", u"/readyz"_s).status; }
};

QByteArray generationOf(PostgresServer &server)
{
    return server.run("SELECT generation FROM server_meta", "scene");
}

} // namespace

/// A server whose PostgreSQL fails over to its standby.
class tst_Failover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case O5: the standby answers reads and is not taken for the database. While it is all there is, the server is
    /// not ready; when it is promoted, writes are back by themselves and nothing is lost that was acknowledged.
    void goesOnWithThePromotedStandby()
    {
        Cluster cluster;
        const QString trouble = cluster.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        QVERIFY(cluster.makeSynchronous());
        FaultScene &scene = *cluster.scene;
        const QByteArray before = generationOf(cluster.primary);
        scene.chat(10);
        QVERIFY(waitUntil([&] { return scene.checker->acknowledgedCount() >= 8; }));
        QCOMPARE(cluster.readiness(), 200);

        cluster.primary.kill9();
        scene.chat(3);
        QCOMPARE(cluster.readiness(), 503);
        QCOMPARE(cluster.standby.run("SELECT pg_is_in_recovery()"), "t"); // it was there all the time

        QVERIFY(cluster.standby.promote());
        QVERIFY(waitUntil([&] { return cluster.readiness() == 200; }, 30'000));
        scene.chat(3);
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        const QByteArray after = generationOf(cluster.standby);
        QVERIFY2(!after.isEmpty() && after != before, after);
        QByteArray log;
        QVERIFY(waitUntil([&] {
            log += scene.server.errorOutput();
            return log.contains("has a new generation, " + after);
        }));
    }

    /// What the standby did not have yet is gone with the primary, and everybody shows what is left: the server gives
    /// the store another generation and has connected clients say hello anew.
    void nobodyShowsWhatTheFailoverLost()
    {
        Cluster cluster;
        const QString trouble = cluster.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        FaultScene &scene = *cluster.scene;
        // At how many of the two.
        const auto shown = [&](const QString &text) {
            int devices = 0;
            for (const QString &name : {u"ada"_s, u"joan"_s}) {
                const QList<Message> rows = scene.person(name).timeline(scene.conversation, false);
                devices +=
                    std::any_of(rows.begin(), rows.end(), [&](const Message &row) { return row.content.text == text; });
            }
            return devices;
        };
        const auto say = [&](const QString &text) {
            return await(scene.joan->client().sendMessage(scene.conversation, text)).has_value();
        };
        QVERIFY(say(u"kept"_s));
        QVERIFY(waitUntil([&] { return shown(u"kept"_s) == 2; }));
        QVERIFY(waitUntil(
            [&] { return cluster.standby.run("SELECT count(*) FROM messages WHERE text = 'kept'", "scene") == "1"; }));
        cluster.standby.kill9();
        QVERIFY(say(u"lost"_s));
        QVERIFY(waitUntil([&] { return shown(u"lost"_s) == 2 && scene.joan->unsettled(scene.conversation) == 0; }));

        cluster.primary.kill9();
        QVERIFY(cluster.standby.start());
        QVERIFY(cluster.standby.promote());
        QVERIFY(waitUntil([&] { return cluster.readiness() == 200; }, 30'000));
        QVERIFY(waitUntil([&] { return shown(u"lost"_s) == 0; }));
        QVERIFY(say(u"again"_s));
        QVERIFY(waitUntil([&] { return shown(u"kept"_s) == 2 && shown(u"again"_s) == 2; }));
    }

    void aStandbyAloneIsNoDatabase()
    {
        PostgresServer primary;
        PostgresServer standby;
        QVERIFY(primary.start());
        QVERIFY(standby.startAsStandbyOf(primary));
        QByteArray errors;
        const QString url = QString::fromLatin1(standby.url("postgres"));
        for (const QString &address : {url, url + u"?target_session_attrs=any"_s}) {
            const int code = ConfabdProcess::run({u"--database-url"_s, address}, nullptr, &errors);
            QCOMPARE(code, static_cast<int>(server::ExitCode::DatabaseAway));
            QVERIFY2(errors.contains("standby"), errors);
        }
    }
};

CONFAB_TEST_CLASS(tst_Failover)
#include "tst_Failover.moc"
