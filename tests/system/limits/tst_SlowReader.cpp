// SPDX-License-Identifier: MIT
#include "PlainSocket.h"

#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/faults/Seed.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QElapsedTimer>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Q1: a reader that stops while much is said.
class tst_SlowReader : public QObject
{
    Q_OBJECT

    const SystemClock m_clock{};
    const IdGenerator m_ids{m_clock};

private Q_SLOTS:
    /// Q1: the server stays bounded, the writer and the other reader notice nothing, and the one that stopped is told.
    /// Lasts 3 s at 5 MB/s, times CONFAB_TEST_SCALE.
    void costsABoundedAmountAndIsTold()
    {
        constexpr qint64 kBytesPerSecond = 5'000'000;
        constexpr qsizetype kText = 10'000;
        const qint64 lastsMs = scaled(3'000);
        ConfabdProcess server(cheapServer() + QStringList{u"--limits-slow-reader-seconds"_s, u"3600"_s});
        QVERIFY(server.start());
        RestClient joan(server.url());
        const Result<SignedIn> signedIn = signUp(joan, u"joan"_s);
        QVERIFY(signedIn);
        joan.setToken(signedIn->token);
        Person ada(server.url());
        const Result<User> user = ada.registerAs(u"ada"_s);
        QVERIFY(user);
        const Result<Conversation> direct = await(ada.client().createDirect(signedIn->user.id));
        QVERIFY(direct);
        QStringList tokens;
        for (int i = 0; i < 2; ++i) {
            const Result<SignedIn> device = signIn(joan, u"joan"_s);
            QVERIFY(device);
            tokens.append(device->token);
        }
        PlainSocket stopped;
        PlainSocket reading;
        QVERIFY(stopped.open(server.port(), tokens.at(0)));
        QVERIFY(reading.open(server.port(), tokens.at(1)));
        stopped.stopReading();

        const QString text(kText, u'x');
        int sent = 0;
        const auto say = [&] {
            ++sent;
            return await(ada.client().sendMessage(direct->id, text)).has_value();
        };
        for (int i = 0; i < 200; ++i) // warms up: pages, caches, what the system keeps of the one that stopped
            QVERIFY(say());
        QVERIFY(waitUntil([&] {
            reading.take();
            return reading.count(u"message"_s) == sent;
        }));
        const qint64 before = server.residentBytes();
        qint64 most = before;
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < lastsMs) {
            if (qint64(sent) * kText < timer.elapsed() * kBytesPerSecond / 1000)
                QVERIFY(say());
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
            reading.take();
            most = std::max(most, server.residentBytes());
        }
        QVERIFY(waitUntil([&] {
            reading.take();
            return reading.count(u"message"_s) == sent;
        }));
        qInfo("%d messages in %lld ms; server %lld KiB before, %lld KiB at most, %lld KiB more", sent, timer.elapsed(),
              before / 1024, most / 1024, (most - before) / 1024);
        QVERIFY(most - before < 48 * 1024 * 1024);

        stopped.readOn();
        QVERIFY(waitUntil([&] {
            stopped.take();
            return stopped.count(u"sync"_s) > 0;
        }));
        QVERIFY(stopped.count(u"message"_s) < sent);
        const qint64 heard = stopped.count(u"message"_s);
        QVERIFY(say());
        QVERIFY(waitUntil([&] {
            stopped.take();
            return stopped.count(u"message"_s) > heard; // events come again
        }));
        QVERIFY(stopped.isConnected());
    }
};

CONFAB_TEST_CLASS(tst_SlowReader)
#include "tst_SlowReader.moc"
