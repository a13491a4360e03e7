// SPDX-License-Identifier: MIT
#include "server/app/ExitCode.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"

#include <QtCore/QFile>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlQuery>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// confabd as whoever starts it sees it: its words, its exit codes, its signals.
class tst_Confabd : public QObject
{
    Q_OBJECT

private:
    static int code(ExitCode exitCode) { return static_cast<int>(exitCode); }

    static QByteArray get(quint16 port, const QByteArray &path)
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        if (!socket.waitForConnected(30'000))
            return {};
        socket.write("GET " + path + " HTTP/1.0\r\n\r\n");
        QByteArray answer;
        while (socket.waitForReadyRead(30'000))
            answer += socket.readAll();
        return answer;
    }

    QString writeConfig(const QByteArray &text)
    {
        QFile file(m_directory.filePath(u"confab.toml"_s));
        if (!file.open(QFile::WriteOnly | QFile::Truncate))
            qFatal("the test's configuration cannot be written");
        file.write(text);
        return file.fileName();
    }

    QTemporaryDir m_directory;

private Q_SLOTS:
    void saysWhereItListensAndServes()
    {
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        QVERIFY(confabd.output().contains("http://127.0.0.1:" + QByteArray::number(confabd.port()) + "/v1"));
        QVERIFY(confabd.output().contains(confabd.dataDir().toUtf8()));
        QVERIFY(confabd.output().contains("registration  open"));
        QVERIFY(get(confabd.port(), "/healthz").startsWith("HTTP/1.1 200 "));
        QVERIFY(get(confabd.port(), "/readyz").startsWith("HTTP/1.1 200 "));
        QVERIFY(get(confabd.port(), "/v1/server").contains("\"registration\":\"open\""));
    }

    void stopsInOrder_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }

    void stopsInOrder()
    {
        QFETCH(int, signal);
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        ::kill(static_cast<pid_t>(confabd.pid()), signal);
        QVERIFY(confabd.process().waitForFinished(30'000));
        QCOMPARE(confabd.process().exitStatus(), QProcess::NormalExit);
        QCOMPARE(confabd.exitCode(), code(ExitCode::Stopped));
    }

    void startsAgainAfterKill9()
    {
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        const quint16 port = confabd.port();
        QVERIFY2(confabd.restart(), confabd.errorOutput());
        QCOMPARE(confabd.port(), port);
        QVERIFY(get(port, "/healthz").startsWith("HTTP/1.1 200 "));
        QCOMPARE(confabd.terminate(), code(ExitCode::Stopped));
    }

    void noticesATakenPort()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress(QHostAddress::LocalHost)));
        const QString address = u"127.0.0.1:%1"_s.arg(other.serverPort());
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run({u"--listen"_s, address, u"--data-dir"_s, m_directory.filePath(u"taken"_s)},
                                     nullptr, &errors),
                 code(ExitCode::PortTaken));
        QVERIFY2(errors.contains(QByteArray::number(other.serverPort())), errors);
        QVERIFY2(errors.contains("taken"), errors);
    }

    void noticesAnotherConfabdOnThePort()
    {
        ConfabdProcess first;
        QVERIFY2(first.start(), first.errorOutput());
        QCOMPARE(ConfabdProcess::run({u"--listen"_s, u"127.0.0.1:%1"_s.arg(first.port()), u"--data-dir"_s,
                                      m_directory.filePath(u"second"_s)}),
                 code(ExitCode::PortTaken));
    }

    void refusesASecondInstanceOnTheSameData()
    {
        ConfabdProcess first;
        QVERIFY2(first.start(), first.errorOutput());
        QByteArray errors;
        QCOMPARE(
            ConfabdProcess::run({u"--listen"_s, u"127.0.0.1:0"_s, u"--data-dir"_s, first.dataDir()}, nullptr, &errors),
            code(ExitCode::AlreadyRunning));
        QVERIFY2(errors.contains(first.dataDir().toUtf8()), errors);
        QVERIFY(get(first.port(), "/readyz").startsWith("HTTP/1.1 200 "));
    }

    void refusesADirectoryItCannotWriteTo()
    {
        // A file in the place of a directory stops root too, whom no mode stops.
        QFile file(m_directory.filePath(u"file"_s));
        QVERIFY(file.open(QFile::WriteOnly));
        QByteArray errors;
        const QString dataDir = file.fileName() + u"/data"_s;
        QCOMPARE(ConfabdProcess::run({u"--listen"_s, u"127.0.0.1:0"_s, u"--data-dir"_s, dataDir}, nullptr, &errors),
                 code(ExitCode::Unwritable));
        QVERIFY2(errors.contains(dataDir.toUtf8()), errors);
    }

    void refusesADatabaseOfANewerRelease()
    {
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        QCOMPARE(confabd.terminate(), code(ExitCode::Stopped));
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"newer"_s);
            database.setDatabaseName(confabd.dataDir() + u"/confab.db"_s);
            QVERIFY(database.open());
            QSqlQuery query(database);
            QVERIFY(query.exec(u"UPDATE server_meta SET schema_version = 99999"_s));
        }
        QSqlDatabase::removeDatabase(u"newer"_s);
        QVERIFY(!confabd.start());
        QCOMPARE(confabd.exitCode(), code(ExitCode::NewerDatabase));
    }

    void refusesAFileThatIsNoDatabase()
    {
        const QString dataDir = m_directory.filePath(u"damaged"_s);
        QVERIFY(QDir().mkpath(dataDir));
        QFile file(dataDir + u"/confab.db"_s);
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(QByteArray(8192, 'x'));
        file.close();
        QCOMPARE(ConfabdProcess::run({u"--listen"_s, u"127.0.0.1:0"_s, u"--data-dir"_s, dataDir}),
                 code(ExitCode::Damaged));
        QVERIFY(file.open(QFile::ReadOnly)); // nothing is destroyed
        QCOMPARE(file.readAll(), QByteArray(8192, 'x'));
    }

    void namesTheLineOfAnUnknownKey()
    {
        const QString config = writeConfig("listen = \"127.0.0.1:0\"\n\nregistraton = \"open\"\n");
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run({u"--config"_s, config}, nullptr, &errors), code(ExitCode::Configuration));
        QVERIFY2(errors.contains(config.toUtf8() + ":3:"), errors);
        QVERIFY2(errors.contains("registraton"), errors);
    }

    void refusesFlagsItDoesNotKnow()
    {
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run({u"--lisen"_s, u"127.0.0.1:0"_s}, nullptr, &errors), code(ExitCode::Usage));
        QVERIFY2(errors.contains("--lisen"), errors);
    }

    void checksAConfigurationWithoutServing()
    {
        const QString dataDir = m_directory.filePath(u"unmade"_s);
        const QString config = writeConfig("data_dir = \"" + dataDir.toUtf8() + "\"\nshards = 3\n");
        QByteArray output;
        QCOMPARE(ConfabdProcess::run({u"--config"_s, config, u"--check-config"_s}, &output), 0);
        QVERIFY2(output.contains("shards"), output);
        QVERIFY(!QFile::exists(dataDir));
        writeConfig("shards = \"three\"\n");
        QByteArray errors;
        QCOMPARE(ConfabdProcess::run({u"--config"_s, config, u"--check-config"_s}, nullptr, &errors),
                 code(ExitCode::Configuration));
        QVERIFY2(errors.contains(config.toUtf8() + ":1:"), errors);
    }

    void tellsItsVersionAndFlags()
    {
        QByteArray output;
        QCOMPARE(ConfabdProcess::run({u"--version"_s}, &output), 0);
        QVERIFY(output.startsWith("confabd 0."));
        QCOMPARE(ConfabdProcess::run({u"--help"_s}, &output), 0);
        QVERIFY(output.contains("--listen"));
        QVERIFY(output.contains("CONFAB_"));
    }

    /// Case Q6.
    void servesOnAtTheLimitOfDescriptors()
    {
        ConfabdProcess confabd;
        QVERIFY2(confabd.start(), confabd.errorOutput());
        // What it may open from now on: less than it made its plans with, so accept() itself fails.
        const rlimit limit{80, 80};
        rlimit before{};
        QCOMPARE(::prlimit(static_cast<pid_t>(confabd.pid()), RLIMIT_NOFILE, &limit, &before), 0);
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        for (int i = 0; i < 120; ++i) {
            sockets.push_back(std::make_unique<QTcpSocket>());
            sockets.back()->connectToHost(QHostAddress(QHostAddress::LocalHost), confabd.port());
            QVERIFY(sockets.back()->waitForConnected(30'000));
        }
        // Those that came first are served…
        sockets.front()->write("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
        QVERIFY(sockets.front()->waitForReadyRead(30'000));
        QVERIFY(sockets.front()->readAll().startsWith("HTTP/1.1 200 "));
        // …and when they have gone, so are newcomers.
        sockets.clear();
        QVERIFY(get(confabd.port(), "/healthz").startsWith("HTTP/1.1 200 "));
        QCOMPARE(confabd.terminate(), code(ExitCode::Stopped));
        QVERIFY(confabd.errorOutput().contains("No descriptor is left"));
    }
};

CONFAB_TEST_CLASS(tst_Confabd)
#include "tst_Confabd.moc"
