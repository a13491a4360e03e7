// SPDX-License-Identifier: MIT
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatienceMs = 60'000;
} // namespace

/// The way of `./dev run` on a new machine: a server, two accounts, and the app that opens signed in as the first.
class tst_FirstStart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theAppOpensSignedInAsTheFirstAccountOfTheDemo()
    {
        ConfabdProcess server;
        QVERIFY(server.start());
        const QTemporaryDir folder;
        const QString signInFile = folder.filePath(u"accounts.json"_s);
        QProcess demo;
        demo.start(ConfabdProcess::program(u"confab-demo"_s),
                   {u"seed"_s, u"--server"_s, server.url().toString(), u"--sign-in-file"_s, signInFile});
        QVERIFY(demo.waitForFinished(kPatienceMs));
        QCOMPARE(demo.exitCode(), 0);

        QFile file(signInFile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject first =
            QJsonDocument::fromJson(file.readAll()).object().value("accounts"_L1).toArray().first().toObject();
        first.insert("deviceName"_L1, u"the test"_s);
        RestClient rest(server.url());
        const RestReply signedIn = rest.request("POST", u"/v1/sessions"_s, first);
        QCOMPARE(signedIn.status, 201);
        rest.setToken(signedIn.json().value("token"_L1).toString());
        const auto devices = [&rest] {
            return rest.request("GET", u"/v1/sessions"_s).json().value("sessions"_L1).toArray().size();
        };
        const qsizetype before = devices();

        QProcess app;
        app.setProcessChannelMode(QProcess::MergedChannels);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"QT_QUICK_BACKEND"_s, u"software"_s);
        environment.insert(u"XDG_DATA_HOME"_s, folder.path());
        app.setProcessEnvironment(environment);
        app.start(ConfabdProcess::program(u"confab"_s),
                  {u"--sign-in-file"_s, signInFile, u"--server"_s, server.url().toString()});
        QVERIFY(app.waitForStarted());
        const bool signedInToo =
            QTest::qWaitFor([&] { return app.state() == QProcess::NotRunning || devices() > before; }, kPatienceMs);
        const bool runs = app.state() == QProcess::Running;
        app.kill();
        app.waitForFinished();
        QVERIFY2(signedInToo && runs, app.readAll().constData());
    }
};

CONFAB_TEST_CLASS(tst_FirstStart)
#include "tst_FirstStart.moc"
