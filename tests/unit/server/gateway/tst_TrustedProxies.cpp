// SPDX-License-Identifier: MIT
#include "server/gateway/net/TrustedProxies.h"
#include "tests/support/TestClass.h"

using namespace confab::server;
using namespace Qt::StringLiterals;

class tst_TrustedProxies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void believesTrustedHopsFromRightToLeft_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QString>("client");
        using Fields = QByteArrayList;
        QTest::newRow("no header") << u"10.0.0.1"_s << Fields{} << u"10.0.0.1"_s;
        QTest::newRow("a stranger's word") << u"203.0.113.9"_s << Fields{"198.51.100.1"} << u"203.0.113.9"_s;
        QTest::newRow("one proxy") << u"10.0.0.1"_s << Fields{"198.51.100.1"} << u"198.51.100.1"_s;
        QTest::newRow("forged on the left") << u"10.0.0.1"_s << Fields{"1.2.3.4, 198.51.100.1"} << u"198.51.100.1"_s;
        QTest::newRow("two proxies") << u"10.0.0.1"_s << Fields{"198.51.100.1, 10.0.0.2"} << u"198.51.100.1"_s;
        QTest::newRow("two fields") << u"10.0.0.1"_s << Fields{"1.2.3.4", "198.51.100.1, 10.0.0.2"}
                                    << u"198.51.100.1"_s;
        QTest::newRow("nothing but proxies") << u"10.0.0.1"_s << Fields{"10.0.0.3,10.0.0.2"} << u"10.0.0.3"_s;
        QTest::newRow("no address") << u"10.0.0.1"_s << Fields{"198.51.100.1, unknown"} << u"10.0.0.1"_s;
        QTest::newRow("with port") << u"10.0.0.1"_s << Fields{"198.51.100.1:4711"} << u"198.51.100.1"_s;
        QTest::newRow("IPv6 in brackets") << u"::1"_s << Fields{"[2001:db8::7]:443"} << u"2001:db8::7"_s;
        QTest::newRow("mapped IPv4") << u"::ffff:10.0.0.1"_s << Fields{"198.51.100.1"} << u"198.51.100.1"_s;
    }

    /// Case N6.
    void believesTrustedHopsFromRightToLeft()
    {
        QFETCH(QString, peer);
        QFETCH(QByteArrayList, fields);
        QFETCH(QString, client);
        const TrustedProxies proxies(
            {QHostAddress::parseSubnet(u"10.0.0.0/8"_s), QHostAddress::parseSubnet(u"::1/128"_s)});
        QCOMPARE(proxies.clientAddress(QHostAddress(peer), fields).toString(), client);
    }

    void trustsNobodyByDefault()
    {
        QCOMPARE(TrustedProxies().clientAddress(QHostAddress(u"127.0.0.1"_s), {"1.2.3.4"}).toString(), u"127.0.0.1"_s);
    }
};

CONFAB_TEST_CLASS(tst_TrustedProxies)
#include "tst_TrustedProxies.moc"
