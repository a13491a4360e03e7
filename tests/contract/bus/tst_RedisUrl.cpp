// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisUrl.h"

#include "tests/support/TestClass.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// Addresses of Redis.
class tst_RedisUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAddresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("places");
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("password");
        QTest::addColumn<int>("database");
        QTest::addColumn<QString>("master");
        QTest::addColumn<QString>("shown");
        QTest::newRow("host") << u"redis://cache"_s << u"cache:6379"_s << QString() << QString() << 0 << QString()
                              << u"redis://cache:6379"_s;
        QTest::newRow("all") << u"redis://ann:s%40cret@10.0.0.2:7000/3"_s << u"10.0.0.2:7000"_s << u"ann"_s
                             << u"s@cret"_s << 3 << QString() << u"redis://10.0.0.2:7000/3"_s;
        QTest::newRow("password alone") << u"redis://:pw@h/"_s << u"h:6379"_s << QString() << u"pw"_s << 0 << QString()
                                        << u"redis://h:6379"_s;
        QTest::newRow("password elsewhere")
            << u"redis://ann:@h"_s << u"h:6379"_s << u"ann"_s << QString() << 0 << QString() << u"redis://h:6379"_s;
        QTest::newRow("IPv6") << u"redis://[::1]:1"_s << u"::1:1"_s << QString() << QString() << 0 << QString()
                              << u"redis://[::1]:1"_s;
        QTest::newRow("Sentinels") << u"redis+sentinel://:pw@a,b:26380/chat/2"_s << u"a:26379 b:26380"_s << QString()
                                   << u"pw"_s << 2 << u"chat"_s << u"redis+sentinel://a:26379,b:26380/chat/2"_s;
    }
    void readsAddresses()
    {
        QFETCH(QString, text);
        const Result<RedisUrl> url = RedisUrl::parse(text);
        QVERIFY(url);
        QStringList places;
        for (const RedisUrl::Place &place : url->places)
            places.append(place.host + u':' + QString::number(place.port));
        QTEST(places.join(u' '), "places");
        QTEST(QString::fromUtf8(url->user), "user");
        QTEST(QString::fromUtf8(url->password), "password");
        QTEST(url->database, "database");
        QTEST(url->masterName, "master");
        QTEST(url->toString(), "shown");
    }

    void readsSockets()
    {
        const Result<RedisUrl> url = RedisUrl::parse(u"unix:///run/redis/redis.sock?db=4"_s);
        QVERIFY(url);
        QCOMPARE(url->path, u"/run/redis/redis.sock"_s);
        QCOMPARE(url->database, 4);
        QCOMPARE(url->toString(), u"unix:///run/redis/redis.sock"_s);
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"", "redis", "http://h", "redis://", "redis://h:port", "redis://h:0", "redis://h:70000", "redis://h/x",
              "redis://h/-1", "redis://h/1/2", "redis://a,b", "redis://secret@h", "redis://:@h", "redis+sentinel://h",
              "redis+sentinel://h/", "redis+sentinel://,/m", "unix://", "unix://host/path", "unix:///x?db=y"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void refusesWhatIsNone()
    {
        QFETCH(QString, text);
        const Result<RedisUrl> url = RedisUrl::parse(text);
        QVERIFY(!url);
        QCOMPARE(url.error().field, u"redis.url"_s);
        QVERIFY(url.error().message.contains("redis://"_L1));
        QVERIFY(!url.error().message.contains("secret"_L1));
    }

    void saysThatThereIsNoTls() { QVERIFY(RedisUrl::parse(u"rediss://h"_s).error().message.contains("TLS"_L1)); }
};

CONFAB_TEST_CLASS(tst_RedisUrl)
#include "tst_RedisUrl.moc"
