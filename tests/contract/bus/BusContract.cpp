// SPDX-License-Identifier: MIT
#include "tests/contract/bus/BusContract.h"

#include <QtCore/QThread>
#include <QtTest/QTest>

#include <atomic>
#include <thread>
#include <vector>

namespace confab::test {

using server::Bus;

namespace {

/// An endpoint and what it got, in order.
struct Listener
{
    std::unique_ptr<Bus> bus;
    QList<QByteArray> got;

    explicit Listener(std::unique_ptr<Bus> endpoint) : bus(std::move(endpoint))
    {
        bus->setHandler(
            [this](const QByteArray &topic, const QByteArray &payload) { got.append(topic + ':' + payload); });
    }
};

} // namespace

void BusContract::deliversToSubscribersOfTheTopicAlone()
{
    Listener one(makeEndpoint());
    Listener both(makeEndpoint());
    Listener none(makeEndpoint());
    one.bus->subscribe("a");
    both.bus->subscribe("a");
    both.bus->subscribe("b");
    none.bus->publish("b", "1");
    none.bus->publish("a", "2");
    none.bus->publish("c", "3");
    QTRY_COMPARE(both.got, QList<QByteArray>({"b:1", "a:2"}));
    QTRY_COMPARE(one.got, QList<QByteArray>({"a:2"}));
    QVERIFY(none.got.isEmpty());
}

void BusContract::deliversToThePublisherToo()
{
    Listener self(makeEndpoint());
    self.bus->subscribe("a");
    self.bus->publish("a", "1");
    QTRY_COMPARE(self.got, QList<QByteArray>({"a:1"}));
}

void BusContract::deliversLaterAndNotInsideThePublish()
{
    Listener self(makeEndpoint());
    self.bus->subscribe("a");
    self.bus->publish("a", "1");
    QVERIFY(self.got.isEmpty());
    QTRY_COMPARE(self.got.size(), 1);
}

void BusContract::countsSubscriptions()
{
    Listener listener(makeEndpoint());
    listener.bus->subscribe("a");
    listener.bus->subscribe("a");
    listener.bus->subscribe("end");
    listener.bus->unsubscribe("a");
    listener.bus->publish("a", "1");
    QTRY_COMPARE(listener.got, QList<QByteArray>({"a:1"}));
    listener.bus->publish("a", "2");
    listener.bus->unsubscribe("a");
    listener.bus->unsubscribe("a"); // once too often: nothing happens
    listener.bus->publish("a", "3");
    listener.bus->publish("end", "");
    QTRY_COMPARE(listener.got.last(), QByteArray("end:"));
    QCOMPARE(listener.got, QList<QByteArray>({"a:1", "end:"}));
}

void BusContract::keepsOrderAndBytesBetweenTwoEndpoints()
{
    Listener listener(makeEndpoint());
    listener.bus->subscribe("a");
    const std::unique_ptr<Bus> sender = makeEndpoint();
    QList<QByteArray> sent;
    for (int i = 0; i < 1000; ++i) {
        const QByteArray payload = QByteArray::number(i) + QByteArray("\0\xff", 2);
        sender->publish("a", payload);
        sent.append("a:" + payload);
    }
    QTRY_COMPARE(listener.got.size(), 1000);
    QCOMPARE(listener.got, sent);
}

void BusContract::deliversAcrossThreads()
{
    constexpr int kThreads = 4;
    constexpr int kMessages = 500;
    Listener listener(makeEndpoint());
    listener.bus->subscribe("a");
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([this, t] {
            const std::unique_ptr<Bus> sender = makeEndpoint();
            for (int i = 0; i < kMessages; ++i)
                sender->publish("a", QByteArray::number(t) + '/' + QByteArray::number(i));
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QTRY_COMPARE(listener.got.size(), kThreads * kMessages);
    for (int t = 0; t < kThreads; ++t) {
        QList<QByteArray> expected;
        for (int i = 0; i < kMessages; ++i)
            expected.append("a:" + QByteArray::number(t) + '/' + QByteArray::number(i));
        QList<QByteArray> fromThread;
        for (const QByteArray &item : listener.got) {
            if (item.startsWith("a:" + QByteArray::number(t) + '/'))
                fromThread.append(item);
        }
        QCOMPARE(fromThread, expected);
    }
}

void BusContract::survivesAnEndpointThatGoes()
{
    Listener stays(makeEndpoint());
    stays.bus->subscribe("a");
    auto goes = std::make_unique<Listener>(makeEndpoint());
    goes->bus->subscribe("a");
    stays.bus->publish("a", "1");
    goes.reset();
    stays.bus->publish("a", "2");
    QTRY_COMPARE(stays.got, QList<QByteArray>({"a:1", "a:2"}));
}

void BusContract::letsAHandlerPublishAndUnsubscribe()
{
    const std::unique_ptr<Bus> bus = makeEndpoint();
    QList<QByteArray> got;
    bus->setHandler([&](const QByteArray &topic, const QByteArray &payload) {
        got.append(topic + ':' + payload);
        if (topic == "a") {
            bus->unsubscribe("a");
            bus->subscribe("b");
            bus->publish("b", "2");
        }
    });
    bus->subscribe("a");
    bus->publish("a", "1");
    bus->publish("a", "lost");
    QTRY_COMPARE(got, QList<QByteArray>({"a:1", "b:2"}));
}

} // namespace confab::test
