// SPDX-License-Identifier: MIT
#include "server/backends/bus/local/LocalBus.h"
#include "tests/contract/bus/BusContract.h"
#include "tests/support/TestClass.h"

#include <QtTest/QTest>

/// The in-process bus under the contract.
class tst_LocalBus : public confab::test::BusContract
{
    Q_OBJECT

    confab::server::LocalBus m_bus;

    std::unique_ptr<confab::server::Bus> makeEndpoint() override { return m_bus.makeEndpoint(); }

private Q_SLOTS:
    void countsItsTraffic()
    {
        confab::server::LocalBus bus;
        const auto one = bus.makeEndpoint();
        auto two = bus.makeEndpoint();
        int arrived = 0;
        for (confab::server::Bus *endpoint : {one.get(), two.get()})
            endpoint->setHandler([&arrived](const QByteArray &, const QByteArray &) { ++arrived; });
        one->subscribe("tea");
        two->subscribe("tea");
        two->subscribe("coffee");
        one->publish("tea", "1");
        one->publish("coffee", "2");
        one->publish("nobody's", "3");
        QCOMPARE(bus.traffic().published, 3U);
        QCOMPARE(bus.traffic().delivered, 3U);
        QCOMPARE(bus.traffic().topics, 2);
        QCOMPARE(bus.traffic().waiting, 3);
        QTRY_COMPARE(arrived, 3);
        QCOMPARE(bus.traffic().waiting, 0);
        two.reset();
        QCOMPARE(bus.traffic().topics, 1);
    }
};

CONFAB_TEST_CLASS(tst_LocalBus)
#include "tst_LocalBus.moc"
