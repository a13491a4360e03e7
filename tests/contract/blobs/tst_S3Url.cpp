// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/S3Url.h"
#include "server/backends/blobs/s3/UnfinishedParts.h"
#include "tests/support/TestClass.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// Addresses of buckets, and what is remembered of a blob in one.
class tst_S3Url : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesHostAndPath_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("Amazon") << u"s3://media?region=eu-west-1"_s << QByteArray("media.s3.eu-west-1.amazonaws.com")
                                << QByteArray("/key");
        QTest::newRow("Amazon by path") << u"s3://media?region=eu-west-1&style=path"_s
                                        << QByteArray("s3.eu-west-1.amazonaws.com") << QByteArray("/media/key");
        QTest::newRow("own endpoint") << u"s3://media/confab?endpoint=http://127.0.0.1:9000"_s
                                      << QByteArray("127.0.0.1:9000") << QByteArray("/media/confab/key");
        QTest::newRow("own endpoint by host")
            << u"s3://media/a/b/?endpoint=https://s3.example.org/&style=host&region=x"_s
            << QByteArray("media.s3.example.org") << QByteArray("/a/b/key");
    }
    void namesHostAndPath()
    {
        QFETCH(QString, text);
        const Result<S3Url> url = S3Url::parse(text);
        QVERIFY(url);
        QTEST(url->host(), "host");
        QTEST(url->pathOf("key"), "path");
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("word");
        QTest::newRow("another scheme") << u"http://media"_s << u"s3://BUCKET"_s;
        QTest::newRow("no bucket") << u"s3://"_s << u"bucket"_s;
        QTest::newRow("a short bucket") << u"s3://ab"_s << u"3 to 63"_s;
        QTest::newRow("keys in it") << u"s3://key:secret@media"_s << u"blobs.access_key"_s;
        QTest::newRow("unknown word") << u"s3://media?zone=1"_s << u"endpoint=URL"_s;
        QTest::newRow("unknown style") << u"s3://media?style=virtual"_s << u"style=host"_s;
        QTest::newRow("endpoint with a path") << u"s3://media?endpoint=http://h/p"_s << u"without a path"_s;
        QTest::newRow("endpoint without scheme") << u"s3://media?endpoint=h:9000"_s << u"https://"_s;
        QTest::newRow("endpoint with keys") << u"s3://media?endpoint=http://a:b@h"_s << u"https://"_s;
        QTest::newRow("prefix") << u"s3://media/a%20b"_s << u"prefix"_s;
    }
    void saysWhatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, word);
        const Result<S3Url> url = S3Url::parse(text);
        QVERIFY(!url);
        QCOMPARE(url.error().field, u"blobs.url"_s);
        QVERIFY2(url.error().message.contains(word), qPrintable(url.error().message));
    }

    void remembersPartsAndTail()
    {
        const UnfinishedParts held{"id/+=", {"\"a\"", "\"b\""}, 7, "\"c\"", true};
        QCOMPARE(UnfinishedParts::decode(held.encode()).value_or(UnfinishedParts()), held);
        QCOMPARE(UnfinishedParts::decode({}), std::optional(UnfinishedParts()));
        for (const char *broken : {"x", "\x80", "\x81\x02", "\xff\xff\xff"})
            QVERIFY(!UnfinishedParts::decode(broken));
    }
};

CONFAB_TEST_CLASS(tst_S3Url)
#include "tst_S3Url.moc"
