// SPDX-License-Identifier: MIT
#include "PlainSocket.h"

#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>

#include <unistd.h>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// Processor time of a process so far, in milliseconds.
qint64 cpuMs(qint64 pid)
{
    QFile stat(u"/proc/%1/stat"_s.arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray text = stat.readAll();
    const QByteArrayList fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return (fields.value(11).toLongLong() + fields.value(12).toLongLong()) * 1000 / ::sysconf(_SC_CLK_TCK);
}

/// More sockets than the server may hold, on their way to it.
std::vector<std::unique_ptr<QTcpSocket>> connectMany(const ConfabdProcess &server)
{
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (int i = 0; i < 400; ++i) {
        sockets.push_back(std::make_unique<QTcpSocket>());
        sockets.back()->connectToHost(QHostAddress(QHostAddress::LocalHost), server.port());
    }
    return sockets;
}

} // namespace

/// Q6: more connections than the process may open files.
class tst_Descriptors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Q6.
    void servesWhoIsHereWhenNoDescriptorIsLeft()
    {
        ConfabdProcess server(cheapServer() + QStringList{u"--shards"_s, u"2"_s, u"--limits-connections"_s, u"40"_s});
        QVERIFY(server.start());
        Person ada(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<Conversation> notes = await(ada.client().createDirect(ada.client().me().id));
        QVERIFY(notes);

        auto sockets = connectMany(server);
        QVERIFY(waitUntil([&] {
            int connected = 0;
            for (const auto &socket : sockets)
                connected += socket->state() == QAbstractSocket::ConnectedState;
            return connected > 100; // by the system's queue; the server holds 40
        }));
        const qint64 before = cpuMs(server.pid());
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i)
            QVERIFY(await(ada.client().sendMessage(notes->id, u"message %1"_s.arg(i))));
        QVERIFY(waitUntil([&] { return timer.elapsed() > 1'000 && ada.unsettled(notes->id) == 0; }));
        const qint64 used = cpuMs(server.pid()) - before;
        QVERIFY2(used < timer.elapsed() / 2, qPrintable(QString::number(used))); // it does not spin

        sockets.clear();
        RestClient rest(server.url());
        QCOMPARE(rest.request("GET", u"/healthz"_s).status, 200); // and recovers
        QCOMPARE(rest.request("GET", u"/readyz"_s).status, 200);
    }

    void keepsWithinASmallLimitOfOpenFiles()
    {
        ConfabdProcess server(cheapServer() + QStringList{u"--shards"_s, u"2"_s});
        server.setDescriptorLimit(128);
        QVERIFY(server.start());
        Person ada(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<Conversation> notes = await(ada.client().createDirect(ada.client().me().id));
        QVERIFY(notes);
        auto sockets = connectMany(server);
        // The store still gets its files: signing in hashes, reads and writes.
        QVERIFY(await(ada.client().sendMessage(notes->id, u"still here"_s)));
        QVERIFY(waitUntil([&] { return ada.unsettled(notes->id) == 0; }));
        sockets.clear();
        RestClient rest(server.url());
        QCOMPARE(rest.request("GET", u"/readyz"_s).status, 200);
        QCOMPARE(server.terminate(), 0);
    }
};

CONFAB_TEST_CLASS(tst_Descriptors)
#include "tst_Descriptors.moc"
