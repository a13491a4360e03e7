// SPDX-License-Identifier: MIT
#include "apps/confab/SignInFile.h"
#include "tests/support/TestClass.h"

#include <QtCore/QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace confab;
using confab::app::readSignInFile;
using confab::app::SignIn;

class tst_SignInFile : public QObject
{
    Q_OBJECT

    /// JSON with single quotes: moc of Qt 6.4 does not get past raw strings.
    static QByteArray json(const char *text) { return QByteArray(text).replace('\'', '"'); }

    static QString write(const QTemporaryDir &dir, const QByteArray &text)
    {
        const QString path = dir.filePath(u"sign-in.json"_s);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            return {};
        return path;
    }

private Q_SLOTS:
    void readsTheAccount()
    {
        const QTemporaryDir dir;
        const Result<SignIn> signIn = readSignInFile(
            write(dir, json("{'serverUrl': 'http://127.0.0.1:8484', 'handle': 'ada', 'password': 'one'}")));
        QVERIFY(signIn);
        QCOMPARE(signIn->server, QUrl(u"http://127.0.0.1:8484"_s));
        QCOMPARE(signIn->handle, u"ada"_s);
        QCOMPARE(signIn->password, u"one"_s);
    }

    void saysWhatIsWrongAndNoSecret_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no JSON") << QByteArray("secret");
        QTest::newRow("no account") << json("{'serverUrl': 'http://x'}");
        QTest::newRow("no handle") << json("{'password': 'secret'}");
    }

    void saysWhatIsWrongAndNoSecret()
    {
        QFETCH(QByteArray, text);
        const QTemporaryDir dir;
        const QString path = write(dir, text);
        const Result<SignIn> signIn = readSignInFile(path);
        QVERIFY(!signIn);
        QVERIFY(signIn.error().message.contains(path));
        QVERIFY(!signIn.error().message.contains(u"secret"_s));
    }

    void missingFileIsNamed()
    {
        const Result<SignIn> signIn = readSignInFile(u"/nonexistent/file"_s);
        QVERIFY(!signIn);
        QCOMPARE(signIn.error().code, ErrorCode::NotFound);
        QVERIFY(signIn.error().message.contains(u"/nonexistent/file"_s));
    }
};

CONFAB_TEST_CLASS(tst_SignInFile)
#include "tst_SignInFile.moc"
