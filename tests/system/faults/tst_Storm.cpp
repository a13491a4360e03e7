// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/connection/WebSocketTransport.h"
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QRandomGenerator>
#include <QtCore/QThread>

#include <algorithm>
#include <sys/resource.h>

using namespace confab;
using namespace confab::client;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// The network half of an SDK client: its connection, which says hello and nothing more.
class Device
{
public:
    Device(QThread *network, const Clock &clock, const QString &token)
        : m_connection([network] { return std::make_unique<WebSocketTransport>(network); }, clock, {},
                       [] { return QRandomGenerator::global()->generateDouble(); })
    {
        Hello hello;
        hello.token = token;
        QObject::connect(&m_connection, &Connection::opened, &m_connection, [this, hello] {
            m_connection.call(hello, std::function<void(Result<HelloReply>)>([this](const Result<HelloReply> &reply) {
                                  if (reply)
                                      m_connection.established(reply->heartbeatMs);
                                  else
                                      m_connection.giveUpAttempt(reply.error().message, reply.error().retryAfterMs);
                              }));
        });
        QObject::connect(&m_connection, &Connection::lost, &m_connection,
                         [this](CloseReason, const QString &, qint64 retryInMs) { waits.append(retryInMs); });
    }

    void start(const QUrl &url) { m_connection.start(url); }
    bool isBack() const { return m_connection.isEstablished(); }

    QList<qint64> waits; ///< Before each attempt after a loss.

private:
    Connection m_connection;
};

/// Ends with its scope, however that is left.
class NetworkThread : public QThread
{
public:
    ~NetworkThread() override
    {
        quit();
        wait();
    }
};

bool allow(rlim_t files)
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(files, limit.rlim_max));
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= files;
}

} // namespace

/// A thousand devices that lose their server in the same moment.
class tst_Storm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case A5: their first attempts are spread, all come back, and none is told that its session is over.
    void aThousandComeBackAfterARestart()
    {
        constexpr int kDevices = 1'000;
        QVERIFY2(allow(kDevices * 4), "this machine allows too few open files");
        ConfabdProcess server(cheapServer() + QStringList{u"--log-level"_s, u"warning"_s});
        QVERIFY(server.start());
        RestClient rest(server.url());
        QVERIFY(signUp(rest, u"ada"_s));
        const SystemClock clock;
        NetworkThread network; // after which the devices are made, and before which they go
        network.start();
        std::vector<std::unique_ptr<Device>> devices;
        for (int i = 0; i < kDevices; ++i) {
            const Result<SignedIn> signedIn = signIn(rest, u"ada"_s);
            QVERIFY(signedIn);
            devices.push_back(std::make_unique<Device>(&network, clock, signedIn->token));
            devices.back()->start(server.socketUrl());
        }
        const auto back = [&devices] {
            return std::count_if(devices.begin(), devices.end(), [](const auto &device) { return device->isBack(); });
        };
        QVERIFY(waitUntil([&] { return back() == kDevices; }));

        server.kill9();
        QVERIFY(waitUntil([&] {
            return std::all_of(devices.begin(), devices.end(),
                               [](const auto &device) { return !device->waits.isEmpty(); });
        }));
        QVERIFY(server.start());
        QElapsedTimer since;
        since.start();
        const bool allBack = waitUntil([&] { return back() == kDevices; });
        qInfo("%d of %d devices were back %lld ms after the server", int(back()), kDevices, since.elapsed());
        QVERIFY(allBack);

        QHash<qint64, int> buckets;
        for (const auto &device : devices)
            ++buckets[device->waits.first() / 100];
        const int fullest = *std::max_element(buckets.begin(), buckets.end());
        QVERIFY2(fullest < kDevices / 5, qPrintable(u"%1 in a tenth of a second"_s.arg(fullest)));
    }
};

CONFAB_TEST_CLASS(tst_Storm)
#include "tst_Storm.moc"
