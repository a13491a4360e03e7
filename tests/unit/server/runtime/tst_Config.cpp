// SPDX-License-Identifier: MIT
#include "server/runtime/config/ConfigReader.h"
#include "tests/support/TestClass.h"

#include <QtCore/QTemporaryDir>

#include <array>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

using Environment = QMap<QString, QString>;

QString setName(Configuration &configuration, const ConfigValue &value)
{
    configuration.serverName = value.text;
    return value.text.contains(u'!') ? u"a word"_s : QString();
}

constexpr std::array kSecretKeys{ConfigKey{"mail.password", ConfigType::Text, "", "Password of the mail account.",
                                           setName, "none", nullptr, 0, 0, true}};

} // namespace

class tst_Config : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    QString write(const QByteArray &text, const QString &name = u"confabd.toml"_s) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            return {};
        return file.fileName();
    }

    ConfigReading readFile(const QByteArray &text) const
    {
        return ConfigReader().read({u"--config"_s, write(text)}, {});
    }

    /// The one error, without the directory of the file.
    QString errorOf(const QByteArray &text) const
    {
        const ConfigReading reading = readFile(text);
        return reading.errors.join(u'\n').remove(m_dir.path() + u'/');
    }

private Q_SLOTS:
    void defaultsAreComplete()
    {
        const ConfigReading reading = ConfigReader().read({}, {{u"HOME"_s, u"/home/ann"_s}});
        QCOMPARE(reading.errors, QStringList());
        QCOMPARE(reading.warnings, QStringList());
        QCOMPARE(reading.action, ConfigAction::Run);
        const Configuration &configuration = reading.configuration;
        QCOMPARE(configuration.listen.toString(), u"127.0.0.1:8484"_s);
        QCOMPARE(configuration.dataDir, u"/home/ann/.local/share/confabd"_s);
        QCOMPARE(configuration.databasePath, u"/home/ann/.local/share/confabd/confab.db"_s);
        QVERIFY(configuration.publicUrl.isEmpty());
        QCOMPARE(configuration.registration, Registration::Open);
        QCOMPARE(configuration.serverName, u"Confab"_s);
        QCOMPARE(configuration.shards, 0);
        QCOMPARE(configuration.logFormat, LogFormat::Text);
        QCOMPARE(configuration.logLevels, LogLevels{});
        QCOMPARE(configuration.limits.messageLength, 10'000);
        QCOMPARE(configuration.limits.frameBytes, 1'048'576);
        QCOMPARE(configuration.limits.headerBytes, 16'384);
        QCOMPARE(configuration.limits.bodyBytes, 1'048'576);
        QCOMPARE(configuration.limits.headerSeconds, 10);
        QCOMPARE(configuration.limits.connections, 0);
        QCOMPARE(configuration.auth.hashMemoryMib, 64);
        QCOMPARE(configuration.auth.hashThreads, 0);
        QCOMPARE(configuration.auth.hashQueue, 64);
        QCOMPARE(configuration.heartbeatSeconds, 20);
    }

    void dataDirFollowsXdg()
    {
        const Environment environment{{u"HOME"_s, u"/home/ann"_s}, {u"XDG_DATA_HOME"_s, u"/data"_s}};
        QCOMPARE(ConfigReader().read({}, environment).configuration.dataDir, u"/data/confabd"_s);
        const Environment relative{{u"HOME"_s, u"/home/ann"_s}, {u"XDG_DATA_HOME"_s, u"data"_s}};
        QCOMPARE(ConfigReader().read({}, relative).configuration.dataDir, u"/home/ann/.local/share/confabd"_s);
    }

    void fileIsReadWhole()
    {
        const ConfigReading reading = readFile("listen = \"[::1]:9000\"\n"
                                               "data_dir = \"/srv/chat/\"\n"
                                               "public_url = \"https://chat.example.org\"\n"
                                               "registration = \"closed\"\n"
                                               "server_name = \"Büro\"\n"
                                               "trusted_proxies = [\"10.0.0.0/8\", \"fd00::/8\"]\n"
                                               "cors_origins = [\"https://app.example.org\"]\n"
                                               "[log]\nformat = \"json\"\nlevel = \"gateway=debug,warning\"\n"
                                               "[database]\nurl = \"sqlite:main.db\"\n"
                                               "[limits]\nframe_bytes = 65536\n[auth]\n");
        QCOMPARE(reading.errors, QStringList());
        const Configuration &configuration = reading.configuration;
        QCOMPARE(configuration.listen, (ListenAddress{QHostAddress(u"::1"_s), 9000}));
        QCOMPARE(configuration.listen.toString(), u"[::1]:9000"_s);
        QCOMPARE(configuration.dataDir, u"/srv/chat"_s);
        QCOMPARE(configuration.databasePath, u"/srv/chat/main.db"_s);
        QCOMPARE(configuration.publicUrl, QUrl(u"https://chat.example.org"_s));
        QCOMPARE(configuration.registration, Registration::Closed);
        QCOMPARE(configuration.serverName, u"Büro"_s);
        QCOMPARE(configuration.trustedProxies.size(), 2);
        QVERIFY(QHostAddress(u"10.1.2.3"_s)
                    .isInSubnet(configuration.trustedProxies[0].first, configuration.trustedProxies[0].second));
        QCOMPARE(configuration.corsOrigins, QStringList{u"https://app.example.org"_s});
        QCOMPARE(configuration.logFormat, LogFormat::Json);
        QCOMPARE(configuration.logLevels.of(u"gateway"_s), LogLevel::Debug);
        QCOMPARE(configuration.limits.frameBytes, 65'536);
    }

    void flagsBeatEnvironmentBeatsFile()
    {
        const QString file = write("server_name = \"file\"\nshards = 1\nheartbeat_seconds = 5\n");
        const Environment environment{{u"CONFAB_SERVER_NAME"_s, u"environment"_s}, {u"CONFAB_SHARDS"_s, u"2"_s}};
        const ConfigReading reading =
            ConfigReader().read({u"--config="_s + file, u"--server-name"_s, u"flag"_s}, environment);
        QCOMPARE(reading.errors, QStringList());
        QCOMPARE(reading.configuration.serverName, u"flag"_s);
        QCOMPARE(reading.configuration.shards, 2);
        QCOMPARE(reading.configuration.heartbeatSeconds, 5);
        const QString toml = reading.toToml();
        QVERIFY(toml.contains(u"server_name = \"flag\"  # --server-name\n"));
        QVERIFY(toml.contains(u"shards = 2  # CONFAB_SHARDS\n"));
        QVERIFY(toml.contains(u"heartbeat_seconds = 5  # %1:3\n"_s.arg(file)));
        QVERIFY(toml.contains(u"limits.frame_bytes = 1048576  # default\n"));
    }

    void everyKeyHasAllThreeNames()
    {
        for (const ConfigKey &key : configKeys()) {
            const QString initial = QString::fromLatin1(key.initial);
            if (initial.isEmpty())
                continue;
            const ConfigReading byFlag = ConfigReader().read({key.flagName(), initial}, {});
            QCOMPARE(byFlag.errors, QStringList());
            QVERIFY(byFlag.toToml().contains(u"  # %1\n"_s.arg(key.flagName())));
            const ConfigReading byVariable = ConfigReader().read({}, {{key.environmentName(), initial}});
            QCOMPARE(byVariable.errors, QStringList());
            QVERIFY(byVariable.toToml().contains(u"  # %1\n"_s.arg(key.environmentName())));
        }
        const auto length = std::find_if(configKeys().begin(), configKeys().end(), [](const ConfigKey &key) {
            return key.keyName() == "limits.message_length"_L1;
        });
        QVERIFY(length != configKeys().end());
        QCOMPARE(length->environmentName(), u"CONFAB_LIMITS_MESSAGE_LENGTH"_s);
        QCOMPARE(length->flagName(), u"--limits-message-length"_s);
    }

    void effectiveConfigurationReadsBack()
    {
        const ConfigReading first = readFile("server_name = \"say \\\"hi\\\" \\\\\"\ncors_origins = [\"*\"]\n");
        QCOMPARE(first.errors, QStringList());
        const ConfigReading second = readFile(first.toToml().toUtf8());
        QCOMPARE(second.errors, QStringList());
        QCOMPARE(second.configuration.serverName, first.configuration.serverName);
        QCOMPARE(second.configuration.corsOrigins, first.configuration.corsOrigins);
        QCOMPARE(second.configuration.registration, first.configuration.registration);
    }

    void controlCharactersReadBack()
    {
        const QString name = u"tab\t return\r bell\x07 delete\x7f next line\u0085 end"_s;
        const ConfigReading first = ConfigReader().read({u"--server-name"_s, name}, {});
        QCOMPARE(first.errors, QStringList());
        const ConfigReading second = readFile(first.toToml().toUtf8());
        QCOMPARE(second.errors, QStringList());
        QCOMPARE(second.configuration.serverName, name);
    }

    void registrationDefaultsByAddress()
    {
        const auto at = [](const QString &address) {
            return ConfigReader().read({u"--listen"_s, address}, {}).configuration.registration;
        };
        QCOMPARE(at(u"127.0.0.1:1"_s), Registration::Open);
        QCOMPARE(at(u"[::1]:1"_s), Registration::Open);
        QCOMPARE(at(u"0.0.0.0:1"_s), Registration::Invite);
        QCOMPARE(at(u"[::]:1"_s), Registration::Invite);
    }

    void errorsOfTheFileNameLineAndColumn_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("error");
        QTest::addRow("no key in a header") << "[#a]\n"_ba << u"confabd.toml:1:2:"_s;
        QTest::addRow("syntax") << "listen = \n"_ba << u"confabd.toml:1:"_s;
        QTest::addRow("unknown key") << "\nlisten_adress = \"x\"\n"_ba
                                     << u"confabd.toml:2:1: unknown key listen_adress"_s;
        QTest::addRow("misspelled")
            << "[limits]\nframe_byte = 1\n"_ba
            << u"confabd.toml:2:1: unknown key limits.frame_byte; did you mean limits.frame_bytes?"_s;
        QTest::addRow("wrong table")
            << "frame_bytes = 1\n"_ba
            << u"confabd.toml:1:1: unknown key frame_bytes; did you mean limits.frame_bytes?"_s;
        QTest::addRow("unknown table") << "[limts]\n"_ba << u"confabd.toml:1:"_s;
        QTest::addRow("not a table") << "limits = 5\n"_ba
                                     << u"confabd.toml:1:10: limits must be a table, not an integer"_s;
        QTest::addRow("not a number") << "\n\nshards = \"two\"\n"_ba
                                      << u"confabd.toml:3:10: shards must be an integer from 0 to 1024, not a string"_s;
        QTest::addRow("decimal") << "shards = 2.5\n"_ba << u"not a decimal number"_s;
        QTest::addRow("not text") << "listen = 8484\n"_ba
                                  << u"confabd.toml:1:10: listen must be a string, not an integer"_s;
        QTest::addRow("range") << "shards = 5000\n"_ba
                               << u"confabd.toml:1:10: shards must be an integer from 0 to 1024, not \"5000\""_s;
        QTest::addRow("choice") << "registration = \"opne\"\n"_ba
                                << u"registration must be one of open, invite, closed, not \"opne\""_s;
        QTest::addRow("list") << "cors_origins = \"*\"\n"_ba << u"must be a list of strings, not a string"_s;
        QTest::addRow("mixed list") << "cors_origins = [1]\n"_ba << u"not a list with an integer in it"_s;
        QTest::addRow("origin") << "cors_origins = [\"https://a.b/c\"]\n"_ba << u"\"https://a.b/c\" is none"_s;
        QTest::addRow("network") << "trusted_proxies = [\"10.0.0.0/99\"]\n"_ba << u"\"10.0.0.0/99\" is none"_s;
        QTest::addRow("address") << "listen = \"example:80\"\n"_ba << u"an address and a port like"_s;
        QTest::addRow("bare v6") << "listen = \"::1:80\"\n"_ba << u"an address and a port like"_s;
        QTest::addRow("port") << "listen = \"127.0.0.1:70000\"\n"_ba << u"an address and a port like"_s;
        QTest::addRow("url") << "public_url = \"chat.example.org\"\n"_ba << u"a web address like"_s;
        QTest::addRow("level") << "[log]\nlevel = \"gatway=info\"\n"_ba << u"\"gatway\" is no log category"_s;
        QTest::addRow("database") << "database.url = \"mysql://db/x\"\n"_ba
                                  << u"confabd.toml:1:16: database.url must be sqlite:, sqlite:PATH or "
                                     "postgresql://USER@HOST/DATABASE"_s;
        QTest::addRow("too few") << "database.connections = 2\n"_ba
                                 << u"database.connections must be an integer from 3 to 100, not \"2\""_s;
    }
    void errorsOfTheFileNameLineAndColumn()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, error);
        const QString found = errorOf(text);
        QVERIFY2(found.contains(error), qPrintable(found));
        QCOMPARE(found.count(u'\n'), 0);
    }

    void allErrorsAreReportedAtOnce()
    {
        const QString file = write("shards = \"x\"\nbogus = 1\n");
        const ConfigReading reading =
            ConfigReader().read({u"--config"_s, file, u"--log-format"_s, u"xml"_s}, {{u"CONFAB_SHARDS"_s, u"many"_s}});
        QCOMPARE(reading.errors.size(), 4);
        QCOMPARE(reading.errors[2], u"CONFAB_SHARDS must be an integer from 0 to 1024, not \"many\""_s);
        QCOMPARE(reading.errors[3], u"--log-format must be one of text, json, not \"xml\""_s);
    }

    void missingFileIsAnError()
    {
        const ConfigReading reading = ConfigReader().read({}, {{u"CONFAB_CONFIG"_s, m_dir.filePath(u"none"_s)}});
        QCOMPARE(reading.errors.size(), 1);
        QVERIFY(reading.errors[0].startsWith(m_dir.filePath(u"none"_s)));
    }

    void unknownArgumentsAreErrors()
    {
        const ConfigReading reading = ConfigReader().read({u"--lisen=x"_s, u"data"_s, u"--shards"_s}, {});
        QCOMPARE(reading.errors, (QStringList{u"--lisen: unknown argument; did you mean --listen?"_s,
                                              u"data: unknown argument"_s, u"--shards: a value must follow"_s}));
    }

    void unknownVariablesAreWarnings()
    {
        const Environment environment{{u"CONFAB_LISTN"_s, u"x"_s},
                                      {u"CONFAB_TEST_SCALE"_s, u"x"_s},
                                      {u"CONFAB_BINARY_DIR"_s, u"x"_s},
                                      {u"CONFAB_SOURCE_DIR"_s, u"x"_s},
                                      {u"OTHER"_s, u"x"_s},
                                      {u"CONFAB_LOG_LEVEL_FILE"_s, u"x"_s}};
        const ConfigReading reading = ConfigReader().read({}, environment);
        QCOMPARE(reading.errors, QStringList());
        QCOMPARE(reading.warnings.size(), 2);
        QCOMPARE(reading.warnings[0], u"CONFAB_LISTN: unknown environment variable; did you mean CONFAB_LISTEN?"_s);
        QVERIFY(reading.warnings[1].startsWith(u"CONFAB_LOG_LEVEL_FILE"));
    }

    void actionsAreRecognised()
    {
        QCOMPARE(ConfigReader().read({u"--help"_s}, {}).action, ConfigAction::Help);
        QCOMPARE(ConfigReader().read({u"--version"_s}, {}).action, ConfigAction::Version);
        QCOMPARE(ConfigReader().read({u"--shards=1"_s, u"--check-config"_s}, {}).action, ConfigAction::CheckConfig);
    }

    void helpListsEveryKey()
    {
        const QString help = ConfigReader().help();
        for (const ConfigKey &key : configKeys()) {
            QVERIFY(help.contains(key.flagName()));
            QVERIFY(help.contains(key.environmentName()));
            QVERIFY(help.contains(QString::fromUtf8(key.doc)));
        }
        QVERIFY(help.contains(u"open on loopback, invite elsewhere"));
        QVERIFY(!help.contains(u'%'));
    }

    void secretsComeFromFilesAndAreNeverShown()
    {
        const ConfigReader reader(kSecretKeys);
        const QString file = write("hunter2\n", u"password"_s);
        for (const ConfigReading &reading :
             {reader.read({u"--mail-password-file"_s, file}, {}),
              reader.read({}, {{u"CONFAB_MAIL_PASSWORD_FILE"_s, file}}),
              reader.read({u"--config"_s, write("[mail]\npassword_file = \"" + file.toUtf8() + "\"\n")}, {}),
              reader.read({u"--mail-password"_s, u"hunter2"_s}, {})}) {
            QCOMPARE(reading.errors, QStringList());
            QCOMPARE(reading.configuration.serverName, u"hunter2"_s);
            QVERIFY(!reading.toToml().contains(u"hunter2"));
            QVERIFY(reading.toToml().contains(u"mail.password = \"(set)\""));
        }
        const ConfigReading wrong = reader.read({u"--mail-password"_s, u"hunter2!"_s}, {});
        QCOMPARE(wrong.errors, QStringList{u"--mail-password must be a word"_s});
        QCOMPARE(reader.read({u"--mail-password-file"_s, u"/nonexistent"_s}, {}).errors.size(), 1);
        QVERIFY(reader.help().contains(u"CONFAB_MAIL_PASSWORD_FILE"));
    }

    void passwordsInAddressesAreNotShown()
    {
        const ConfigReading wrong = ConfigReader().read({u"--database-url=mysql://ann:hunter2@db/x"_s}, {});
        QCOMPARE(wrong.errors.size(), 1);
        QVERIFY(wrong.errors[0].contains(u"mysql://***@db/x"));
        const ConfigReading right = ConfigReader().read(
            {u"--database-url=postgresql://ann:hunter2@db/x?sslpassword=hunter2&password=hunter2&sslmode=require"_s},
            {});
        QCOMPARE(right.errors, QStringList());
        QVERIFY(right.toToml().contains(u"postgresql://***@db/x?sslpassword=***&password=***&sslmode=require"_s));
        QVERIFY(!(right.toToml() + wrong.errors[0]).contains(u"hunter2"));
    }

    void choosesTheDatabaseByItsAddress()
    {
        QCOMPARE(ConfigReader().read({}, {}).configuration.postgresUrl, QString());
        for (const QString &url : {u"postgresql://db/x"_s, u"postgres://ann@db:5433/x?sslmode=require"_s})
            QCOMPARE(ConfigReader().read({u"--database-url"_s, url}, {}).configuration.postgresUrl, url);
    }

    void namesOfOnePlaceDoNotCountInAnother()
    {
        QVERIFY(errorOf("CONFAB_LISTEN = \"127.0.0.1:1\"\n").contains(u"unknown key CONFAB_LISTEN"));
        QCOMPARE(ConfigReader().read({u"listen"_s}, {}).errors.size(), 1);
    }
};

CONFAB_TEST_CLASS(tst_Config)
#include "tst_Config.moc"
