// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/runtime/DispatcherFixture.h"

#include <QtCore/QEventLoop>
#include <QtCore/QTemporaryFile>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>

#include <array>
#include <memory>
#include <vector>

using namespace confab::server;
using namespace confab::server::test;
using namespace Qt::StringLiterals;

class tst_EpollSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void notifiersOfOneDescriptorFireByType()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            const Pair pair;
            QSocketNotifier read(pair.ours, QSocketNotifier::Read);
            QSocketNotifier write(pair.ours, QSocketNotifier::Write);
            QSignalSpy reads(&read, &QSocketNotifier::activated);
            QSignalSpy writes(&write, &QSocketNotifier::activated);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(reads.size(), 0);
            QCOMPARE(writes.size(), 1);
            write.setEnabled(false);
            QVERIFY(pair.makeReadable());
            dispatcher.processEvents(QEventLoop::AllEvents);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(reads.size(), 2); // level-triggered
            QCOMPARE(writes.size(), 1);
            QVERIFY(pair.drain());
            read.setEnabled(false);
            write.setEnabled(true);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(reads.size(), 2);
            QCOMPARE(writes.size(), 2);
        });
    }

    void exceptionNotifierReportsUrgentData()
    {
        onDispatcher([](EpollEventDispatcher &) {
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            QTcpSocket client;
            client.connectToHost(server.serverAddress(), server.serverPort());
            QVERIFY(server.waitForNewConnection(30'000));
            const std::unique_ptr<QTcpSocket> peer(server.nextPendingConnection());
            QVERIFY(client.waitForConnected(30'000));
            const int fd = dup(static_cast<int>(peer->socketDescriptor()));
            {
                QEventLoop loop;
                QSocketNotifier urgent(fd, QSocketNotifier::Exception);
                connect(&urgent, &QSocketNotifier::activated, &loop, &QEventLoop::quit);
                QCOMPARE(send(static_cast<int>(client.socketDescriptor()), "!", 1, MSG_OOB), 1);
                loop.exec();
            }
            close(fd);
        });
    }

    void hangUpReachesTheReader()
    {
        onDispatcher([](EpollEventDispatcher &) {
            Pair pair;
            QEventLoop loop;
            QSocketNotifier read(pair.theirs, QSocketNotifier::Read);
            connect(&read, &QSocketNotifier::activated, &loop, &QEventLoop::quit);
            pair.closeOurs();
            loop.exec();
        });
    }

    void notifierDisabledOrDeletedByAnotherDoesNotFire()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            std::array<Pair, 3> pairs;
            std::array<std::unique_ptr<QSocketNotifier>, 3> notifiers;
            int fired = 0;
            for (std::size_t i = 0; i < 3; ++i) {
                notifiers[i] = std::make_unique<QSocketNotifier>(pairs[i].ours, QSocketNotifier::Read);
                connect(notifiers[i].get(), &QSocketNotifier::activated, [&, i] {
                    ++fired;
                    notifiers[(i + 1) % 3]->setEnabled(false);
                    notifiers[(i + 2) % 3].reset();
                });
                QVERIFY(pairs[i].makeReadable());
            }
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(fired, 1);
        });
    }

    void notifierToggledByAnotherFiresInTheNextTurnOnly()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            const Pair one;
            const Pair two;
            QSocketNotifier first(one.ours, QSocketNotifier::Read);
            QSocketNotifier second(two.ours, QSocketNotifier::Read);
            int fired = 0;
            const auto toggle = [&fired](QSocketNotifier &other) {
                ++fired;
                other.setEnabled(false);
                other.setEnabled(true);
            };
            connect(&first, &QSocketNotifier::activated, &first, [&] { toggle(second); });
            connect(&second, &QSocketNotifier::activated, &second, [&] { toggle(first); });
            QVERIFY(one.makeReadable() && two.makeReadable());
            for (int turn = 1; turn <= 4; ++turn) {
                dispatcher.processEvents(QEventLoop::AllEvents);
                QCOMPARE(fired, turn);
            }
        });
    }

    void notifierAddedWhileDispatchingFiresInTheNextTurn()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            const Pair one;
            const Pair two;
            QSocketNotifier first(one.ours, QSocketNotifier::Read);
            std::unique_ptr<QSocketNotifier> added;
            int fired = 0;
            connect(&first, &QSocketNotifier::activated, &first, [&] {
                one.drain();
                added = std::make_unique<QSocketNotifier>(two.ours, QSocketNotifier::Read);
                connect(added.get(), &QSocketNotifier::activated, added.get(), [&fired] { ++fired; });
            });
            QVERIFY(one.makeReadable() && two.makeReadable());
            dispatcher.processEvents(QEventLoop::AllEvents);
            QVERIFY(added);
            QCOMPARE(fired, 0);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(fired, 1);
        });
    }

    void changesOfOneTurnCostOneSystemCallAtMost()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            const Pair pair;
            QSocketNotifier read(pair.ours, QSocketNotifier::Read);
            QSocketNotifier write(pair.ours, QSocketNotifier::Write);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(dispatcher.controlCalls(), quint64(1));
            for (int i = 0; i < 100; ++i) {
                write.setEnabled(false);
                write.setEnabled(true);
            }
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(dispatcher.controlCalls(), quint64(1));
            for (int i = 0; i < 101; ++i)
                write.setEnabled(!write.isEnabled());
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(dispatcher.controlCalls(), quint64(2));
            for (int i = 0; i < 100; ++i) {
                read.setEnabled(false);
                read.setEnabled(true);
            }
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(dispatcher.controlCalls(), quint64(3));
            const Pair brief;
            delete new QSocketNotifier(brief.ours, QSocketNotifier::Read);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(dispatcher.controlCalls(), quint64(3));
        });
    }

    void descriptorClosedAndReusedInOneTurnIsWatched()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            Pair old;
            const Pair fresh;
            auto notifier = std::make_unique<QSocketNotifier>(old.ours, QSocketNotifier::Read);
            dispatcher.processEvents(QEventLoop::AllEvents);
            const int number = old.ours;
            notifier.reset();
            old.closeOurs();
            QCOMPARE(dup2(fresh.ours, number), number);
            {
                QSocketNotifier again(number, QSocketNotifier::Read);
                QSignalSpy fired(&again, &QSocketNotifier::activated);
                dispatcher.processEvents(QEventLoop::AllEvents);
                QCOMPARE(fired.size(), 0);
                QVERIFY(fresh.makeReadable());
                dispatcher.processEvents(QEventLoop::AllEvents);
                QCOMPARE(fired.size(), 1);
            }
            close(number);
        });
    }

    void eventOfAClosedDescriptorDoesNotReachItsSuccessor()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            std::array<Pair, 2> pairs;
            const Pair quiet;
            std::array<std::unique_ptr<QSocketNotifier>, 2> notifiers;
            std::unique_ptr<QSocketNotifier> successor;
            int wrong = 0;
            int replaced = -1;
            for (std::size_t i = 0; i < 2; ++i) {
                notifiers[i] = std::make_unique<QSocketNotifier>(pairs[i].ours, QSocketNotifier::Read);
                connect(notifiers[i].get(), &QSocketNotifier::activated, notifiers[i].get(), [&, i] {
                    notifiers[i]->setEnabled(false);
                    const std::size_t other = 1 - i;
                    replaced = pairs[other].ours;
                    notifiers[other].reset();
                    pairs[other].closeOurs();
                    if (dup2(quiet.ours, replaced) != replaced)
                        ++wrong;
                    successor = std::make_unique<QSocketNotifier>(replaced, QSocketNotifier::Read);
                    connect(successor.get(), &QSocketNotifier::activated, successor.get(), [&wrong] { ++wrong; });
                });
                QVERIFY(pairs[i].makeReadable());
            }
            dispatcher.processEvents(QEventLoop::AllEvents);
            QVERIFY(successor);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(wrong, 0);
            successor.reset();
            close(replaced);
        });
    }

    void closedDescriptorThatLivesOnInADuplicateDoesNotSpin()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            Pair pair;
            const Pair other;
            auto notifier = std::make_unique<QSocketNotifier>(pair.ours, QSocketNotifier::Read);
            QSocketNotifier kept(other.ours, QSocketNotifier::Read);
            dispatcher.processEvents(QEventLoop::AllEvents);
            const int duplicate = dup(pair.ours);
            notifier.reset();
            pair.closeOurs();
            QVERIFY(pair.makeReadable());
            int turns = 0;
            connect(&dispatcher, &QAbstractEventDispatcher::awake, &kept, [&turns] { ++turns; });
            QEventLoop loop;
            QTimer::singleShot(20, Qt::PreciseTimer, &loop, &QEventLoop::quit);
            loop.exec();
            QVERIFY2(turns < 20, "the loop must sleep, not spin");
            QSignalSpy fired(&kept, &QSocketNotifier::activated);
            QVERIFY(other.makeReadable());
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(fired.size(), 1);
            close(duplicate);
        });
    }

    void regularFileIsAlwaysReady()
    {
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            QTemporaryFile file;
            QVERIFY(file.open());
            QSocketNotifier notifier(file.handle(), QSocketNotifier::Read);
            QSignalSpy fired(&notifier, &QSocketNotifier::activated);
            dispatcher.processEvents(QEventLoop::WaitForMoreEvents);
            dispatcher.processEvents(QEventLoop::WaitForMoreEvents);
            QCOMPARE(fired.size(), 2);
            notifier.setEnabled(false);
            dispatcher.processEvents(QEventLoop::AllEvents);
            QCOMPARE(fired.size(), 2);
        });
    }

    void notifierOfAClosedDescriptorIsDisabled()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^Descriptor \\d+ cannot be watched"_s));
        onDispatcher([](EpollEventDispatcher &dispatcher) {
            Pair pair;
            QSocketNotifier notifier(pair.ours, QSocketNotifier::Read);
            pair.closeOurs();
            dispatcher.processEvents(QEventLoop::AllEvents);
            QVERIFY(!notifier.isEnabled());
        });
    }

    void nestedLoopDeliversWhatTheOuterTurnHasLeft()
    {
        onDispatcher([](EpollEventDispatcher &) {
            std::array<Pair, 3> pairs;
            std::vector<std::unique_ptr<QSocketNotifier>> notifiers;
            QEventLoop outer;
            QEventLoop inner;
            int depth = 0;
            int deepest = 0;
            int served = 0;
            for (const Pair &pair : pairs) {
                notifiers.push_back(std::make_unique<QSocketNotifier>(pair.ours, QSocketNotifier::Read));
                connect(notifiers.back().get(), &QSocketNotifier::activated, &outer, [&] {
                    pair.drain();
                    deepest = std::max(deepest, ++depth);
                    if (++served == 1)
                        inner.exec();
                    else if (served == 3)
                        inner.quit();
                    --depth;
                    if (depth == 0)
                        outer.quit();
                });
                QVERIFY(pair.makeReadable());
            }
            outer.exec();
            QCOMPARE(served, 3);
            QCOMPARE(deepest, 2);
        });
    }

    void tcpEchoOfManySockets()
    {
        onDispatcher([](EpollEventDispatcher &) {
            constexpr int kSockets = 200;
            constexpr int kRounds = 5;
            QTcpServer server;
            QVERIFY(server.listen(QHostAddress::LocalHost));
            connect(&server, &QTcpServer::newConnection, &server, [&server] {
                while (QTcpSocket *socket = server.nextPendingConnection()) {
                    connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write(socket->readAll()); });
                    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                }
            });
            QEventLoop loop;
            int open = kSockets;
            int echoed = 0;
            for (int i = 0; i < kSockets; ++i) {
                auto *client = new QTcpSocket(&loop);
                const QByteArray text = QByteArray::number(i).rightJustified(8, '0');
                connect(client, &QTcpSocket::connected, client, [client, text] { client->write(text); });
                connect(client, &QTcpSocket::readyRead, client, [&, client, text, rounds = 0]() mutable {
                    while (client->bytesAvailable() >= text.size()) {
                        if (client->read(text.size()) == text)
                            ++echoed;
                        if (++rounds == kRounds)
                            client->disconnectFromHost();
                        else
                            client->write(text);
                    }
                });
                connect(client, &QTcpSocket::disconnected, &loop, [&] {
                    if (--open == 0)
                        loop.quit();
                });
                client->connectToHost(server.serverAddress(), server.serverPort());
            }
            loop.exec();
            QCOMPARE(echoed, kSockets * kRounds);
        });
    }
};

CONFAB_TEST_CLASS(tst_EpollSockets)
#include "tst_EpollSockets.moc"
