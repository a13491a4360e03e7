// SPDX-License-Identifier: MIT
#include "apps/confab/Options.h"
#include "tests/support/TestClass.h"

#include <QtCore/QDir>

using namespace Qt::StringLiterals;
using namespace confab;
using confab::app::Options;
using confab::app::parseOptions;

class tst_Options : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatIsGiven()
    {
        const Result<Options> options =
            parseOptions({u"confab"_s, u"--server"_s, u"http://127.0.0.1:8484"_s, u"--profile"_s, u"/tmp/p"_s});
        QVERIFY(options);
        QCOMPARE(options->server, QUrl(u"http://127.0.0.1:8484"_s));
        QCOMPARE(options->profile, u"/tmp/p"_s);
        QVERIFY(options->signInFile.isEmpty());
        QVERIFY(options->text.isEmpty());
    }

    void accountsForTryingOutHaveAProfileOfTheirOwn()
    {
        const Result<Options> options = parseOptions({u"confab"_s, u"--sign-in-file"_s, u"/tmp/d/sign-in.json"_s});
        QVERIFY(options);
        QCOMPARE(options->profile, u"/tmp/d/app-profile"_s);
        const Result<Options> own = parseOptions({u"confab"_s});
        QVERIFY(own);
        QVERIFY(!own->profile.isEmpty());
        QVERIFY(own->profile != options->profile);
    }

    void refusesWhatItDoesNotKnow_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("option") << QStringList{u"--colour"_s};
        QTest::newRow("argument") << QStringList{u"file"_s};
        QTest::newRow("address without host") << QStringList{u"--server"_s, u"http://"_s};
        QTest::newRow("other scheme") << QStringList{u"--server"_s, u"ftp://example.org"_s};
    }

    void refusesWhatItDoesNotKnow()
    {
        QFETCH(QStringList, arguments);
        const Result<Options> options = parseOptions(QStringList{u"confab"_s} + arguments);
        QVERIFY(!options);
        QVERIFY(!options.error().message.isEmpty());
    }

    void helpNamesEveryOption()
    {
        const Result<Options> options = parseOptions({u"confab"_s, u"--help"_s});
        QVERIFY(options);
        for (const QString &option : {u"--server"_s, u"--sign-in-file"_s, u"--profile"_s})
            QVERIFY(options->text.contains(option));
    }
};

CONFAB_TEST_CLASS(tst_Options)
#include "tst_Options.moc"
