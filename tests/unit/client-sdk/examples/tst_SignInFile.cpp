// SPDX-License-Identifier: MIT
#include "client-sdk/examples/signin/SignInFile.h"
#include "tests/support/TestClass.h"

#include <QtCore/QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace confab;

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
    void readsWhatWasWrittenAndKeepsItPrivate()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"sign-in.json"_s);
        SignInFile file;
        file.server = QUrl(u"http://127.0.0.1:8484"_s);
        file.accounts = {{u"ada"_s, u"one"_s}, {u"grace"_s, u"two"_s}};
        QVERIFY(file.write(path));
        QCOMPARE(QFile::permissions(path) & ~(QFile::ReadUser | QFile::WriteUser),
                 QFile::ReadOwner | QFile::WriteOwner);
        const Result<SignInFile> read = SignInFile::read(path);
        QVERIFY(read);
        QCOMPARE(read->server, file.server);
        QCOMPARE(read->accounts.size(), 2);
        QCOMPARE(read->accounts.at(0).handle, u"ada"_s);
        QCOMPARE(read->accounts.at(0).password, u"one"_s);
        QCOMPARE(read->accounts.at(1).handle, u"grace"_s);
        QCOMPARE(read->accounts.at(1).password, u"two"_s);
    }

    void saysWhatIsWrongAndNoSecret_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no JSON") << QByteArray("secret");
        QTest::newRow("no account") << json("{'server': 'http://x', 'accounts': []}");
        QTest::newRow("no handle") << json("{'accounts': [{'password': 'secret'}]}");
        QTest::newRow("no password") << json("{'accounts': [{'handle': 'secret'}]}");
    }

    void saysWhatIsWrongAndNoSecret()
    {
        QFETCH(QByteArray, text);
        const QTemporaryDir dir;
        const QString path = write(dir, text);
        const Result<SignInFile> signIn = SignInFile::read(path);
        QVERIFY(!signIn);
        QVERIFY(signIn.error().message.contains(path));
        QVERIFY(!signIn.error().message.contains(u"secret"_s));
    }

    void missingFileIsNamed()
    {
        const Result<SignInFile> signIn = SignInFile::read(u"/nonexistent/file"_s);
        QVERIFY(!signIn);
        QCOMPARE(signIn.error().code, ErrorCode::NotFound);
        QVERIFY(signIn.error().message.contains(u"/nonexistent/file"_s));
    }
};

CONFAB_TEST_CLASS(tst_SignInFile)
#include "tst_SignInFile.moc"
