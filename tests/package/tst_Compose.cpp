// SPDX-License-Identifier: MIT
#include "tests/package/Background.h"
#include "tests/package/Command.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/FreePort.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/HaProxy.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>

using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr auto kSecrets = "/run/secrets/"_L1;

/// What is elsewhere in containers, and where it is here.
using Places = QList<std::pair<QString, QString>>;

QString source(const QString &path)
{
    QFile file(qEnvironmentVariable("CONFAB_SOURCE_DIR") + u'/' + path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList texts(const QJsonValue &list)
{
    QStringList result;
    const QJsonArray array = list.toArray();
    for (const auto &value : array)
        result.append(value.toString());
    return result;
}

void askForPassword(PostgresServer &postgres, const QByteArray &password)
{
    postgres.run("ALTER USER confab PASSWORD '" + password + '\'');
    const QByteArray rules = postgres.run("SHOW hba_file");
    postgres.run("COPY (SELECT 'host all all 127.0.0.1/32 scram-sha-256') TO '" + rules + '\'');
    postgres.run("SELECT pg_reload_conf()");
}

} // namespace

/// The compose file, as far as it can be tried without containers: what it names is there, and the programs start with
/// the commands, environments, secrets and checks of it, on this machine.
class tst_Compose : public QObject
{
    Q_OBJECT

private:
    QJsonObject m_file;
    QTemporaryDir m_secrets;

    QJsonObject service(const QString &name) const { return m_file[u"services"_s][name].toObject(); }
    QString environment(const QString &name) const { return service(u"node1"_s)[u"environment"_s][name].toString(); }

    /// A program of a service with what containers have in other places: where secrets are, and addresses.
    QStringList onThisMachine(QStringList words, const Places &places) const
    {
        for (QString &word : words) {
            word.replace(kSecrets, m_secrets.path() + u'/').replace(u"$$"_s, u"$"_s);
            for (const auto &[there, here] : places)
                word.replace(there, here);
        }
        return words;
    }
    /// The environment of a node, too.
    QProcessEnvironment nodesEnvironment(const Places &places) const
    {
        QProcessEnvironment result = QProcessEnvironment::systemEnvironment();
        const QJsonObject given = service(u"node1"_s)[u"environment"_s].toObject();
        static const QRegularExpression variable(u"\\$\\{\\w+:-(.*)\\}"_s);
        for (auto it = given.begin(); it != given.end(); ++it) {
            const QString value = it.value().toString().replace(variable, u"\\1"_s);
            result.insert(it.key(), onThisMachine({value}, places).constFirst());
        }
        return result;
    }
    bool isHealthy(const QString &name, const Places &places) const
    {
        const QStringList check = onThisMachine(texts(service(name)[u"healthcheck"_s][u"test"_s]), places);
        const QStringList command =
            check.first() == "CMD-SHELL"_L1 ? QStringList{u"sh"_s, u"-c"_s, check.at(1)} : check.mid(1);
        return Command::run(command.first(), command.mid(1)).ok();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const Command json = Command::run(
            u"python3"_s, {u"-c"_s, u"import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))"_s,
                           qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/packaging/compose.yaml"_s});
        QVERIFY2(json.ok(), qPrintable(json.output));
        m_file = QJsonDocument::fromJson(json.output.section(u'\n', 2).toUtf8()).object();
        QCOMPARE(m_file[u"services"_s].toObject().keys(),
                 (QStringList{u"haproxy"_s, u"node1"_s, u"node2"_s, u"postgres"_s, u"redis"_s}));
        for (const QString &name : {u"postgres-password"_s, u"redis-password"_s}) {
            QFile file(m_secrets.filePath(name));
            QVERIFY(file.open(QFile::WriteOnly) && file.write("s3cret of " + name.toLatin1() + '\n') > 0);
        }
    }

    void whatItNamesIsThere()
    {
        const QJsonObject services = m_file[u"services"_s].toObject();
        for (auto it = services.begin(); it != services.end(); ++it) {
            const QJsonObject service = it->toObject();
            QVERIFY2(service.contains(u"healthcheck"_s) && service.contains(u"restart"_s), qPrintable(it.key()));
            const QString text = QString::fromUtf8(QJsonDocument(service).toJson());
            // Secrets are given to whom reads them, and are files that nobody commits.
            for (const QString &secret : m_file[u"secrets"_s].toObject().keys()) {
                QCOMPARE(text.contains(kSecrets + secret), texts(service[u"secrets"_s]).contains(secret));
                QCOMPARE(m_file[u"secrets"_s][secret][u"file"_s].toString(), u"./container/secrets/"_s + secret);
            }
            QVERIFY(text.count(kSecrets) >= texts(service[u"secrets"_s]).size());
            for (const QString &volume : texts(service[u"volumes"_s])) {
                const QString from = volume.section(u':', 0, 0);
                QVERIFY2(from.startsWith("./"_L1) ? !source(u"packaging/"_s + from).isEmpty()
                                                  : m_file[u"volumes"_s].toObject().contains(from),
                         qPrintable(volume));
            }
            for (const QString &needed : service[u"depends_on"_s].isArray()
                                             ? texts(service[u"depends_on"_s])
                                             : service[u"depends_on"_s].toObject().keys())
                QVERIFY2(services.contains(needed), qPrintable(needed));
        }
        QVERIFY(source(u".gitignore"_s).contains("/packaging/container/secrets/\n"_L1));
        QCOMPARE(service(u"node2"_s)[u"environment"_s], service(u"node1"_s)[u"environment"_s]);
        QVERIFY(service(u"node2"_s)[u"volumes"_s] != service(u"node1"_s)[u"volumes"_s]);
    }

    /// The image holds what nodes are started with, and its build gets what it copies.
    void theImageIsMadeOfWhatIsThere()
    {
        const QJsonObject build = service(u"node1"_s)[u"build"_s].toObject();
        QCOMPARE(build[u"context"_s].toString(), u".."_s); // of packaging/
        const QString image = source(build[u"dockerfile"_s].toString());
        static const QRegularExpression copies(u"^COPY (?:--\\S+ )*(\\S+) "_s, QRegularExpression::MultilineOption);
        QStringList copied;
        for (auto match = copies.globalMatch(image); match.hasNext();)
            copied.append(match.next().captured(1));
        QCOMPARE(copied, (QStringList{u"build/package/confabd_*.deb"_s, u"packaging/container/with-secrets"_s}));
        for (const QString &path : copied)
            QVERIFY2(source(u".dockerignore"_s).contains("\n!"_L1 + path + u'\n'), qPrintable(path));
        const QString port = environment(u"CONFAB_LISTEN"_s).section(u':', 1);
        QVERIFY(image.contains("\nEXPOSE "_L1 + port + u'\n'));
        QVERIFY(image.contains(environment(u"CONFAB_DATA_DIR"_s)));
        QVERIFY(
            texts(service(u"node1"_s)[u"volumes"_s]).constFirst().endsWith(u':' + environment(u"CONFAB_DATA_DIR"_s)));
        QVERIFY(image.contains("\nENTRYPOINT [\"with-secrets\"]\nCMD [\"confabd\"]\n"_L1));
    }

    void theServerKnowsEverySettingOfANode()
    {
        const Command checked = Command::run(ConfabdProcess::program(), {u"--check-config"_s}, nodesEnvironment({}));
        QVERIFY2(checked.ok(), qPrintable(checked.output));
        const QString subnet = environment(u"CONFAB_TRUSTED_PROXIES"_s);
        QVERIFY(checked.output.contains("trusted_proxies = [\""_L1 + subnet + "\"]"_L1));
        const QJsonObject network = m_file[u"networks"_s][u"default"_s][u"ipam"_s].toObject();
        QCOMPARE(network[u"config"_s][0][u"subnet"_s].toString(), subnet);
        const QString known = Command::run(ConfabdProcess::program(), {u"--help"_s}).output;
        for (const QString &name : service(u"node1"_s)[u"environment"_s].toObject().keys()) {
            const QRegularExpression word(u"\\b%1\\b"_s.arg(name));
            QVERIFY2(name == "PGPASSWORD_FILE"_L1 || known.contains(word), qPrintable(name));
        }
    }

    /// HAProxy's file is the shipped example before these nodes.
    void theBalancersConfigurationIsTheShippedOne()
    {
        const QString text = source(u"packaging/container/haproxy.cfg"_s);
        static const QRegularExpression command(u"^#   scripts/haproxy.sh (.*)$"_s,
                                                QRegularExpression::MultilineOption);
        const QStringList arguments = command.match(text).captured(1).split(u' ');
        const QString port = environment(u"CONFAB_LISTEN"_s).section(u':', 1);
        QCOMPARE(arguments.mid(arguments.size() - 2), (QStringList{u"node1:"_s + port, u"node2:"_s + port}));
        QCOMPARE(text.mid(text.indexOf("\n\n"_L1) + 1), QString::fromUtf8(HaProxy::configuration(arguments)));
        const QString bound = arguments.at(arguments.indexOf(u"--bind"_s) + 1);
        QVERIFY(texts(service(u"haproxy"_s)[u"ports"_s]).constFirst().endsWith(bound));
        const Command valid = Command::run(
            u"/usr/sbin/haproxy"_s,
            {u"-c"_s, u"-f"_s, qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/packaging/container/haproxy.cfg"_s});
        QVERIFY2(valid.ok(), qPrintable(valid.output));
    }

    /// Real PostgreSQL and Redis that want the passwords, two nodes as their containers start them, and HAProxy.
    void itsProgramsServeTogether()
    {
        PostgresServer postgres;
        QVERIFY(postgres.start());
        postgres.makeDatabase("confab");
        askForPassword(postgres, "s3cret of postgres-password");
        const QString redisPort = QString::number(freePort());
        const Places ofRedis{{u"--appendonly no"_s, u"--appendonly no --bind 127.0.0.1 --port "_s + redisPort},
                             {u"redis-cli"_s, u"redis-cli -p "_s + redisPort}};
        const QStringList redisCommand = onThisMachine(texts(service(u"redis"_s)[u"command"_s]), ofRedis);
        Background redis(redisCommand.first(), redisCommand.mid(1), QProcessEnvironment::systemEnvironment());
        QVERIFY2(waitUntil([&] { return isHealthy(u"redis"_s, ofRedis); }), qPrintable(redis.output()));

        const QString withSecrets = qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/packaging/container/with-secrets"_s;
        Places places;
        std::vector<std::unique_ptr<QTemporaryDir>> folders;
        std::vector<std::unique_ptr<Background>> nodes;
        QString balancing = source(u"packaging/container/haproxy.cfg"_s);
        for (const QString &name : {u"node1"_s, u"node2"_s}) {
            const QString port = QString::number(freePort());
            folders.push_back(std::make_unique<QTemporaryDir>());
            places = {{u"postgres:5432"_s, u"127.0.0.1:%1"_s.arg(postgres.port())},
                      {u"redis:6379"_s, u"127.0.0.1:"_s + redisPort},
                      {u"0.0.0.0:8484"_s, u"127.0.0.1:"_s + port},
                      {u"127.0.0.1:8484"_s, u"127.0.0.1:"_s + port},
                      {u"172.28.84.0/24"_s, u"127.0.0.1/32"_s},
                      {u"/var/lib/confab"_s, folders.back()->path()}};
            nodes.push_back(std::make_unique<Background>(withSecrets, QStringList{ConfabdProcess::program()},
                                                         nodesEnvironment(places)));
            QVERIFY2(waitUntil([&] { return isHealthy(name, places); }), qPrintable(nodes.back()->output()));
            const RestReply ready = RestClient(QUrl(u"http://127.0.0.1:"_s + port)).request("GET", u"/readyz"_s);
            QCOMPARE(ready.body.trimmed(), "ready"); // and not without Redis
            balancing.replace(name + u":8484"_s, u"127.0.0.1:"_s + port);
        }
        const QString port = QString::number(freePort());
        balancing.replace(u"bind :8080"_s, u"bind 127.0.0.1:"_s + port).replace(u"maxconn 20000"_s, u"maxconn 400"_s);
        QFile file(m_secrets.filePath(u"haproxy.cfg"_s));
        QVERIFY(file.open(QFile::WriteOnly) && file.write(balancing.toUtf8()) > 0);
        file.close();
        Background haproxy(u"/usr/sbin/haproxy"_s, {u"-db"_s, u"-f"_s, file.fileName()},
                           QProcessEnvironment::systemEnvironment());
        QVERIFY2(waitUntil([&] {
                     return isHealthy(u"haproxy"_s, {{u"/8080"_s, u'/' + port}});
                 }),
                 qPrintable(haproxy.output()));

        // The first administrator, by the command that admin.md gives.
        QVERIFY(source(u"docs/admin.md"_s).contains("exec node1 with-secrets confabctl admin add grace"_L1));
        const Command added =
            Command::run(withSecrets, {ConfabdProcess::program(u"confabctl"_s), u"admin"_s, u"add"_s, u"grace"_s},
                         nodesEnvironment(places));
        QVERIFY2(added.ok(), qPrintable(added.output));
        for (const auto &node : nodes)
            QCOMPARE(node->terminate(), 0); // it is the program that gets the signal
    }
};

CONFAB_TEST_CLASS(tst_Compose)
#include "tst_Compose.moc"
