// SPDX-License-Identifier: MIT
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QFile>
#include <QtCore/QMap>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtNetwork/QTcpSocket>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

const QString kToken = u"0123456789abcdef0123456789abcdef-scraper"_s;
const QString kPassword = u"walrus horse battery"_s;

/// The samples of a page by what stands before the value.
QMap<QByteArray, double> samplesOf(const QByteArray &page)
{
    QMap<QByteArray, double> samples;
    for (const QByteArray &line : page.split('\n')) {
        if (!line.isEmpty() && !line.startsWith('#'))
            samples.insert(line.left(line.lastIndexOf(' ')), line.mid(line.lastIndexOf(' ') + 1).toDouble());
    }
    return samples;
}

/// Names and types of the metrics: what stands after # TYPE.
QMap<QString, QString> typesOf(const QByteArray &page)
{
    QMap<QString, QString> types;
    for (const QByteArray &line : page.split('\n')) {
        const QByteArrayList words = line.split(' ');
        if (line.startsWith("# TYPE ") && words.size() == 4)
            types.insert(QString::fromLatin1(words[2]), QString::fromLatin1(words[3]));
    }
    return types;
}

/// The same of the tables in the documentation, | `name` | type | …: of both engines, and of this one alone.
QMap<QString, QString> documentedTypes(const QStringList &parts)
{
    QFile file(qEnvironmentVariable("CONFAB_SOURCE_DIR") + "/docs/metrics.md"_L1);
    if (!file.open(QFile::ReadOnly))
        return {};
    static const QRegularExpression row(u"^\\| `(\\w+)` \\| (\\w+) \\|"_s);
    static const QRegularExpression ofEngine(u"^(?:And with|With) (SQLite|PostgreSQL|Redis)\\b"_s);
    QMap<QString, QString> types;
    QString only;
    for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
        if (const auto match = ofEngine.match(line); match.hasMatch())
            only = match.captured(1);
        const auto match = row.match(line);
        if (match.hasMatch() && (only.isEmpty() || parts.contains(only)))
            types.insert(match.captured(1), match.captured(2));
    }
    return types;
}

QByteArray operation(const QByteArray &name, const QByteArray &outcome = "ok")
{
    return "confab_requests_total{operation=\"" + name + "\",outcome=\"" + outcome + "\"}";
}

} // namespace

/// /metrics of the real server: right numbers, nothing of anybody, and as the documentation says.
class tst_Metrics : public QObject
{
    Q_OBJECT

private:
    static Result<SignedIn> signUp(RestClient &rest, const QString &handle)
    {
        Result<SignedIn> person = rest.call<SignedIn>(
            "POST", u"/v1/accounts"_s,
            {{u"handle"_s, handle}, {u"displayName"_s, u"Name of "_s + handle}, {u"password"_s, kPassword}});
        if (person)
            rest.setToken(person->token);
        return person;
    }

private Q_SLOTS:
    void countsWhatHappened()
    {
        ConfabdProcess confabd(cheapServer());
        QVERIFY2(confabd.start(), confabd.errorOutput());
        RestClient ann(confabd.url());
        RestClient bob(confabd.url());
        RestClient stranger(confabd.url());
        const Result<SignedIn> annIn = signUp(ann, u"annwombat"_s);
        const Result<SignedIn> bobIn = signUp(bob, u"bobwombat"_s);
        QVERIFY(annIn && bobIn);
        const RestReply wrong = stranger.request(
            "POST", u"/v1/sessions"_s, {{u"handle"_s, u"annwombat"_s}, {u"password"_s, u"a wrong pelican password"_s}});
        QCOMPARE(wrong.status, 401);
        const Result<Conversation> group =
            ann.call<Conversation>("POST", u"/v1/conversations"_s,
                                   {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)},
                                    {u"kind"_s, u"group"_s},
                                    {u"title"_s, u"Secret badgers"_s},
                                    {u"memberIds"_s, QJsonArray{bobIn->user.id.toString()}}});
        QVERIFY(group);
        const QString messages = u"/v1/conversations/%1/messages"_s.arg(group->id.toString());
        for (int i = 0; i < 3; ++i) {
            const Result<Message> sent =
                bob.call<Message>("POST", messages,
                                  {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)},
                                   {u"text"_s, u"an ocelot at midnight"_s}});
            QVERIFY(sent);
        }
        QCOMPARE(bob.request("POST", messages, {{u"text"_s, u"an ocelot without an id"_s}}).status, 400);

        const RestReply reply = stranger.request("GET", u"/metrics"_s);
        QCOMPARE(reply.status, 200);
        QVERIFY2(reply.contentType.startsWith("text/plain; version=0.0.4"), reply.contentType);
        const QMap<QByteArray, double> samples = samplesOf(reply.body);
        QCOMPARE(samples.value(operation("message.send"), -1), 3);
        QCOMPARE(samples.value(operation("message.send", "invalidArgument"), -1), 1);
        QCOMPARE(samples.value("confab_request_duration_seconds_count{operation=\"message.send\"}", -1), 4);
        QCOMPARE(samples.value("confab_request_duration_seconds_bucket{operation=\"message.send\",le=\"+Inf\"}", -1),
                 4);
        QCOMPARE(samples.value("confab_messages_stored_total", -1), 3);
        QCOMPARE(samples.value(operation("account.register"), -1), 2);
        QCOMPARE(samples.value(operation("conversation.create"), -1), 1);
        QCOMPARE(samples.value(operation("message.edit"), -1), 0);
        QCOMPARE(samples.value(operation("session.open"), -1), 0);
        QCOMPARE(samples.value(operation("session.open", "unauthenticated"), -1), 1);
        QCOMPARE(samples.value("confab_password_hash_duration_seconds_count", -1), 3);

        const double commits = samples.value("confab_database_commits_total", -1);
        QVERIFY(commits >= 6); // two accounts, a conversation, three messages
        QCOMPARE(samples.value("confab_database_commit_duration_seconds_count", -1), commits);
        QCOMPARE(samples.value("confab_database_commit_writes_count", -1), commits);
        QCOMPARE(samples.value("confab_database_commit_writes_sum", -1),
                 samples.value("confab_database_writes_total", -2));
        QVERIFY(samples.value("confab_database_wal_bytes", -1) > 0);
        QVERIFY(samples.value("confab_connections{protocol=\"http\"}", -1) >= 1);
        QCOMPARE(samples.value("confab_http_responses_total{status=\"4xx\"}", -1), 2);
        QCOMPARE(samples.value("confab_draining_shards", -1), 0);
        QCOMPARE(confabd.terminate(), 0);
    }

    void showsSocketsAndTheirEnd()
    {
        ConfabdProcess confabd(cheapServer());
        QVERIFY2(confabd.start(), confabd.errorOutput());
        RestClient scraper(confabd.url());
        {
            Person ann(confabd.url());
            QVERIFY(ann.registerAs(u"ann"_s));
            QVERIFY(ann.waitOnline());
            const auto samples = samplesOf(scraper.request("GET", u"/metrics"_s).body);
            QCOMPARE(samples.value("confab_connections{protocol=\"websocket\"}", -1), 1);
            QCOMPARE(samples.value("confab_connected_users", -1), 1);
            QVERIFY(samples.value(operation("hello"), -1) >= 1);
            QVERIFY(samples.value("confab_bus_topics", -1) >= 1);
            QVERIFY(samples.value("confab_bus_published_total", -1) >= 1);
        }
        QMap<QByteArray, double> after;
        QVERIFY(waitUntil([&] {
            after = samplesOf(scraper.request("GET", u"/metrics"_s).body);
            return after.value("confab_connections{protocol=\"websocket\"}", -1) == 0;
        }));
        QCOMPARE(after.value("confab_connected_users", -1), 0);
        double ended = 0;
        for (auto sample = after.cbegin(); sample != after.cend(); ++sample) {
            if (sample.key().startsWith("confab_websockets_closed_total{"))
                ended += sample.value();
        }
        QVERIFY(ended >= 1);
    }

    void documentationListsExactlyWhatIsShown_data()
    {
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("SQLite") << QStringList{u"SQLite"_s};
        QTest::newRow("PostgreSQL") << QStringList{u"PostgreSQL"_s};
        QTest::newRow("a node of several") << QStringList{u"PostgreSQL"_s, u"Redis"_s};
    }
    void documentationListsExactlyWhatIsShown()
    {
        QFETCH(QStringList, parts);
        QStringList arguments = cheapServer();
        if (parts.contains(u"PostgreSQL"_s))
            arguments += onPostgres("documented" + QByteArray::number(parts.size()));
        RedisServer redis;
        if (parts.contains(u"Redis"_s)) {
            QVERIFY(redis.start());
            arguments += {u"--redis-url"_s, redis.url()};
        }
        ConfabdProcess confabd(arguments);
        QVERIFY2(confabd.start(), confabd.errorOutput());
        RestClient rest(confabd.url());
        QVERIFY(signUp(rest, u"ann"_s));
        const QMap<QString, QString> shown = typesOf(rest.request("GET", u"/metrics"_s).body);
        const QMap<QString, QString> documented = documentedTypes(parts);
        QCOMPARE(documented.keys(), shown.keys());
        QCOMPARE(documented, shown);
        for (auto type = shown.cbegin(); type != shown.cend(); ++type) {
            QVERIFY2(type.key().startsWith("confab_"_L1) || type.key().startsWith("process_"_L1),
                     qPrintable(type.key()));
            QCOMPARE(type.key().endsWith("_total"_L1), type.value() == "counter"_L1);
        }
    }

    void tellsOfConnectionsToPostgres()
    {
        ConfabdProcess confabd(cheapServer() + onPostgres("counted") +
                               QStringList{u"--shards"_s, u"1"_s, u"--database-connections"_s, u"5"_s});
        QVERIFY2(confabd.start(), confabd.errorOutput());
        RestClient ann(confabd.url());
        QVERIFY(signUp(ann, u"ann"_s));
        const Result<Conversation> group =
            ann.call<Conversation>("POST", u"/v1/conversations"_s,
                                   {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)},
                                    {u"kind"_s, u"group"_s},
                                    {u"title"_s, u"Tea"_s},
                                    {u"memberIds"_s, QJsonArray()}});
        QVERIFY(group);
        for (int i = 0; i < 3; ++i) {
            QVERIFY(ann.call<Message>(
                "POST", u"/v1/conversations/%1/messages"_s.arg(group->id.toString()),
                {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)}, {u"text"_s, u"an ocelot"_s}}));
        }
        RestClient scraper(confabd.url());
        QMap<QByteArray, double> samples;
        const auto connections = [&](const QByteArray &use, const QByteArray &name = "confab_postgres_connections") {
            return samples.value(name + "{use=\"" + use + "\"}", -1);
        };
        QVERIFY(waitUntil([&] {
            samples = samplesOf(scraper.request("GET", u"/metrics"_s).body);
            return connections("read") == 1 && connections("append") == 1 && connections("write") == 3;
        }));
        // And one by which the node keeps its lease.
        QCOMPARE(m_postgres->run("SELECT count(*) FROM pg_stat_activity WHERE datname = 'counted'"), "6");
        QCOMPARE(samples.value("confab_messages_stored_total", -1), 3);
        const double commits = samples.value("confab_database_commits_total", -1);
        QVERIFY(commits >= 5); // an account, a conversation, three messages
        QCOMPARE(samples.value("confab_database_commit_duration_seconds_count", -1), commits);
        QCOMPARE(samples.value("confab_database_commit_writes_sum", -1),
                 samples.value("confab_database_writes_total", -2));
        QVERIFY(samples.value("confab_database_queries_total", -1) >= 1);
        QCOMPARE(samples.value("confab_database_rollbacks_total", -1), 0);
        QCOMPARE(connections("append", "confab_postgres_connects_total"), 1);

        m_postgres->run("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = 'counted'");
        QByteArray page;
        QVERIFY(waitUntil([&] {
            page = scraper.request("GET", u"/metrics"_s).body;
            samples = samplesOf(page);
            return connections("write", "confab_postgres_connects_total") == 6 && connections("write") == 3;
        }));
        QCOMPARE(connections("write", "confab_postgres_connections_lost_total"), 3);

        QProcess parser; // Prometheus' own; the system's Python, for its packages are there
        parser.start(u"/usr/bin/python3"_s,
                     {qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/tests/interop/metrics.py"_s});
        QVERIFY(parser.waitForStarted());
        parser.write(page);
        parser.closeWriteChannel();
        QVERIFY(parser.waitForFinished());
        QVERIFY2(parser.exitCode() == 0, parser.readAllStandardError());
        QVERIFY(parser.readAllStandardOutput().contains("confab_postgres_failed_transactions"));
    }

    void needsTheTokenWhereThereIsOne()
    {
        ConfabdProcess confabd(cheapServer() + QStringList{u"--metrics-token-file"_s, tokenFile()});
        QVERIFY2(confabd.start(), confabd.errorOutput());
        RestClient rest(confabd.url());
        const RestReply refused = rest.request("GET", u"/metrics"_s);
        QCOMPARE(refused.status, 401);
        QCOMPARE(refused.contentType, QByteArray("application/problem+json"));
        QCOMPARE(refused.json().value(u"code"_s).toString(), u"unauthenticated"_s);
        rest.setToken(kToken);
        const RestReply shown = rest.request("GET", u"/metrics"_s);
        QCOMPARE(shown.status, 200);
        QVERIFY(!shown.body.contains(kToken.toLatin1()));
        QCOMPARE(rest.request("POST", u"/metrics"_s).status, 405);
        QCOMPARE(confabd.terminate(), 0);
        QVERIFY(!(confabd.output() + confabd.errorOutput()).contains(kToken.toLatin1()));
    }

    void countsThatDescriptorsRanOut()
    {
        ConfabdProcess confabd(cheapServer() + QStringList{u"--limits-connections"_s, u"10000"_s});
        confabd.setDescriptorLimit(100);
        QVERIFY2(confabd.start(), confabd.errorOutput());
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        for (int i = 0; i < 200; ++i) {
            sockets.push_back(std::make_unique<QTcpSocket>());
            sockets.back()->connectToHost(QHostAddress(QHostAddress::LocalHost), confabd.port());
        }
        QByteArray log;
        QVERIFY(waitUntil([&] {
            log += confabd.errorOutput();
            return log.contains("No descriptor is left");
        }));
        sockets.clear();
        RestClient scraper(confabd.url());
        const auto samples = samplesOf(scraper.request("GET", u"/metrics"_s).body);
        QVERIFY(samples.value("confab_descriptors_exhausted_total", -1) >= 1);
    }

    /// Labels come from the program alone: whatever people do, no word or id of theirs becomes one.
    void holdsNothingOfAnybody()
    {
        ConfabdProcess confabd(cheapServer());
        QVERIFY2(confabd.start(), confabd.errorOutput());
        RestClient ann(confabd.url());
        const Result<SignedIn> annIn = signUp(ann, u"annwombat"_s);
        QVERIFY(annIn);
        const Result<Conversation> group =
            ann.call<Conversation>("POST", u"/v1/conversations"_s,
                                   {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)},
                                    {u"kind"_s, u"group"_s},
                                    {u"title"_s, u"Secret badgers"_s},
                                    {u"memberIds"_s, QJsonArray()}});
        QVERIFY(group);
        const QString path = u"/v1/conversations/%1/messages"_s.arg(group->id.toString());
        ann.request("POST", path,
                    {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)}, {u"text"_s, u"an ocelot"_s}});
        ann.request("GET", u"/v1/marmot?query=marmot"_s);
        ann.request("PUT", path, {{u"marmot"_s, u"marmot"_s}});
        RestClient stranger(confabd.url());
        const QByteArray page = stranger.request("GET", u"/metrics"_s).body;
        QVERIFY(page.contains(operation("message.send") + " 1\n"));
        for (const QString &word : {u"wombat"_s, u"badgers"_s, u"ocelot"_s, u"marmot"_s, u"walrus"_s, annIn->token,
                                    annIn->user.id.toString(), annIn->session.id.toString(), group->id.toString()})
            QVERIFY2(!page.contains(word.toUtf8()), qPrintable(word));
    }

private:
    QString tokenFile() const
    {
        QFile file(m_directory.filePath(u"token"_s));
        if (!file.open(QFile::WriteOnly) || file.write(kToken.toLatin1() + '\n') < 0 ||
            !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
            qFatal("the token cannot be written");
        return file.fileName();
    }

    QStringList onPostgres(const QByteArray &database)
    {
        if (!m_postgres) {
            m_postgres = std::make_unique<PostgresServer>();
            if (!m_postgres->start())
                qFatal("PostgreSQL does not start");
        }
        m_postgres->makeDatabase(database);
        return {u"--database-url"_s, QString::fromLatin1(m_postgres->url(database))};
    }

    QTemporaryDir m_directory;
    std::unique_ptr<PostgresServer> m_postgres;
};

CONFAB_TEST_CLASS(tst_Metrics)
#include "tst_Metrics.moc"
