// SPDX-License-Identifier: MIT
#include "PlainSocket.h"

#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/faults/Seed.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QJsonDocument>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// What the server holds in memory for those who are connected, and for those who were.
class tst_Memory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case Q3: docs/limits.md states the figure.
    void idleSocketsCostWhatIsStated()
    {
        QProcess bench;
        bench.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        bench.start(ConfabdProcess::program(u"confab-bench"_s),
                    {u"--json"_s, u"idle"_s, u"--connections"_s, u"2000"_s});
        QVERIFY(bench.waitForFinished(120'000));
        QCOMPARE(bench.exitCode(), 0);
        const QJsonObject result = QJsonDocument::fromJson(bench.readAllStandardOutput()).object();
        QCOMPARE(result[u"connections"_s].toInt(), 2000);
        const double bytes = result[u"bytesPerConnection"_s].toDouble();
        qInfo("%.0f bytes for each of 2000 idle sockets", bytes);
        QVERIFY(bytes > 0 && bytes < 12 * 1024);
    }

    /// Case Q8: a day's worth of coming and going and talk in short; much longer by CONFAB_TEST_SCALE.
    void memoryIsFlatAfterWarmingUp()
    {
        ConfabdProcess server(cheapServer());
        QVERIFY(server.start());
        Person ada(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<QStringList> tokens = signInOften(server.url(), 12);
        QVERIFY(tokens);
        const Result<Conversation> direct = await(ada.client().createDirect(m_joan.id));
        QVERIFY(direct);

        const QString text(9'000, u'x');
        const auto round = [&] {
            std::vector<std::unique_ptr<PlainSocket>> sockets;
            for (const QString &token : *tokens) {
                sockets.push_back(std::make_unique<PlainSocket>());
                if (!sockets.back()->open(server.port(), token))
                    return false;
            }
            for (int i = 0; i < kMessages; ++i)
                (void)ada.client().sendMessage(direct->id, text);
            return waitUntil([&] {
                for (const auto &socket : sockets)
                    socket->take();
                return std::all_of(sockets.begin(), sockets.end(),
                                   [](const auto &socket) { return socket->count(u"message"_s) == kMessages; });
            });
        };
        for (int i = 0; i < 8; ++i) // until the database's cache of 16 MB is full
            QVERIFY(round());
        const auto rounds = scaled(4);
        const qint64 before = server.residentBytes();
        for (qint64 i = 0; i < rounds; ++i)
            QVERIFY(round());
        const qint64 more = server.residentBytes() - before;
        const qint64 said = rounds * kMessages * text.size();
        qInfo("%lld KiB more after %lld KiB of messages", more / 1024, said / 1024);
        QVERIFY(more < said / 4);
    }

private:
    static constexpr int kMessages = 300;

    /// Joan's tokens, one for each of her devices.
    Result<QStringList> signInOften(const QUrl &url, int count)
    {
        RestClient rest(url);
        const Result<SignedIn> joan = signUp(rest, u"joan"_s);
        if (!joan)
            return joan.error();
        m_joan = joan->user;
        QStringList tokens{joan->token};
        while (tokens.size() < count) {
            const Result<SignedIn> device = signIn(rest, u"joan"_s);
            if (!device)
                return device.error();
            tokens.append(device->token);
        }
        return tokens;
    }

    User m_joan;
};

CONFAB_TEST_CLASS(tst_Memory)
#include "tst_Memory.moc"
